"""Spearman's rank correlation."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array
from vlitq.selection.ranks import mid_ranks

SETS_KEPT = 4  # of rows that a ranking was ranked among: columns mostly have the same nulls, or none


class Ranking:
    """An array of shape (rows,), NaN where it is not known, to be correlated with several others: its ranks are made
    once for each set of rows that it shares with another."""

    def __init__(self, values: Array) -> None:
        self._values = values
        self._known = ~np.isnan(values)
        self._ranks: dict[bytes, Array | None] = {}

    def correlation(self, other: Ranking) -> float | None:
        """As `spearman` of the two arrays."""
        shared = self._known & other._known
        a, b = self._ranked(shared), other._ranked(shared)
        return None if a is None or b is None else float(np.clip(a @ b, -1, 1))

    def _ranked(self, rows: Array) -> Array | None:
        """As `unit_ranks` of some rows."""
        key = np.packbits(rows).tobytes()
        if key not in self._ranks:
            while len(self._ranks) >= SETS_KEPT:
                self._ranks.pop(next(iter(self._ranks)))
            self._ranks[key] = unit_ranks(self._values[rows])
        return self._ranks[key]


def spearman(x: Array, y: Array) -> float | None:
    """Pearson's correlation of the mid-ranks of two arrays of shape (rows,), in [-1, 1], where both are known (no NaN).

    None for fewer than two such rows, and where either is constant (Spearman 1904, doi 10.2307/1412159).
    """
    return Ranking(x).correlation(Ranking(y))


def unit_ranks(values: Array) -> Array | None:
    """Mid-ranks of values without NaN, centred and of length 1; None of fewer than two, or where all are the same."""
    if len(values) < 2:
        return None
    ranks = mid_ranks(values, np.zeros(len(values), dtype=np.int64)).rank
    ranks -= ranks.mean()
    length = np.sqrt(ranks @ ranks)
    return np.asarray(ranks / length) if length else None
