"""D2 pruning: scores passed along a graph of nearest neighbours, and taken back from the neighbours of what is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite, rows_of
from vlitq.selection.maths.highest_first import Losses, highest_first
from vlitq.selection.maths.ties import picks

BLOCK = 16384  # rows whose neighbours are searched at a time


@dataclass(frozen=True)
class Neighbours:
    """Of each row its nearest others: `index` int64 of shape (n, k), the nearest first, and `cosine` float32."""

    index: Array
    cosine: Array

    def distance(self) -> Array:
        """Euclidean distance between the unit rows, float64 of shape (n, k), in [0, 2]."""
        return np.sqrt(self.squared_distance())

    def squared_distance(self) -> Array:
        """Squared Euclidean distance between the unit rows, float64 of shape (n, k), in [0, 4]."""
        return 2 - 2 * np.clip(self.cosine.astype(np.float64), -1, 1)


def d2_pruning(
    scores: Array, neighbours: Array, distances: Array, budget: int, gamma_f: float = 1.0, gamma_r: float = 1.0
) -> Array:
    """Positions of min(budget, n) rows in the order taken, int64 (Maharana et al. 2023, arXiv 2310.07931).

    scores: (n,), finite. neighbours, distances: (n, k), positions and how far they are; −1 where a row has fewer.
    Forward, every row starts with `passed_forward`. Then the row with the highest value, the first of equals, is taken
    and sends exp(−γ_r d) times its value, to be subtracted, to each of its neighbours that is not taken yet.
    Raises `ValueError` for a score that is no number.
    """
    require_finite(np.asarray(scores, np.float64), "scores: row")
    value = passed_forward(scores, neighbours, distances, gamma_f)
    listed, values = np.asarray(neighbours).tolist(), value.tolist()
    back = np.where(np.asarray(neighbours) >= 0, np.exp(-gamma_r * np.asarray(distances, np.float64)), 0).tolist()

    def losses(row: int, free: list[bool]) -> Losses:
        worth = values[row]
        return [(j, weight * worth) for j, weight in zip(listed[row], back[row], strict=True) if j >= 0 and free[j]]

    return highest_first(values, picks(int(budget), len(value)), losses)


def passed_forward(scores: Array, neighbours: Array, distances: Array, gamma_f: float = 1.0) -> Array:
    """s_i + Σ_j exp(−γ_f d_ij) s_j over the neighbours j of i, float64 of shape (n,): high in hard, dense places."""
    scores, neighbours = np.asarray(scores, np.float64), rows_of(neighbours, "neighbours")
    there, distances = neighbours >= 0, np.asarray(rows_of(distances, "distances"), np.float64)
    messages = np.exp(-gamma_f * distances) * scores[neighbours.astype(np.int64)]
    return np.asarray(scores + np.where(there, messages, 0).sum(axis=1))


def nearest_neighbours(x: Array, k: int) -> Neighbours:
    """The min(k, n − 1) nearest other rows of each unit row of `x`, float32 of shape (n, dim), by exact search."""
    import faiss

    k = max(min(k, len(x) - 1), 0)
    x = np.ascontiguousarray(x, np.float32)
    index, cosine = np.empty((len(x), k), np.int64), np.empty((len(x), k), np.float32)
    for start in range(0, len(x) if k else 0, BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(x)))
        near, found = faiss.knn(x[rows], x, k + 1, metric=faiss.METRIC_INNER_PRODUCT)
        index[rows], cosine[rows] = _without_itself(found, near, rows)
    return Neighbours(index, cosine)


def _without_itself(found: Array, near: Array, rows: Array) -> tuple[Array, Array]:
    """The nearest that are not the row, in descending cosine, the first of equals first."""
    itself = found == rows[:, None]
    itself[~itself.any(axis=1), -1] = True  # crowded out by copies: the last of them goes instead
    others = ~itself
    k = found.shape[1] - 1
    found, near = found[others].reshape(-1, k), near[others].reshape(-1, k)
    order = np.lexsort((found, -near), axis=1)
    return np.take_along_axis(found, order, axis=1), np.take_along_axis(near, order, axis=1)
