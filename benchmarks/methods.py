"""Every selection method at a fifth of owleval and of the photographs: what each keeps, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import vlitq
from benchmarks.results import Figure, Result, Spread
from benchmarks.timing import SHARED_DATA, fresh_folder
from vlitq.comparison.result import Comparison
from vlitq.host import Host
from vlitq.selection.result import Selection
from vlitq.store import Run, numbers

TITLE = "Every selection method at a fifth of the rows"
SHARE = 0.2
BY = "min(alignment.cosine, complexity.response_words)"
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "threshold": {"column": "alignment.cosine", "at_least": 0.1},
    "mmssr": {"columns": "alignment.cosine, +complexity.response_words", "style": "complexity.question_type"},
}
MEASURES = ("set_diversity", "set_redundancy", "balance")
SWAPPED = 0.2  # of the photographs, whose answer names another one
SEEDS = 3
QUICK_METHODS = ("top", "random", "deita", "k_center")
CONTROLS = ("random", "stratified")
NOTES = (
    f"Scored with the default recipe and the embedded models; ranked by `{BY}` where a method ranks, no gates, so that "
    "methods are compared and not gates; otherwise each method's own defaults. The smallest and the largest of the "
    f"controls are of {SEEDS} draws.",
    "owleval: 492 answers of six models to 82 questions on 50 images. Photographs: 300, one a class, asked what they "
    f"show; the answers name the class, one in {round(1 / SWAPPED)} that of another photograph.",
    "Vendi: effective number of different samples. Coverage: share of the data with a kept row nearer than its five "
    "nearest others. Near-duplicates: share of the kept beyond the first of each group of `duplicates`. Seconds: of "
    "selecting alone, on a run that is scored. Sources' divergence: from how all rows have them, in nats.",
    "A number says what a method does, not that the model tuned on it is better: see the `tune` benchmark for that.",
)


@dataclass(frozen=True)
class Data:
    """A scored dataset, and of each row whether its answer was swapped."""

    label: str
    run: Run
    wrong: frozenset[str] = frozenset()


def benchmark(quick: bool) -> Result:
    """Figures of every method on both datasets."""
    if not SHARED_DATA.is_dir():
        return Result("methods", TITLE, could_not_run=f"the real data is not at {SHARED_DATA}", quick=quick)
    figures: list[Figure] = []
    with fresh_folder() as folder:
        for data in (_owleval(folder), _photographs(folder)):
            figures += _figures(data, QUICK_METHODS if quick else _methods())
    return Result("methods", TITLE, tuple(figures), (), NOTES, quick=quick)


def _methods() -> tuple[str, ...]:
    """vlitq's own, the controls first."""
    own = [o.thing.name for o in Host().offers("selectors") if o.thing.__module__.startswith("vlitq.")]
    return (*CONTROLS, *(name for name in own if name not in CONTROLS))


def _owleval(folder: Path) -> Data:
    shared = SHARED_DATA / "owleval"
    run = vlitq.score(shared / "owleval.json", images=shared / "images", out=folder / "owleval", quiet=True)
    return Data("owleval", run)


def _photographs(folder: Path) -> Data:
    shared = SHARED_DATA / "photos"
    photographs = json.loads((shared / "photos.json").read_text())
    names = [photograph["label"] for photograph in photographs]
    rng = np.random.default_rng(0)
    swapped = np.sort(rng.permutation(len(names))[: int(SWAPPED * len(names))])
    for row, other in zip(swapped, np.roll(swapped, 1), strict=True):
        names[row] = photographs[other]["label"]
    records = [_record(one, name) for one, name in zip(photographs, names, strict=True)]
    (folder / "photographs.json").write_text(json.dumps(records))
    run = vlitq.score(folder / "photographs.json", images=shared / "images", out=folder / "photographs", quiet=True)
    return Data("photographs", run, frozenset(photographs[row]["id"] for row in swapped))


def _record(photograph: Mapping[str, Any], name: str) -> dict[str, Any]:
    question, answer = "<image>\nWhat does the photograph show?", f"The photograph shows a {name}."
    turns = [{"from": "human", "value": question}, {"from": "gpt", "value": answer}]
    return {"id": photograph["id"], "image": photograph["image"], "source": "photographs", "conversations": turns}


def _figures(data: Data, methods: tuple[str, ...]) -> Iterator[Figure]:
    chosen = {name: [_selected(data.run, name, seed) for seed in _seeds(name)] for name in methods}
    draws = {f"{name} {seed}": draw for name, drawn in chosen.items() for seed, draw in enumerate(drawn)}
    compared = vlitq.compare(data.run, draws, seeds=1, measures=MEASURES)

    def spread(of: Callable[[str], float | None], name: str) -> Spread | str:
        found = [of(f"{name} {seed}") for seed in range(len(chosen[name]))]
        known = [value for value in found if value is not None]
        return Spread.of(known) if known else ""

    for label, unit, value in _values(data, compared, draws):
        yield Figure(f"{data.label}: {label}", unit, {name: spread(value, name) for name in methods})


def _seeds(method: str) -> range:
    return range(SEEDS if method in CONTROLS else 1)


def _selected(run: Run, method: str, seed: int) -> Selection:
    options = {"within": "random"} if method == "stratified" else OPTIONS.get(method)
    return vlitq.select(run, budget=SHARE, method=method, by=BY, seed=seed, options=options)


def _values(
    data: Data, compared: Comparison, draws: Mapping[str, Selection]
) -> Iterator[tuple[str, str, Callable[[str], float | None]]]:
    """Label, unit, and the number of a draw."""
    by_name = {figure.name: figure.values for figure in compared.figures}

    def figure(name: str) -> Callable[[str], float | None]:
        values = by_name.get(name, {})
        return lambda draw: values[draw].mean if draw in values else None

    yield "kept", "rows", lambda draw: float(len(draws[draw]))
    yield "alignment", "mean cosine", lambda draw: _mean(data.run, "alignment.cosine", draws[draw])
    if data.wrong:
        yield "wrong names", "share of the kept", lambda draw: _wrong(data, draws[draw])
    yield "Vendi", "", figure("set_diversity.vendi")
    yield "coverage", "", figure("set_diversity.coverage")
    yield "near-duplicates", "share", figure("set_redundancy.duplicate_share")
    if not data.wrong:
        yield "sources' divergence", "nats", figure("balance.source_kl")
    yield "length", "tokens", lambda draw: _mean(data.run, "tokens", draws[draw])
    yield "seconds", "s", lambda draw: float(draws[draw].manifest["seconds"])


def _wrong(data: Data, selection: Selection) -> float:
    return sum(one in data.wrong for one in selection.ids) / max(len(selection), 1)


def _mean(run: Run, column: str, selection: Selection) -> float:
    table = run.table() if column in run.columns else run.rows()
    return float(np.nanmean(numbers(table[column])[selection.rows]))
