"""Votes: how many tasks have a row among their best, and the rows with the most of them."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import rows_of
from vlitq.selection.maths.ties import picks

_ROUNDING = 1e-9  # a quantile that falls this close to a row falls on it: 1 - 0.7 is not 0.3


def vote_counts(scores: Array, share: float) -> Array:
    """Of each row of `scores`, shape (n, tasks), the number of tasks that vote for it, int64.

    A task votes for the rows at or above its (1 - share) quantile, interpolated as numpy does, share in (0, 1] (ICONS,
    Wu et al. 2025, arXiv 2501.00654): at least one, and all that are equal to the last. A row without a score in a
    task (NaN) has no vote of it, and does not count for its quantile.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}, not above 0 and at most 1")
    scores = np.asarray(rows_of(scores, "scores"), dtype=np.float64)
    votes = np.zeros(len(scores), dtype=np.int64)
    for task in scores.T:
        known = np.sort(task[~np.isnan(task)])
        if len(known):
            # No row lies between two neighbours: above the lower one is at or above the upper one.
            votes += task >= known[int(np.ceil((1 - share) * (len(known) - 1) - _ROUNDING))]
    return votes


def most_votes(scores: Array, budget: int, share: float | None = None) -> Array:
    """min(budget, n) positions of `scores`, shape (n, tasks), with the most votes first, int64.

    share: what each task votes for, by default what the budget is of n, as in the paper. Equal votes are decided by
    the mean rank over the tasks, then by the position; the authors' code leaves them to an unstable sort.
    """
    budget = picks(budget, len(scores))
    if not budget:
        return np.zeros(0, dtype=np.int64)
    votes = vote_counts(scores, budget / len(scores) if share is None else share)
    return np.lexsort((-mean_rank(scores), -votes))[:budget].astype(np.int64)


def mean_rank(scores: Array) -> Array:
    """The mean over the columns of `scores`, shape (n, columns), of a row's rank as a quantile in (0, 1), 1 the best.

    Ties have their middle rank, and a row without a score (NaN) the middle one of all, 0.5. float64, in steps of 1e-12,
    so that what is equal does not differ by rounding.
    """
    scores = np.asarray(scores, dtype=np.float64)
    total = np.zeros(len(scores))
    for column in scores.T:
        known, rank = ~np.isnan(column), np.full(len(scores), 0.5)
        _, of_row, size = np.unique(column[known], return_inverse=True, return_counts=True)
        rank[known] = ((np.cumsum(size) - size / 2) / max(known.sum(), 1))[of_row]
        total += rank
    return np.asarray((total / max(scores.shape[1], 1)).round(12))
