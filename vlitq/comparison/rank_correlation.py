"""Spearman's rank correlation."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array
from vlitq.selection.ranks import mid_ranks


def spearman(x: Array, y: Array) -> float | None:
    """Pearson's correlation of the mid-ranks of two arrays of shape (rows,), in [-1, 1], where both are known (no NaN).

    None for fewer than two such rows, and where either is constant (Spearman 1904, doi 10.2307/1412159).
    """
    known = ~(np.isnan(x) | np.isnan(y))
    one = np.zeros(int(known.sum()), dtype=np.int64)
    a, b = (mid_ranks(values[known], one).rank for values in (x, y))
    if len(a) < 2 or a.min() == a.max() or b.min() == b.max():
        return None
    a, b = a - a.mean(), b - b.mean()
    return float(np.clip(a @ b / np.sqrt((a @ a) * (b @ b)), -1, 1))
