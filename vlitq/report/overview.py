"""The overview section: what was scored, with which models and scorers, in how long, and how much of it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow.compute as pc

from vlitq.charts.chart import Cell
from vlitq.charts.numbers import counted, share
from vlitq.report.blocks import Block, Group, Section, Table, Text
from vlitq.report.material import Material
from vlitq.report.naming import in_words, listed
from vlitq.store import Run

EMBEDDED = "embedded"  # how the origin of its weights begins
DIGITS = 12  # of a digest
WEAK = (
    "The image–text model is the embedded one: EfficientNet-Lite0 and all-MiniLM-L6-v2, joined by ConSE. It is far "
    "from CLIP: it knows a thousand kinds of things in photographs, and little of charts, text or art. Read what rests "
    "on it (alignment, and similarity of images) as a weak signal; for real work name a model with --models."
)
WEAK_TEXT = (
    "The text model is the embedded one, all-MiniLM-L6-v2: small, trained on English, and good enough to find texts "
    "that say the same."
)


def section(material: Material) -> Section:
    """Headline numbers first, then models, scorers, passes, and what else is needed to score the same again."""
    run = material.run
    blocks: list[Block] = [_numbers(material), Text(tuple(_models_told(run)) + _unfinished(run))]
    blocks += [_models(run)] if run.manifest.get("models") else []
    blocks += [_scorers(run)]
    return Section("overview", "What was scored", _lead(material), [*blocks, _again(run)])


def _lead(material: Material) -> str:
    run = material.run
    name = run.manifest["dataset"]["path"].rpartition("/")[2]
    scorers = counted(len(run.scorers), "scorer")
    kept = [f"{one.name} keeps {share(len(one.rows), len(run))}" for one in material.selections]
    said = f" {listed(kept, 4)}." if kept else ""
    return f"{counted(len(run), 'sample')} of {name}, scored by {scorers}, {_scored_fully(run)}.{said}"


def _scored_fully(run: Run) -> str:
    failed = _failed(run)
    return "all of them fully" if not failed else f"{share(len(run) - failed, len(run))} of them fully"


def _numbers(material: Material) -> Table:
    """The numbers that are asked for first."""
    run, failed = material.run, _failed(material.run)
    kept = {f"kept by {one.name}": len(one.rows) for one in material.selections}
    seconds = sum(float(one["seconds"]) for one in run.manifest.get("passes", ()))
    rows: list[list[Cell]] = [
        ["samples", len(run), ""],
        ["scored fully", len(run) - failed, share(len(run) - failed, len(run))],
        ["with some score missing", failed, share(failed, len(run))],
    ]
    rows += [[what, number, share(number, len(run))] for what, number in kept.items()]
    rows += [[what, number, ""] for what, number in _sizes(run)]
    rows.append(["scored columns", len(material.columns), f"by {counted(len(run.scorers), 'scorer')}"])
    rows.append(["seconds of scoring", round(seconds, 1), _passes(run)])
    return Table("In numbers", ["", "number", "of all"], rows)


def _sizes(run: Run) -> Iterator[tuple[str, int]]:
    """Sources, turns, tokens and images of the dataset."""
    rows = run.rows()
    yield "sources", len(pc.unique(rows["source"].drop_null()))
    for name in ("turns", "tokens", "images"):
        yield name, int(pc.sum(rows[name]).as_py() or 0)


def _passes(run: Run) -> str:
    many = len(run.manifest.get("passes", ()))
    return "" if not many else f"in {counted(many, 'pass', 'passes')}; what was cached took no time again"


def _failed(run: Run) -> int:
    """Rows of which some score that should exist does not."""
    return len(pc.unique(run.unscored()["row"]))


def _unfinished(run: Run) -> tuple[str, ...]:
    told = "This run was stopped half-way: the same `vlitq score` command goes on where it stopped."
    return () if run.complete else (told,)


def _models_told(run: Run) -> Iterator[str]:
    """How good the embedded models are, where the run rests on them."""
    roles, origins = run.manifest.get("roles", {}), {one["node"]: _origin(one) for one in _nodes(run)}
    if origins.get(roles.get("clip_image", ""), "").startswith(EMBEDDED):
        yield WEAK
    if origins.get(roles.get("text_embedding", ""), "").startswith(EMBEDDED):
        yield WEAK_TEXT


def _nodes(run: Run) -> list[Mapping[str, Any]]:
    return list(run.manifest.get("models", {}).values())


def _origin(node: Mapping[str, Any]) -> str:
    return str((node.get("weights") or {}).get("origin") or "no weights")


def _models(run: Run) -> Table:
    """Weights by their origin and digest, and what uses them."""
    users: dict[tuple[str, str], list[str]] = {}
    for node in _nodes(run):
        digest = str((node.get("weights") or {}).get("digest") or "")[:DIGITS]
        users.setdefault((_origin(node), digest), []).append(str(node["node"]))
    roles = {node: role for role, node in run.manifest.get("roles", {}).items()}
    rows: list[list[Cell]] = [
        [origin, digest, ", ".join(f"{one} ({roles[one]})" if one in roles else one for one in dict.fromkeys(nodes))]
        for (origin, digest), nodes in users.items()
    ]
    return Table("Models: where the weights come from", ["weights", "sha256 begins with", "used as"], rows)


def _scorers(run: Run) -> Table:
    """Each scorer with its plugin, its columns, and its seconds over all passes."""
    seconds: Counter[str] = Counter()
    for one in run.manifest.get("passes", ()):
        seconds.update(one.get("scorers", {}))
    rows: list[list[Cell]] = [
        [name, entry["plugin"], entry["version"], len(entry["columns"]), _seconds(seconds, name)]
        for name, entry in run.manifest["scorers"].items()
    ]
    return Table("Scorers; seconds without those of the models below them", _SCORER_HEAD, rows)


_SCORER_HEAD = ("scorer", "plugin", "version", "columns", "seconds")


def _seconds(seconds: Mapping[str, float], name: str) -> float | None:
    return round(float(seconds[name]), 3) if name in seconds else None


def _again(run: Run) -> Group:
    """What it takes to score the same again: the dataset, the recipe, the machine, libraries and plugins."""
    made = [_dataset(run), _passes_table(run), _libraries(run), _summary(run)]
    return Group("Dataset, recipe, machine and libraries", [one for one in made if one.rows], folded=True)


def _dataset(run: Run) -> Table:
    dataset, recipe = run.manifest["dataset"], run.manifest.get("recipe") or {}
    limit = f"the first {dataset['limit']:,} rows" if dataset.get("limit") else "all rows"
    told: dict[str, Cell] = {
        "dataset": f"{dataset['path']}, {limit}",
        "format": dataset["format"],
        "size in bytes": dataset["bytes"],
        "sha256": dataset["sha256"],
        "images": dataset["images"],
        "run folder": str(run.path),
        "recipe": _recipe(recipe),
        "selects by default": _selects(recipe.get("select") or {}),
        "stand-ins": "; ".join(recipe.get("stand_ins", ())),
    }
    return Table("Dataset and recipe", ["", ""], [[name, value] for name, value in told.items() if value])


def _recipe(recipe: Mapping[str, Any]) -> str:
    said = [str(recipe.get(key)) for key in ("name", "description", "source") if recipe.get(key)]
    return ". ".join(one.rstrip(".") for one in said)


def _selects(select: Mapping[str, Any]) -> str:
    return "; ".join(f"{name} {in_words(value)}" for name, value in select.items())


def _passes_table(run: Run) -> Table:
    """When and where each pass ran, and what its models computed or found in the cache."""
    rows: list[list[Cell]] = []
    for one in run.manifest.get("passes", ()):
        runtime, features = one.get("runtime", {}), one.get("features", {}).values()
        where = f"{one.get('machine', '')}, {runtime.get('device', '')}"
        computed, cached, failed = (sum(int(each.get(kind, 0)) for each in features) for kind in _COUNTS)
        rows.append([one.get("finished", ""), where, round(float(one["seconds"]), 1), computed, cached, failed])
    head = ["finished", "machine", "seconds", "vectors computed", "from the cache", "failed"]
    return Table("Passes", head, rows)


_COUNTS = ("computed", "cached", "failed")


def _libraries(run: Run) -> Table:
    rows: list[list[Cell]] = [[name, str(version)] for name, version in run.manifest.get("libraries", {}).items()]
    others = Counter((one["distribution"], one["version"], one["status"]) for one in run.manifest.get("plugins", ()))
    rows += [[f"{counted(n, 'plugin')} of {name}, {status}", version] for (name, version, status), n in others.items()]
    return Table("Libraries and plugins", ["", "version"], rows)


def _summary(run: Run) -> Table:
    rows: Sequence[Sequence[Cell]] = [[name, float(value)] for name, value in run.summary().items()]
    return Table("Numbers of the whole set", ["number", "value"], rows)
