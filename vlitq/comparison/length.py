"""What rankings go along with: length first, which many scores are a stand-in for, then every column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from vlitq.comparison.rank_correlation import Ranking
from vlitq.comparison.result import Figure, Value
from vlitq.comparison.rows import Rows
from vlitq.comparison.sets import RowSet

LENGTH = "tokens"  # how long a sample is


def correlations(every: Rows, sets: Sequence[RowSet]) -> Iterator[Figure]:
    """Spearman's correlation of each selection's ranking, of being kept, and of each column, with length; then of each
    ranking with each column."""
    section = f"Rank correlation with length ({LENGTH})"
    length = Ranking(every.field(LENGTH).values)
    rankings = {one.name: Ranking(one.chosen.score) for one in sets if one.chosen is not None and one.chosen.ranks}
    yield Figure(section, "the ranking", _with(rankings, length))
    yield Figure(section, "being kept", _with(_kept(every, sets), length))
    columns = _numeric(every)
    whole, others = [one.name for one in sets if one.kind == "whole"], []
    for name in columns:
        column = Ranking(every.field(name).values)
        yield Figure(section, name, _with(dict.fromkeys(whole, column), length))
        others.append(Figure("Rank correlation of the ranking with each column", name, _with(rankings, column)))
    yield from others if rankings else ()


def _with(values: Mapping[str, Ranking], other: Ranking) -> dict[str, Value]:
    found = {name: one.correlation(other) for name, one in values.items()}
    return {name: Value.of([one]) for name, one in found.items() if one is not None}


def _kept(every: Rows, sets: Sequence[RowSet]) -> dict[str, Ranking]:
    """1 for the rows that a selection keeps, 0 for the others."""
    kept = {one.name: np.zeros(len(every)) for one in sets if one.kind == "selection"}
    for one in sets:
        if one.kind == "selection":
            kept[one.name][one.draws[0]] = 1.0
    return {name: Ranking(values) for name, values in kept.items()}


def _numeric(every: Rows) -> list[str]:
    """The scored columns that hold numbers of their row, not the number of another."""
    columns = every.run.columns
    return [name for name, column in columns.items() if column.unit != "row" and not every.field(name).is_label]
