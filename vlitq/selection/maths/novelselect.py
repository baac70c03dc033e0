"""NovelSelect: always the row most novel to those taken, by distances that count more where rows are dense."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.d2 import nearest_neighbours
from vlitq.selection.maths.given import first_row, require_finite_rows, rows_of
from vlitq.selection.maths.rows import unit
from vlitq.selection.maths.ties import picks

_BATCH = 64  # rows whose novelty is computed at a time
_TIE = 1e-6  # novelties that differ by no more than this part of the larger are equal: distances are float32
_REGULARISATION = 1e-9  # of the mean squared distance, as in the authors' code


@dataclass(frozen=True)
class Novel:
    """`order`, int64, the rows taken; `novelty`, float64, of each to those before it, NaN for the first.

    `at_most`, float64 of shape (n,): the novelty of a row that is not taken, to all that are, is no larger.
    """

    order: Array
    novelty: Array
    at_most: Array


def novelselect(
    x: Array,
    budget: int,
    start: int = 0,
    neighbours: int = 10,
    density_power: float = 0.5,
    distance_power: float = 1.0,
) -> Array:
    """Positions of min(budget, n) rows of `x` in the order taken, int64: `start`, then always the most novel row.

    Yang et al. 2025, arXiv 2502.17184, as the authors' code computes it. x: (n, d), finite. The novelty of row i is the
    mean over the rows j taken of (1 − cos(i, j)) · (σ_i + σ_j) / rank^distance_power, ranks by these distances, the
    nearest first: near rows decide. σ is `density`. Novelties within a millionth of the largest are equal, and the
    lowest position is taken. The code sorts n × taken distances for every pick; here a bound tells which few rows
    have to be looked at, so that time grows with n · d · budget, and with budget² · d for each row looked at a pick.
    """
    return novel_rows(x, budget, start, neighbours, density_power, distance_power).order


def novel_rows(
    x: Array,
    budget: int,
    start: int = 0,
    neighbours: int = 10,
    density_power: float = 0.5,
    distance_power: float = 1.0,
) -> Novel:
    """The rows that `novelselect` takes, and how novel each was."""
    x = rows_of(x)
    require_finite_rows(x)
    x = unit(x, without=0.0)
    budget = picks(budget, len(x))
    order, novelty = np.empty(budget, np.int64), np.full(budget, np.nan)
    if not budget:
        return Novel(order, novelty, np.full(len(x), np.inf))
    order[0] = first_row(start, len(x))
    search = _Search(x, density(x, neighbours, density_power), distance_power, start)
    for taken in range(1, budget):
        order[taken], novelty[taken] = search.most_novel(order[:taken])
        search.take(int(order[taken]))
    return Novel(order, novelty, search.bound / budget)


def density(x: Array, neighbours: int = 10, power: float = 0.5) -> Array:
    """σ, float64 of shape (n,): the mean squared distance to the `neighbours` nearest distinct rows, to the −power.

    x: (n, d), float32 of unit rows. Copies of a row are left out, as in the authors' code: eleven of them would have
    no distance at all. Rows without another distinct row, and all where `neighbours` is 0, have σ = 1.
    """
    _, first, which = np.unique(x, axis=0, return_index=True, return_inverse=True)
    squared = nearest_neighbours(x[first], neighbours).squared_distance()
    if not squared.shape[1]:
        return np.ones(len(x))
    return np.asarray(((squared.mean(axis=1) + _REGULARISATION) ** -power)[which.reshape(-1)])


class _Search:
    """Sums Σ_r d_(r) / r^power of each row, known from above, and exactly where that is needed to find the largest.

    A new distance d among t others displaces none that is smaller; each larger one moves a rank down. Were they as
    small as d, the sum would grow by d / (t + 1)^power; so it grows by no more.
    """

    def __init__(self, x: Array, sigma: Array, power: float, start: int) -> None:
        self.x, self.sigma, self.power = x, sigma, power
        self.count = 0
        self.bound = np.zeros(len(x))
        self.free = np.ones(len(x), dtype=bool)
        self.rounding = 4 * float(np.finfo(np.float32).eps)
        self.take(start)

    def take(self, row: int) -> None:
        """Counts one more row as taken."""
        self.free[row] = False
        self.count += 1
        self.bound += self._distances(slice(None), np.array([row]))[:, 0] / self.count**self.power

    def most_novel(self, taken: Array) -> tuple[int, float]:
        """The lowest of the free rows with the largest sum, and its novelty, the sum by the number of rows taken."""
        best, largest = -1, -np.inf
        exact = ~self.free
        while len(some := self._worth_a_look(exact, best, largest)):
            self.bound[some] = self._sums(some, taken)
            exact[some] = True
            largest = max(largest, float(self.bound[some].max()))
            level = exact & self.free & (self.bound >= largest * (1 - _TIE))
            best = int(np.argmax(level))
        return best, largest / len(taken)

    def _worth_a_look(self, exact: Array, best: int, largest: float) -> Array:
        """The rows with the largest bounds of those that could be taken in place of the best so far."""
        open_ = np.flatnonzero(~exact & (self.bound >= (1 - _TIE) * largest if best >= 0 else True))
        bound = self.bound[open_]
        open_ = open_[(open_ < best) | (bound > largest)]
        if len(open_) > _BATCH:
            open_ = open_[np.argsort(-self.bound[open_], kind="stable")[:_BATCH]]
        return open_

    def _sums(self, rows: Array, taken: Array) -> Array:
        weights = np.arange(1, len(taken) + 1, dtype=np.float64) ** -self.power
        return np.asarray(np.sort(self._distances(rows, taken), axis=1) @ weights)

    def _distances(self, rows: slice | Array, taken: Array) -> Array:
        """(1 − cos)(σ_i + σ_j), float64; 0 where the cosine is 1 but for rounding."""
        cosine = (self.x[rows] @ self.x[taken].T).astype(np.float64)
        cosine[cosine >= 1 - self.rounding] = 1
        return np.asarray((1 - cosine) * (self.sigma[rows][:, None] + self.sigma[taken]))
