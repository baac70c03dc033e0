"""k-center: every row near one of those taken; the greedy algorithm that takes the farthest row next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import first_row, require_finite, rows_of
from vlitq.selection.maths.ties import first_of_largest, picks


@dataclass(frozen=True)
class Centers:
    """`order`, int64, the rows taken; `distance`, float64, how far each was from those before, infinite for the first.

    Of each row of `x`: `nearest`, int64, the row taken that is nearest to it, and `radius`, float64, how far that is.
    """

    order: Array
    distance: Array
    nearest: Array
    radius: Array


def k_center(x: Array, budget: int, start: int | None = 0) -> Array:
    """Positions of min(budget, n) rows of `x`, int64: `start`, then always the row farthest from all taken so far.

    Gonzalez 1985 (doi 10.1016/0304-3975(85)90224-5); the k-center greedy of Sener & Savarese 2018, arXiv 1708.00489.
    The largest Euclidean distance of a row to its nearest taken row is at most twice the least possible. `x` is of
    shape (n, d), of any float type, finite, and may be memory-mapped: half floats are copied to float32 once.
    start: a position, or None for the row nearest to the mean. Squared distances that differ by no more than their
    rounding (four units in the last place of the largest squared length) are ties, and the lowest position is taken.
    Time grows with n · d · budget: one product of `x` and a row for each row taken. Raises `ValueError` for a row that
    is not finite, a start that is no position, and a negative budget.
    """
    return centers(x, budget, start).order


def centers(x: Array, budget: int, start: int | None = 0) -> Centers:
    """The rows that `k_center` takes, with how far each was, and to which of them each row of `x` is nearest."""
    x = _floats(x)
    budget = picks(budget, len(x))
    order, distance = np.empty(budget, np.int64), np.full(budget, np.inf)
    squared, nearest = np.full(len(x), np.inf, x.dtype), np.zeros(len(x), np.int64)
    if budget == 0:
        return Centers(order, distance, nearest, squared.astype(np.float64))
    lengths = np.einsum("nd,nd->n", x, x)
    require_finite(lengths, "x: row")
    rounding = 4 * np.finfo(x.dtype).eps * float(lengths.max())
    free = np.zeros(len(x), x.dtype)  # minus infinity for the rows taken: they are as near to themselves as it gets
    order[0] = _central(x, lengths) if start is None else first_row(start, len(x))
    for taken in range(budget):
        if taken:
            order[taken] = first_of_largest(squared + free, rounding)
            distance[taken] = np.sqrt(squared[order[taken]])
        _approach(x, lengths, int(order[taken]), rounding, squared, nearest)
        free[order[taken]] = -np.inf
    return Centers(order, distance, nearest, np.sqrt(squared, dtype=np.float64))


def _floats(x: Array) -> Array:
    x = rows_of(x)
    return np.asarray(x, np.float64 if x.dtype.itemsize > 4 else np.float32)


def _central(x: Array, lengths: Array) -> int:
    """The row nearest to the mean."""
    mean = x.mean(axis=0, dtype=np.float64)
    return int(np.argmin(lengths - 2 * (x @ mean.astype(x.dtype))))


def _approach(x: Array, lengths: Array, center: int, rounding: float, squared: Array, nearest: Array) -> None:
    """Brings `squared` and `nearest` up to date with one more center: |a − c|² = |a|² + |c|² − 2 a·c."""
    to_center = x @ x[center]
    to_center *= -2
    to_center += lengths
    to_center += lengths[center]
    to_center[to_center <= rounding] = 0  # what rounding leaves of nothing
    to_center[center] = 0
    closer = np.flatnonzero(to_center < squared)
    squared[closer] = to_center[closer]
    nearest[closer] = center
