"""COINCIDE: clusters share a budget by transferability and density, rows are taken by mean discrepancy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite, require_finite_rows, rows_of
from vlitq.selection.maths.kmeans import Clusters, members
from vlitq.selection.maths.ties import picks

SAME = 0.9  # centroids with a higher cosine are one concept: neither transfers to the other (the authors' code)
STORED = (
    4096  # rows of a cluster whose kernel is kept whole, at most: 128 MiB; above, its rows are computed as asked for
)
BLOCK = 1024  # rows of a kernel computed at a time


@dataclass(frozen=True)
class Shares:
    """How a budget was shared: of each cluster its `transferability`, `density` and `quota`, all (clusters,); `walk`
    are the clusters in the order they are served."""

    transferability: Array
    density: Array
    quota: Array
    walk: Array


def coincide(
    x: Array,
    clusters: Array | Clusters,
    budget: int,
    transfer: Array | None = None,
    tau: float = 0.1,
    gamma: float = 1.0,
) -> Array:
    """Positions of min(budget, n) rows of `x`, (n, dim), int64, cluster by cluster (Lee et al. 2024, arXiv 2406.10995).

    clusters: a label a row, any integers, or what `spherical_kmeans` found. transfer: the transferability of each
    cluster, in the order of the labels; by default `transferability` of the centroids, which are the directions of the
    clusters' means where only labels are given. Raises `ValueError` where lengths differ or `tau` is not positive.
    """
    x = rows_of(x)
    require_finite_rows(x)
    parts, centroids = _parts(x, clusters)
    transfer = transferability(centroids) if transfer is None else np.asarray(transfer, np.float64)
    shares = shared(x, parts, budget, transfer, tau, gamma)
    return picked(x, parts, shares, gamma)


def shared(x: Array, parts: list[Array], budget: int, transfer: Array, tau: float = 0.1, gamma: float = 1.0) -> Shares:
    """The budget shared among clusters, `parts`, by `cluster_budgets` of transferability over density."""
    if len(transfer) != len(parts):
        raise ValueError(f"transfer: {len(transfer)} numbers for {len(parts)} clusters; give one a cluster")
    densities = np.array([density(x[part], gamma) for part in parts])
    sizes = np.array([len(part) for part in parts], np.int64)
    score = np.divide(transfer, densities, out=np.zeros(len(parts)), where=densities > 0)  # 0: it has no rows
    quota, walk = cluster_budgets(score, sizes, budget, tau)
    return Shares(transfer, densities, quota, walk)


def picked(x: Array, parts: list[Array], shares: Shares, gamma: float = 1.0) -> Array:
    """Each cluster's quota by `greedy_mmd`, int64 positions in `x`, clusters in the order they are served."""
    taken = [parts[cluster][greedy_mmd(x[parts[cluster]], shares.quota[cluster], gamma)] for cluster in shares.walk]
    return np.concatenate([np.zeros(0, np.int64), *taken]).astype(np.int64)


def transferability(centroids: Array, neighbours: int | None = None) -> Array:
    """Mean cosine of each centroid to the others, float64 of shape (k,): how well what is learnt there carries over.

    Of the others only those with a cosine of at most 0.9, as in the authors' code; or the `neighbours` nearest, all
    of them. 0 where there is none.
    """
    unit = np.asarray(centroids, np.float64)
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), np.finfo(np.float64).tiny)
    mean = np.zeros(len(unit))
    for start in range(0, len(unit), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(unit)))
        cosines = unit[rows] @ unit.T
        cosines[np.arange(len(rows)), rows] = np.nan
        mean[rows] = _mean_of_different(cosines) if neighbours is None else _mean_of_nearest(cosines, neighbours)
    return mean


def density(x: Array, gamma: float = 1.0) -> float:
    """Mean of exp(−d²/2γ²) over all pairs of rows, each with itself too, as in the authors' code; in (0, 1]."""
    x = np.asarray(x, np.float64)
    total = sum(_kernel(x[start : start + BLOCK], x, gamma).sum() for start in range(0, len(x), BLOCK))
    return float(total / max(len(x), 1) ** 2)


def cluster_probabilities(transfer: Array, density: Array, tau: float = 0.1) -> Array:
    """Softmax of transferability / (tau · density), float64; no overflow, however thin a cluster."""
    logit = np.asarray(transfer, np.float64) / (tau * np.asarray(density, np.float64))
    weight = np.exp(logit - logit.max(initial=-np.inf))
    return np.asarray(weight / weight.sum())


def cluster_budgets(score: Array, sizes: Array, budget: int, tau: float = 0.1) -> tuple[Array, Array]:
    """How many rows each cluster gives, int64, at most its size, min(budget, Σ sizes) in all; and the walk, int64.

    Clusters are served in descending score, the first of equals first. Each gets the rounded part of what is left
    that a softmax of score / tau over it and those after it gives; what it cannot give is passed on. The authors' walk
    ends there, short where the last are small: here it begins anew among those that have rows left.
    """
    if not tau > 0:
        raise ValueError(f"tau = {tau}: a temperature is above 0")
    logit = np.asarray(score, np.float64) / tau
    room = np.array(sizes, np.int64)
    require_finite(logit[room > 0], "score: cluster")
    walk, left = np.argsort(-logit, kind="stable"), picks(budget, int(room.sum()))
    while left:
        open_ones = walk[room[walk] > 0]
        for cluster, part in zip(open_ones.tolist(), _part_of_the_rest(logit[open_ones]).tolist(), strict=True):
            given = min(int(np.rint(left * part)), int(room[cluster]))
            room[cluster] -= given
            left -= given
    return np.asarray(sizes, np.int64) - room, walk


def greedy_mmd(x: Array, budget: int, gamma: float = 1.0) -> Array:
    """The order of min(budget, n) rows of `x`, int64, each the one that brings MMD² to all of `x` lowest.

    MMD² of the Gaussian kernel exp(−d²/2γ²), biased; the first of equals. O(n · budget), times dim above 4,096 rows.
    """
    x = np.asarray(rows_of(x), np.float64)
    require_finite_rows(x)
    budget = picks(int(budget), len(x))
    if budget == 0:
        return np.zeros(0, np.int64)
    rows = _KernelRows(x, gamma)
    likeness, among = rows.mean(), np.zeros(len(x))
    order = np.empty(budget, np.int64)
    # With m rows taken, MMD² = c + (Σ K_yy' + 2 Σ K_yc + 1) / (m+1)² − 2 (Σ mean_y + mean_c) / (m+1) for a candidate c.
    for step in range(budget):
        order[step] = np.argmin(among / (step + 1) - likeness)
        among += rows[int(order[step])]
        among[order[step]] = np.inf
    return order


class _KernelRows:
    """Rows of the kernel matrix of `x`: kept where it is small, else computed when asked for."""

    def __init__(self, x: Array, gamma: float) -> None:
        self.x, self.gamma = x, gamma
        self._all = _kernel(x, x, gamma) if len(x) <= STORED else None

    def __getitem__(self, row: int) -> Array:
        if self._all is not None:
            return np.asarray(self._all[row])
        return np.asarray(_kernel(self.x[row : row + 1], self.x, self.gamma)[0])

    def mean(self) -> Array:
        if self._all is not None:
            return np.asarray(self._all.mean(axis=1))
        starts = range(0, len(self.x), BLOCK)
        return np.concatenate([_kernel(self.x[at : at + BLOCK], self.x, self.gamma).mean(axis=1) for at in starts])


def _parts(x: Array, clusters: Array | Clusters) -> tuple[list[Array], Array]:
    """The rows of each cluster, and its centroid; clusters without rows only where they have a centroid."""
    if isinstance(clusters, Clusters):
        return members(clusters.label, len(clusters.centroids)), clusters.centroids
    if len(clusters) != len(x):
        raise ValueError(f"clusters: {len(clusters)} labels for {len(x)} rows; give one a row")
    names, label = np.unique(clusters, return_inverse=True)
    parts = members(label.reshape(-1), len(names)) if len(names) else []
    means = [x[part].mean(axis=0, dtype=np.float64) for part in parts]
    return parts, np.stack(means) if means else np.zeros((0, x.shape[1]))


def _mean_of_different(cosines: Array) -> Array:
    different = cosines <= SAME  # never for NaN, a centroid and itself
    total = np.where(different, cosines, 0).sum(axis=1)
    return np.asarray(total / np.maximum(different.sum(axis=1), 1))


def _mean_of_nearest(cosines: Array, neighbours: int) -> Array:
    nearest = -np.sort(-cosines, axis=1)[:, : min(neighbours, cosines.shape[1] - 1)]  # NaN comes last
    return np.asarray(nearest.sum(axis=1) / max(nearest.shape[1], 1))


def _part_of_the_rest(logit: Array) -> Array:
    """Softmax weight of each among itself and all after it, of descending logits."""
    rest = np.logaddexp.accumulate(logit[::-1])[::-1]
    return np.asarray(np.exp(logit - rest))


def _kernel(x: Array, y: Array, gamma: float) -> Array:
    if not gamma > 0:
        raise ValueError(f"gamma = {gamma}: the width of a kernel is above 0")
    squared = np.einsum("nd,nd->n", x, x)[:, None] + np.einsum("nd,nd->n", y, y) - 2 * (x @ y.T)
    return np.asarray(np.exp(-np.maximum(squared, 0) / (2 * gamma**2)))
