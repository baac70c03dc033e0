"""Which rows of an array are the same, to the bit."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array


def repeats(values: Array) -> tuple[Array, Array]:
    """Of each row how many others are the same, and the first row that is; int64 of shape (rows,), −1 for a NaN row.

    `values` is float of shape (rows, dim). The first of equals names itself. Time of a sort.
    """
    others, first = np.full((2, len(values)), -1, np.int64)
    there = np.flatnonzero(~np.isnan(values).any(axis=1))
    if len(there):
        rows = np.ascontiguousarray(values[there])
        whole = rows.view(np.dtype((np.void, rows.strides[0])))[:, 0]
        _, start, kind, counts = np.unique(whole, return_index=True, return_inverse=True, return_counts=True)
        others[there], first[there] = counts[kind] - 1, there[start[kind]]
    return others, first
