"""Pareto fronts: who is beaten by nobody, who is beaten by these alone, and so on."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import rows_of


def pareto_front(scores: Array) -> Array:
    """The front of each row of `scores`, shape (n, columns), high is better; int64, 1 is the best.

    A row dominates another when it is no worse in any column and better in one. Front 1 holds the rows that none
    dominates, front k those that none dominates once the fronts before are gone; equal rows share a front. NaN is
    below everything. n log n steps for up to two columns; for more, a row is compared with the members of
    log2(fronts) fronts, n² comparisons at worst, in memory n x columns.
    """
    scores = np.asarray(rows_of(scores, "scores"), dtype=np.float64)
    if not scores.size:
        return np.ones(len(scores), dtype=np.int64)
    # By falling first column, then falling second, and so on: no row is dominated by one that comes later.
    ranks = np.column_stack([np.unique(_known(column), return_inverse=True)[1] for column in scores.T])
    order = np.lexsort(-ranks.T[::-1])
    new = np.ones(len(order), dtype=bool)
    new[1:] = (ranks[order[1:]] != ranks[order[:-1]]).any(axis=1)
    unlike = ranks[order[new]]
    fronts = np.empty(len(order), dtype=np.int64)
    fronts[order] = (_of_many(unlike[:, 1:]) if ranks.shape[1] > 2 else _of_pairs(unlike[:, -1]))[np.cumsum(new) - 1]
    return fronts + 1


def _known(column: Array) -> Array:
    return np.where(np.isnan(column), -np.inf, column)


def _of_pairs(second: Array) -> Array:
    """Fronts from 0 of unlike rows that stand by falling first column, then falling second, which is given."""
    best: list[int] = []  # of each front its highest second value so far, negated: rising
    fronts = np.empty(len(second), dtype=np.int64)
    for row, value in enumerate((-second).tolist()):
        front = bisect_right(best, value)  # a member of every front before is no worse in both
        fronts[row] = front
        if front == len(best):
            best.append(value)
        else:
            best[front] = value
    return fronts


def _of_many(others: Array) -> Array:
    """Fronts from 0 of unlike rows that stand by falling first column, of which the other columns are given.

    What a member of a front dominates, a member of each earlier front dominates too: the front is found by halving.
    """
    fronts = list[_Front]()
    found = np.empty(len(others), dtype=np.int64)
    for row, value in enumerate(others):
        low, high = 0, len(fronts)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if fronts[middle].dominates(value) else (low, middle)
        if low == len(fronts):
            fronts.append(_Front(others.shape[1]))
        fronts[low].add(value)
        found[row] = low
    return found


class _Front:
    """The members of a front, in a block that doubles when it is full."""

    def __init__(self, columns: int) -> None:
        self._members, self._count = np.empty((columns, 4), dtype=np.int64), 0

    def dominates(self, value: Array) -> bool:
        """Whether a member is no worse in every column."""
        return bool((self._members[:, : self._count] >= value[:, None]).all(axis=0).any())

    def add(self, value: Array) -> None:
        """One member more."""
        if self._count == self._members.shape[1]:
            self._members = np.concatenate([self._members, self._members], axis=1)
        self._members[:, self._count] = value
        self._count += 1
