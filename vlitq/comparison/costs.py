"""What each selection took: its own seconds, and those of the scoring it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vlitq.comparison.result import Figure, Value
from vlitq.comparison.sets import RowSet
from vlitq.selector import SelectableRun

SECTION = "Cost in seconds"


def costs_of(run: SelectableRun, sets: Sequence[RowSet]) -> Iterator[Figure]:
    """Seconds of selecting; of all passes of the run; and of the scorers whose columns a selection ranks or gates by,
    without the models below them. A pass that found its vectors in the cache took less than it would anew."""
    selections = {one.name: one.chosen for one in sets if one.chosen is not None}
    selecting = {name: one.manifest["seconds"] for name, one in selections.items() if "seconds" in one.manifest}
    yield Figure(SECTION, "selecting", _values(selecting))
    passes: Sequence[Mapping[str, Any]] = run.manifest.get("passes", [])
    whole = {one.name: sum(each["seconds"] for each in passes) for one in sets if one.kind == "whole" and passes}
    yield Figure(SECTION, "scoring, all passes", _values(whole))
    seconds: Counter[str] = Counter()
    for each in passes:
        seconds.update(each.get("scorers", {}))
    uses = {name: {column.partition(".")[0] for column in one.columns} for name, one in selections.items()}
    for scorer in sorted(set[str]().union(*uses.values()) & seconds.keys()):
        used = {name: seconds[scorer] for name, scorers in uses.items() if scorer in scorers}
        yield Figure(SECTION, f"scoring, {scorer} alone", _values(used))


def _values(seconds: Mapping[str, float]) -> dict[str, Value]:
    return {name: Value.of([float(one)]) for name, one in seconds.items()}
