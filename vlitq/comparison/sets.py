"""The sets that are compared, and the figures that are made of any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from vlitq.comparison.chosen import Chosen
from vlitq.comparison.result import Figure, Kind, Value
from vlitq.comparison.rows import Rows
from vlitq.schema import Array, Direction
from vlitq.selection.budget import Unit
from vlitq.selection.pool import costs
from vlitq.selection.strata import strata_by

UNITS: tuple[Unit, ...] = ("rows", "tokens", "images")


@dataclass(frozen=True, eq=False)
class RowSet:
    """Rows under a name. draws: int64 arrays, ascending: one, or one a seed for a control."""

    name: str
    kind: Kind
    draws: tuple[Array, ...]
    chosen: Chosen | None = None


def figure(
    sets: Iterable[RowSet],
    section: str,
    name: str,
    number: Callable[[Array], float | None],
    better: Direction = "neutral",
) -> Figure:
    """A number of each set's rows, over its draws; a set of which a draw has none (None, NaN) is left out."""
    values = {}
    for one in sets:
        draws = [number(rows) for rows in one.draws]
        known = [draw for draw in draws if draw is not None and not np.isnan(draw)]
        if known and len(known) == len(draws):
            values[one.name] = Value.of(known)
    return Figure(section, name, values, better)


def sizes(every: Rows, sets: Sequence[RowSet]) -> Iterator[Figure]:
    """Rows, tokens and images."""
    for unit in UNITS:
        yield figure(sets, "Size", unit, _sum_of(costs(every.fields, unit)))


def overlaps(sets: Sequence[RowSet]) -> Iterator[Figure]:
    """Jaccard's index of each selection and control with each, |A ∩ B| / |A ∪ B|; of controls, between draws of
    different seeds, as one seed draws much the same rows for both."""
    compared = [one for one in sets if one.kind != "whole"]
    for one in compared:
        values = {other.name: value for other in compared if (value := _overlap(one, other)) is not None}
        yield Figure("Overlap (Jaccard)", one.name, values)


def _overlap(one: RowSet, other: RowSet) -> Value | None:
    pairs = list(product(enumerate(one.draws), enumerate(other.draws)))
    if one.kind == other.kind == "control":
        pairs = [pair for pair in pairs if pair[0][0] != pair[1][0]]
    found = [jaccard(a, b) for (_, a), (_, b) in pairs]
    known = [value for value in found if value is not None]
    return Value.of(known) if known else None


def jaccard(a: Array, b: Array) -> float | None:
    """|A ∩ B| / |A ∪ B| of row numbers without repeats, in [0, 1]; None where both are empty."""
    common = len(np.intersect1d(a, b, assume_unique=True))
    union = len(a) + len(b) - common
    return common / union if union else None


def strata(every: Rows, sets: Sequence[RowSet], stratify: str) -> Iterator[Figure]:
    """What each set keeps of each stratum of the whole run, and what share of the set the stratum is; largest first."""
    cut = strata_by(every.field, stratify, np.arange(len(every)))
    sizes = np.bincount(cut.codes, minlength=len(cut.names))
    order = np.argsort(-sizes, kind="stable").tolist()
    for section, by_set in ((f"Share kept of each {stratify}", False), (f"Share of the set, by {stratify}", True)):
        for code in order:

            def share(rows: Array, code: int = code, by_set: bool = by_set) -> float | None:
                total = len(rows) if by_set else int(sizes[code])
                return float((cut.codes[rows] == code).sum()) / total if total else None

            yield figure(sets, section, cut.names[code], share)


def means(every: Rows, sets: Sequence[RowSet], ranked: Sequence[str]) -> Iterator[Figure]:
    """The mean of every column that a selection ranked by, and of every number with a better end, nulls left out."""
    for name in [*ranked, *(one for one in directed(every) if one not in ranked)]:
        field = every.field(name)
        yield figure(sets, "Mean of the scores", name, _mean_of(field.values), field.column.direction)


def directed(every: Rows) -> list[str]:
    """The scored columns of numbers that have a better end."""
    columns: Mapping[str, object] = every.run.columns
    return [
        name for name in columns if every.field(name).column.direction != "neutral" and not every.field(name).is_label
    ]


def _sum_of(values: Array) -> Callable[[Array], float]:
    return lambda rows: float(values[rows].sum())


def _mean_of(values: Array) -> Callable[[Array], float | None]:
    def mean(rows: Array) -> float | None:
        known = values[rows][~np.isnan(values[rows])]
        if not len(known) or (np.isposinf(known).any() and np.isneginf(known).any()):
            return None  # infinity less infinity is no number
        return float(known.mean())

    return mean
