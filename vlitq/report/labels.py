"""The labels section: how well each column, and each selection, agrees with what people said of samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.charts.chart import Cell, Chart
from vlitq.charts.kinds import Interval, intervals
from vlitq.charts.numbers import share
from vlitq.counted import counted
from vlitq.report.beside import ARROWS, ENDS, compact
from vlitq.report.blocks import Figure, Section, Table, Text
from vlitq.report.discrimination import Area, area
from vlitq.report.material import Material
from vlitq.report.naming import labelled, listed
from vlitq.schema import Array, Direction

TITLE = "What people said"
FEWEST = 2  # keeps, and drops
SHOWN = 30  # columns in the chart


@dataclass(frozen=True, eq=False)
class Marked:
    """Rows that people marked, int64 ascending."""

    keep: Array
    drop: Array


@dataclass(frozen=True)
class Agreement:
    """How a column agrees with the labels. direction: its better end; of a neutral one higher is taken."""

    name: str
    direction: Direction
    area: Area

    @property
    def strength(self) -> float:
        """What it is sorted by: the area; of a column without a better end the area on whichever side."""
        return self.area.value if self.direction != "neutral" else max(self.area.value, 1 - self.area.value)


def section(material: Material) -> Section:
    """Columns by how well they tell keep from drop; how to mark samples, where too few are marked."""
    marked = _marked(material)
    if min(len(marked.keep), len(marked.drop)) < FEWEST:
        return Section("labels", TITLE, _too_few(material, marked), [Text((_HOW,))])
    found = agreements(material, marked)
    blocks: list[Figure | Table | Text] = [Figure(_chart(found))] if found else []
    if material.selections:
        blocks.append(_of_selections(material, marked))
    return Section("labels", TITLE, _lead(marked, found), [*blocks, Text(_how_to_read(found))])


_HOW = (
    "Mark some as keep and some as drop, and this section says which columns and which selections agree: look at them "
    "in `vlitq view RUN` (one key each). At least two of each are needed; fifty of each give intervals worth reading."
)


def agreements(material: Material, marked: Marked) -> list[Agreement]:
    """Of every column of numbers or truth values that has values of both kinds and is not constant, the best first."""
    found = []
    for name, column in material.numeric.items():
        values = material.values(name).values.astype(np.float64)
        told = area(values[marked.keep], values[marked.drop], column.direction)
        if told and np.ptp(_known(values[np.concatenate([marked.keep, marked.drop])])) > 0:
            found.append(Agreement(name, column.direction, told))
    return sorted(found, key=lambda one: (-one.strength, one.name))


def _known(values: Array) -> Array:
    return np.asarray(values[~np.isnan(values)])


def _marked(material: Material) -> Marked:
    labels = material.run.labels
    rows = {kind: [row for row, label in labels.items() if label == kind] for kind in ("keep", "drop")}
    return Marked(*(np.array(sorted(rows[kind]), dtype=np.int64) for kind in ("keep", "drop")))


def _too_few(material: Material, marked: Marked) -> str:
    many = len(marked.keep) + len(marked.drop)
    if not many:
        return f"Nobody has marked any of the {counted(len(material.run), 'sample')} yet."
    return f"{_counts(marked)}: too few to compare with."


def _counts(marked: Marked) -> str:
    many = len(marked.keep) + len(marked.drop)
    return f"People marked {counted(many, 'sample')}, {len(marked.keep):,} keep and {len(marked.drop):,} drop"


def _lead(marked: Marked, found: Sequence[Agreement]) -> str:
    told = [one for one in found if one.area.tells and one.direction != "neutral"]
    agree = [f"{one.name} ({100 * one.area.value:.0f} %)" for one in told if one.area.value > 0.5]
    against = [f"{one.name} ({100 * one.area.value:.0f} %)" for one in reversed(told) if one.area.value < 0.5]
    best = (
        f" Telling them apart best: {listed(agree[:3])}." if agree else " No column with a better end tells them apart."
    )
    worst = f" Against what people said: {listed(against[:3])}." if against else ""
    return f"{_counts(marked)}.{best}{worst}"


def _chart(found: Sequence[Agreement]) -> Chart:
    """Each column's area with its interval."""
    shown = found[:SHOWN]
    names = labelled([one.name for one in shown])
    most = max(one.area.kept + one.area.dropped for one in found)
    places = [
        Interval(
            f"{name} {ENDS[one.direction]}{_n(one.area, most)}",
            "share of pairs and 95 % interval",
            100 * one.area.low,
            100 * one.area.value,
            100 * one.area.high,
        )
        for name, one in zip(names, shown, strict=True)
    ]
    left = len(found) - len(shown)
    more = f" {counted(left, 'column')} that tell them apart less are left out." if left else ""
    return compact(
        intervals(
            "labels-columns",
            "How well each column tells keep from drop",
            "A column a line, with the share of pairs in which the sample to keep is on the better side.",
            places,
            "per cent of pairs; 50 is chance",
            "In how many of the pairs of a keep and a drop the keep is on the better side. "
            f"{ARROWS} Of a column with neither, higher is taken.{more}",
        )
    )


def _n(area: Area, most: int) -> str:
    """How many have a value, where not all marked samples have one."""
    return f" (n {area.kept} + {area.dropped})" if area.kept + area.dropped < most else ""


def _of_selections(material: Material, marked: Marked) -> Table:
    """What each selection does with what people would keep and drop."""
    rows: list[list[Cell]] = []
    for one in material.selections:
        kept = np.zeros(len(material.run), dtype=bool)
        kept[one.rows] = True
        keep, drop = int(kept[marked.keep].sum()), int(kept[marked.drop].sum())
        right, many = keep + len(marked.drop) - drop, len(marked.keep) + len(marked.drop)
        rows.append(
            [
                one.name,
                f"{keep:,} of {len(marked.keep):,} ({share(keep, len(marked.keep))})",
                f"{drop:,} of {len(marked.drop):,} ({share(drop, len(marked.drop))})",
                f"{right:,} of {many:,} ({share(right, many)})",
                share(len(one.rows), len(material.run)),
            ]
        )
    head = ["selection", "keeps of those marked keep", "keeps of those marked drop", "agrees", "keeps of all"]
    return Table("Selections beside what people said", head, rows)


def _how_to_read(found: Sequence[Agreement]) -> tuple[str, ...]:
    chance = max(1, round(0.05 * len(found)))
    return (
        "The share of pairs is the area under the ROC curve: of all pairs of a sample marked keep and one marked drop "
        "that have a value, in how many the keep is on the column's better side, ties half. The interval is Newcombe's "
        f"(2006); of {counted(len(found), 'column')}, about {chance} would leave out 50 % by chance.",
        "Marked samples are those that somebody looked at, not a random part of the data: where they were found by a "
        "column, that column looks better than it is. A selection made after marking honours the marks, and agrees "
        "with them for that reason.",
    )
