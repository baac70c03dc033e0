"""Ranks within strata: how numbers of different units become comparable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.sorting import by_code, changes


@dataclass(frozen=True)
class MidRanks:
    """Ascending ranks from 1 within each stratum, ties at their mean, and how many of it have one; float64, (rows,)."""

    rank: Array
    size: Array

    @property
    def quantile(self) -> Array:
        """(rank − ½) / size, in (0, 1): 0.5 for a row alone and for a constant column."""
        return (self.rank - 0.5) / self.size

    @property
    def from_best(self) -> Array:
        """Ranks with the highest value first, from 1."""
        return self.size + 1 - self.rank


class Order:
    """Rows by stratum and within it by value: sorted once, any part of them is ranked by counting.

    values: numbers of shape (rows,); a row without one, NaN, has no rank. strata: codes, whole numbers from 0 up.
    """

    def __init__(self, values: Array, strata: Array) -> None:
        rows = np.flatnonzero(~np.isnan(values))
        rows = rows[np.argsort(values[rows])]
        codes = strata.astype(np.int64, copy=False)[rows]
        if codes.any():
            by_stratum = by_code(codes)
            rows, codes = rows[by_stratum], codes[by_stratum]
        new_stratum = changes(codes)
        tie = np.flatnonzero(new_stratum | changes(values[rows]))
        self._of, self._rows = len(values), rows
        self._strata_at, self._ties_at = np.append(np.flatnonzero(new_stratum), len(rows)), np.append(tie, len(rows))
        self._stratum_of_tie = np.cumsum(new_stratum[tie]) - 1

    def ranks(self, rows: Array) -> MidRanks:
        """Ranks of some rows, int64 and each once, among each other; NaN for a row without a value."""
        rank, size = self._counted(rows)
        return MidRanks(self._each(rank + 0.5, rows), self._each(size, rows))

    def quantiles(self, rows: Array) -> Array:
        """`MidRanks.quantile` of some rows among each other; NaN for a row without a value."""
        rank, size = self._counted(rows)
        rank /= size
        return self._each(rank, rows)

    def _counted(self, rows: Array) -> tuple[Array, Array]:
        """Of each tie, how many of some rows its stratum has before the tie's middle, and in all; float64 and int64."""
        among = np.zeros(self._of, dtype=bool)
        among[rows] = True
        before = np.zeros(len(self._rows) + 1, dtype=np.int64)
        np.cumsum(among[self._rows], out=before[1:])
        at_strata, at_ties = before[self._strata_at], before[self._ties_at]
        size = np.maximum(np.diff(at_strata), 1)  # nobody asks for the ranks of a stratum that has none of the rows
        rank = (at_ties[:-1] + at_ties[1:]) / 2
        rank -= at_strata[self._stratum_of_tie]  # in place: pages that are new cost more than the sum
        return rank, size[self._stratum_of_tie]

    def _each(self, of_ties: Array, rows: Array) -> Array:
        """Of some rows what their ties have, float64; NaN for a row without a value."""
        found = np.full(self._of, np.nan)
        found[self._rows] = np.repeat(of_ties, np.diff(self._ties_at))
        return found[rows]


def mid_ranks(values: Array, strata: Array) -> MidRanks:
    """Ranks of values of shape (rows,), each within the rows that share its stratum code, an integer from 0 up."""
    return Order(values, strata).ranks(np.arange(len(values)))
