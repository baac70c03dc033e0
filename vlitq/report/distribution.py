"""How one column is distributed: its chart, with what selections keep and where gates lie, and what is to be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pyarrow as pa

from vlitq.charts.bins import Bins, bins_for
from vlitq.charts.chart import Chart
from vlitq.charts.draw import drawable
from vlitq.charts.kinds import Bin, Mark, bars, histogram
from vlitq.charts.numbers import share, short
from vlitq.counted import counted
from vlitq.report.gated import Passing
from vlitq.schema import Array, Direction
from vlitq.selection.fields import Field
from vlitq.selection.gates import Gate

LABELS_SHOWN = 20
LABEL_LENGTH = 48  # characters
ALL = "all"
LARGEST = 1e300  # beyond it, and at infinity, nothing is drawn: the width of the chart would be no number
NEAR = 0.25  # of the width of the chart: a gate farther outside than this is told of, not drawn
BETTER: Mapping[Direction, str] = {
    "higher": "higher is better",
    "lower": "lower is better",
    "neutral": "no end is better",
}


@dataclass(frozen=True, eq=False)
class Distribution:
    """A column with what is drawn over it. kept: bool of shape (rows,) by the selection's name. gates: those on it."""

    field: Field
    kept: Mapping[str, Array]
    gates: Sequence[Passing] = ()

    @cached_property
    def drawn(self) -> Array:
        """Bool of shape (rows,): which rows have a value that can be drawn."""
        if self.field.is_label:
            return ~self.field.null
        return ~self.field.null & (np.abs(self.field.values) <= LARGEST)

    @cached_property
    def numbers(self) -> Array:
        """The values of those rows, float64."""
        return np.asarray(self.field.values[self.drawn], dtype=np.float64)

    @property
    def categorical(self) -> bool:
        """True where it is drawn as a bar a value: labels and truth values."""
        return self.field.is_label or self.field.column.dtype == "bool"

    @cached_property
    def counts(self) -> dict[str, dict[str, float]]:
        """How many rows have each label or truth value, the most frequent first, of all and of what is kept."""
        codes, labels = _codes(self)
        parts = {ALL: codes} | {name: codes[kept[self.drawn]] for name, kept in self.kept.items()}
        counted_in = {name: np.bincount(some, minlength=len(labels)) for name, some in parts.items()}
        order = sorted(np.flatnonzero(counted_in[ALL]).tolist(), key=lambda at: (-counted_in[ALL][at], labels[at]))
        return {labels[at]: {name: int(found[at]) for name, found in counted_in.items()} for at in order}

    @property
    def constant(self) -> str:
        """The one value that every row has which has any; "" where there are several, or none."""
        if self.categorical:
            return next(iter(self.counts)) if len(self.counts) == 1 else ""
        if not len(self.numbers) or self.numbers.min() != self.numbers.max():
            return ""
        return short(float(self.numbers[0]))

    def chart(self) -> Chart | None:
        """Bars a label, or a histogram; None where no row has a value that can be drawn."""
        if not self.drawn.any():
            return None
        return self._bars() if self.categorical else self._histogram()

    def note(self) -> str:
        """What the column means, how many rows have it, why others have not, where its values lie, and its gates."""
        column = self.field.column
        said = [column.description, self.middle(), *self._kept(), *self.absent(), *self._beyond(), *self._gated()]
        return " ".join(said)

    def in_words(self) -> str:
        """What takes the place of a picture: "is 0 in all 200 rows scored", or "has no value"; then what it means."""
        scored = int((~self.field.null).sum())
        said = (
            f"is {self.constant} in all {counted(scored, 'row')} scored." if self.constant else "has nothing to draw."
        )
        better = BETTER[self.field.column.direction].capitalize() + "."
        told = [said, self.field.column.description, better, *self.absent(), *self._beyond(), *self._gated()]
        return " ".join(told)

    def middle(self) -> str:
        """How many rows have a value, and from where to where they lie: "478 scored: min 0.1, median 0.2, max 0.3"."""
        scored = f"{int((~self.field.null).sum()):,} of {counted(len(self.field.null), 'row')} scored"
        better = BETTER[self.field.column.direction]
        if self.categorical:
            return f"{scored}, {counted(len(self.counts), 'value')}; {better}."
        if not len(self.numbers):
            return f"{scored}; {better}."
        low, median, high = (short(float(one)) for one in np.quantile(self.numbers, (0, 0.5, 1)))
        return f"{scored}: min {low}, median {median}, max {high}; {better}."

    def absent(self) -> list[str]:
        """Why rows have no value, each reason in a sentence with its number."""
        told = []
        if number := int(self.field.not_applicable.sum()):
            told.append(f"{number:,} null: {self.field.column.null}.")
        if self.field.missing.any():
            statuses, numbers = np.unique(self.field.status[self.field.missing].astype(str), return_counts=True)
            each = ", ".join(f"{status} {n:,}" for status, n in zip(statuses, numbers.tolist(), strict=True))
            told.append(f"{int(numbers.sum()):,} null, since scoring failed: {each}.")
        return told

    def _histogram(self) -> Chart:
        bins = bins_for(self.numbers, _whole(self))
        counts = {ALL: bins.count(self.numbers)}
        counts |= {name: bins.count(self.field.values[self.drawn & kept]) for name, kept in self.kept.items()}
        low, half, most, high = (short(float(one)) for one in np.quantile(self.numbers, (0, 0.25, 0.75, 1)))
        middle = f"the middle half from {half} to {most}" if half != most else f"half of them or more are {half}"
        alt = f"{counted(len(self.numbers), 'value')} from {low} to {high}, {middle}."
        marks = [*_tails(bins), *self._marks(bins)]
        note = " ".join([self.note(), *_told_tails(bins, counts[ALL])])
        unit = self.field.column.unit or self.field.column.name
        return histogram(self._name, self.field.name, alt, _bars_of(bins, counts), unit, marks, note)

    def _bars(self) -> Chart:
        shown = dict(list(self.counts.items())[:LABELS_SHOWN])
        most = ", ".join(f"{_label(label)} {group[ALL]:,.0f}" for label, group in list(shown.items())[:3])
        alt = f"How many samples have each value; most frequent: {most}."
        values = _named(shown)
        rest = list(self.counts.values())[LABELS_SHOWN:]
        if rest:
            others = {name: sum(group[name] for group in rest) for name in rest[0]}
            values[f"{len(rest):,} others"] = others
        return bars(self._name, self.field.name, alt, values, f"samples (n = {int(self.drawn.sum()):,})", self.note())

    @property
    def _name(self) -> str:
        return "column-" + self.field.name.replace("_", "-")

    def _marks(self, bins: Bins) -> list[Mark]:
        """The gates that lie on the chart, or near it."""
        low, high = float(bins.edges[0]), float(bins.edges[-1])
        room = NEAR * (high - low)
        return [
            Mark(value, f"{_condition(one.asked.gate)}: {one.said}")
            for one in self.gates
            for value in one.at
            if low - room <= value <= high + room
        ]

    def _gated(self) -> list[str]:
        null = int(self.field.null.sum())
        without = f"; {counted(null, 'row')} without a value {'passes' if null == 1 else 'pass'} it too" if null else ""
        return [f"Gate {one.asked.text}: {one.said}{without}." for one in self.gates]

    def _kept(self) -> list[str]:
        """What selections keep of the rows that have a value: "Kept by best: 90 of 179 (50 %)"."""
        known = ~self.field.null
        scored = int(known.sum())
        counts = {name: int((known & kept).sum()) for name, kept in self.kept.items()}
        return [
            f"{name[:1].upper()}{name[1:]}: {n:,} of {scored:,} ({share(n, scored)})." for name, n in counts.items()
        ]

    def _beyond(self) -> list[str]:
        """What has a value that no chart can hold."""
        beyond = int((~self.field.null & ~self.drawn).sum())
        return [f"{counted(beyond, 'value')} beyond ±{LARGEST:g}, not drawn."] if beyond else []


def _codes(one: Distribution) -> tuple[Array, list[str]]:
    """A number a label for each row that has one, int64, and the labels."""
    if not one.field.is_label:
        return one.numbers.astype(np.int64), ["false", "true"]
    encoded = pa.array(one.field.values[one.drawn], pa.large_string()).dictionary_encode()
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False)), encoded.dictionary.to_pylist()


def _whole(one: Distribution) -> bool:
    """True where all values are whole numbers, such as counts and marks from 1 to 5."""
    return bool(one.field.column.dtype.startswith("int") or (one.numbers == np.round(one.numbers)).all())


def _bars_of(bins: Bins, counts: Mapping[str, Array]) -> list[Bin]:
    edges = bins.edges.tolist()
    drawn = list(pairwise(edges))
    each = {name: found.tolist() for name, found in counts.items()}
    ends = zip(bins.low.tolist(), bins.high.tolist(), drawn, strict=True)
    return [
        Bin(low, high, {name: found[at] for name, found in each.items()}, place)
        for at, (low, high, place) in enumerate(ends)
    ]


def _tails(bins: Bins) -> list[Mark]:
    """Where the first or the last bar stands for a long tail."""
    marks = []
    if bins.below:
        marks.append(Mark(float(bins.edges[1]), f"down to {short(bins.least)}", quiet=True))
    if bins.above:
        marks.append(Mark(float(bins.edges[-2]), f"up to {short(bins.greatest)}", quiet=True))
    return marks


def _told_tails(bins: Bins, counts: Array) -> list[str]:
    told = []
    if bins.below:
        end = short(float(bins.edges[1]))
        told.append(f"The first bar stands for the {int(counts[0]):,} from {short(bins.least)} to {end}.")
    if bins.above:
        end = short(float(bins.edges[-2]))
        told.append(f"The last bar stands for the {int(counts[-1]):,} from {end} to {short(bins.greatest)}.")
    return told


def _condition(gate: Gate) -> str:
    """The gate without its column, which is the chart's title."""
    return gate.text.removeprefix(gate.column).replace(f"({gate.column})", "").strip()


def _named(groups: Mapping[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """The groups by labels that can be drawn; those that look alike get a number."""
    named: dict[str, dict[str, float]] = {}
    for label, group in groups.items():
        plain, number = _label(label), 2
        name = plain
        while name in named:
            name, number = f"{plain} ({number})", number + 1
        named[name] = group
    return named


def _label(label: str) -> str:
    told = " ".join(drawable(label[: 2 * LABEL_LENGTH]).split())
    if not told:
        return "(empty)"
    return told if len(told) <= LABEL_LENGTH and len(label) <= 2 * LABEL_LENGTH else f"{told[:LABEL_LENGTH]}…"
