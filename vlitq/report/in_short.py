"""What was scored, in a line each: the data, the rows, the scorers with their time, the models, the selections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow.compute as pc

from vlitq.charts.numbers import share
from vlitq.counted import counted
from vlitq.report.faults import in_a_line
from vlitq.report.material import Material
from vlitq.report.naming import listed
from vlitq.schema import Status
from vlitq.store import Run

UNFINISHED = "This run was stopped half-way: the same `vlitq score` command goes on where it stopped."
NO_WEIGHTS = "no weights"
EMBEDDED = "embedded"  # how the origin of its weights begins
WEAK = (
    "The image–text model is the embedded one: EfficientNet-Lite0 and all-MiniLM-L6-v2, joined by ConSE. It is far "
    "from CLIP: it knows a thousand kinds of things in photographs, and little of charts, text or art. Read what rests "
    "on it (alignment, and similarity of images) as a weak signal; for real work name a model with --models."
)
WEAK_TEXT = (
    "The text model is the embedded one, all-MiniLM-L6-v2: small, trained on English, and good enough to find texts "
    "that say the same."
)


def in_short(material: Material) -> Iterator[tuple[str, str]]:
    """What is asked first, by name; a run that was stopped says so before all else."""
    run = material.run
    if not run.complete:
        yield "unfinished", UNFINISHED
    yield "data", _data(run)
    yield "rows", _statuses(run)
    if wrong := in_a_line(material):
        yield "faults", wrong
    yield "scored by", _scored_by(material)
    if models := _models_in_short(run):
        yield "models", models
    if material.selections:
        kept = [f"{one.name} keeps {len(one.rows):,} ({share(len(one.rows), len(run))})" for one in material.selections]
        yield "selections", f"{listed(kept, 6)}"


def _data(run: Run) -> str:
    """The file, and how much is in it."""
    many = dict(sizes(run))
    of = [counted(many[f"{one}s"], one) for one in ("turn", "token", "image")]
    sources = f" from {counted(many['sources'], 'source')}" if many["sources"] else ""
    name = run.manifest["dataset"]["path"].rpartition("/")[2]
    return f"{counted(len(run), 'sample')} of {name}{sources}: {listed(of)}"


def _statuses(run: Run) -> str:
    """How many rows have which status, and how many lack a score that should exist."""
    found = {one["values"]: one["counts"] for one in pc.value_counts(run.rows()["status"]).to_pylist()}
    order = sorted(found, key=lambda name: (name != Status.OK.value, -found[name], name))
    said = listed(f"{found[name]:,} {name}" for name in order)
    lacking = unscored(run)
    if not lacking:
        return f"{said}; all scored fully"
    return f"{said}; {share(len(run) - lacking, len(run))} scored fully, {counted(lacking, 'row')} without some score"


def _scored_by(material: Material) -> str:
    """Scorers, columns, time, and what of the vectors was there before."""
    run, passes = material.run, material.run.manifest.get("passes", ())
    seconds = sum(float(one["seconds"]) for one in passes)
    features = [each for one in passes for each in one.get("features", {}).values()]
    computed, cached = (sum(int(one.get(kind, 0)) for one in features) for kind in ("computed", "cached"))
    said = f"{counted(len(run.scorers), 'scorer')}, {counted(len(material.columns), 'column')}, in {_time(seconds)}"
    return f"{said}; {share(cached, computed + cached)} of the vectors came from the cache" if cached else said


def _time(seconds: float) -> str:
    """In the unit that people would use: "0.7 s", "12 min", "3.5 h"."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def _models_in_short(run: Run) -> str:
    """Where the weights come from, each origin once, and whether they are a weak signal."""
    found = {origin(one) for one in model_nodes(run)} - {NO_WEIGHTS}
    origins = sorted(one for one in found if not any(other.startswith(f"{one}: ") for other in found))
    if not origins:
        return ""
    weak = (
        " (weak: English only; alignment and likeness of images are hints)"
        if any(told == WEAK for told in models_told(run))
        else ""
    )
    return f"{listed(origins)}{weak}"


def sizes(run: Run) -> Iterator[tuple[str, int]]:
    """Sources, turns, tokens and images of the dataset."""
    rows = run.rows()
    yield "sources", len(pc.unique(rows["source"].drop_null()))
    for name in ("turns", "tokens", "images"):
        yield name, int(pc.sum(rows[name]).as_py() or 0)


def unscored(run: Run) -> int:
    """Rows of which some score that should exist does not."""
    return len(pc.unique(run.unscored()["row"]))


def models_told(run: Run) -> Iterator[str]:
    """How good the embedded models are, where the run rests on them."""
    roles, origins = run.manifest.get("roles", {}), {one["node"]: origin(one) for one in model_nodes(run)}
    if origins.get(roles.get("clip_image", ""), "").startswith(EMBEDDED):
        yield WEAK
    if origins.get(roles.get("text_embedding", ""), "").startswith(EMBEDDED):
        yield WEAK_TEXT


def rests_on_english(run: Run) -> bool:
    """Whether texts are read by an embedded model."""
    return any(True for _ in models_told(run))


def model_nodes(run: Run) -> list[Mapping[str, Any]]:
    """The models of the run, as its manifest tells of them."""
    return list(run.manifest.get("models", {}).values())


def origin(node: Mapping[str, Any]) -> str:
    """Where a model's weights come from; `NO_WEIGHTS` where it has none."""
    return str((node.get("weights") or {}).get("origin") or NO_WEIGHTS)
