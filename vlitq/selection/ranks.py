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
        self._strata = strata.astype(np.int64, copy=False)
        rows = np.flatnonzero(~np.isnan(values))
        rows = rows[np.argsort(values[rows])]
        codes = self._strata[rows]
        if codes.any():
            by_stratum = by_code(codes)
            rows, codes = rows[by_stratum], codes[by_stratum]
        new_stratum = changes(codes)
        first, tie = np.flatnonzero(new_stratum), np.flatnonzero(new_stratum | changes(values[rows]))
        self._rows, self._codes = rows, codes[first]
        self._strata_at, self._ties_at = np.append(first, len(rows)), np.append(tie, len(rows))
        self._stratum_of_tie = np.cumsum(new_stratum[tie]) - 1

    def ranks(self, rows: Array) -> MidRanks:
        """Ranks of some rows, int64 and each once, among each other; NaN for a row without a value."""
        among = np.zeros(len(self._strata), dtype=bool)
        among[rows] = True
        before = np.zeros(len(self._rows) + 1, dtype=np.int64)
        np.cumsum(among[self._rows], out=before[1:])
        at_ties, at_strata = before[self._ties_at], before[self._strata_at]
        rank = (at_ties[:-1] + at_ties[1:] + 1) / 2 - at_strata[self._stratum_of_tie]
        ranks = np.full(len(self._strata), np.nan)
        ranks[self._rows] = np.repeat(rank, np.diff(self._ties_at))
        sizes = np.zeros(self._strata.max(initial=0) + 1)
        sizes[self._codes] = np.diff(at_strata)
        return MidRanks(ranks[rows], sizes[self._strata[rows]])


def mid_ranks(values: Array, strata: Array) -> MidRanks:
    """Ranks of values of shape (rows,), each within the rows that share its stratum code, an integer from 0 up."""
    return Order(values, strata).ranks(np.arange(len(values)))
