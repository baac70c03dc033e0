"""Self-supervised prototypes: rows far from, or near, the centre of their cluster; and how many a cluster may keep."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite, rows_of
from vlitq.selection.maths.kmeans import Clusters, members, spherical_kmeans
from vlitq.selection.maths.ties import picks

Keep = Literal["hard", "easy"]
NEAREST = 20  # centroids whose mean distance is how far a cluster lies from the others (the authors' code)
BLOCK = 1024  # centroids that meet all others at a time
BISECTIONS = 64  # of a level: enough to reach neighbouring floats


def self_supervised_prototypes(
    x: Array, budget: int, k: int, rng: np.random.Generator, keep: Keep = "hard", iterations: int = 20
) -> Array:
    """Positions of min(budget, n) rows of `x`, (n, dim), int64 (Sorscher et al. 2022, arXiv 2206.14486).

    The hardest first, which lie farthest from the nearest of `k` centroids of spherical k-means, or the easiest.
    """
    budget = picks(budget, len(rows_of(x)))
    return by_difficulty(difficulty(spherical_kmeans(x, k, rng, iterations)), keep)[:budget]


def difficulty(clusters: Clusters) -> Array:
    """Cosine distance of each row to its centroid, 1 − cosine, float64 of shape (n,), in [0, 2]."""
    return 1 - np.clip(clusters.similarity.astype(np.float64), -1, 1)


def by_difficulty(distance: Array, keep: Keep) -> Array:
    """All positions, int64, the farthest first for `hard`, the nearest for `easy`; the first of equals first."""
    if keep not in ("hard", "easy"):
        raise ValueError(f"keep {keep!r} is neither hard nor easy")
    return np.argsort(-distance if keep == "hard" else distance, kind="stable")


def complexity(clusters: Clusters, nearest: int = NEAREST) -> Array:
    """d_inter · d_intra of each cluster, float64 of shape (k,) (Abbas, Rusak et al. 2024, arXiv 2401.04578).

    d_intra: mean cosine distance of its rows to its centroid. d_inter: mean cosine distance of its centroid to the
    `nearest` others, all where there are fewer. A cluster without rows, or without others, has 0.
    """
    rows = np.bincount(clusters.label, minlength=len(clusters.centroids))
    intra = np.bincount(clusters.label, difficulty(clusters), len(clusters.centroids)) / np.maximum(rows, 1)
    return intra * _distance_to_others(clusters.centroids, nearest)


def density_quotas(complexity: Array, sizes: Array, budget: int, tau: float = 0.1, least: int = 1) -> Array:
    """How many rows each cluster keeps, int64: density-based pruning (Abbas, Rusak et al. 2024, arXiv 2401.04578).

    The whole numbers nearest, in least squares, to softmax(complexity / tau) · budget, that sum to
    min(budget, Σ sizes), with at most the cluster's size and at least `least` rows a cluster, or all it has; where
    the budget is too small for that, as many as there are for each. Exact: every other allocation is as far or farther.
    """
    if not tau > 0:
        raise ValueError(f"tau = {tau}: a temperature is above 0")
    sizes = np.asarray(sizes, np.int64)
    budget = picks(int(budget), int(sizes.sum()))
    if budget == 0:
        return np.zeros(len(sizes), np.int64)
    complexity = np.asarray(complexity, np.float64)
    require_finite(complexity[sizes > 0], "complexity: cluster")
    logit = np.where(sizes > 0, complexity / tau, -np.inf)
    weight = np.exp(logit - logit.max())
    return nearest_allocation(weight / weight.sum() * budget, _lowest(sizes, budget, least), sizes, budget)


def nearest_allocation(target: Array, low: Array, high: Array, total: int) -> Array:
    """The whole numbers between `low` and `high`, int64, that sum to `total` nearest to `target` in least squares.

    Needs Σ low ≤ total ≤ Σ high. Of equally near ones those that give the first more. Water-filling: floor(target +
    level) cut off at the bounds is nearest of all with its sum, whatever the level, and stays so when one more goes
    where most is lacking.
    """
    dry, full = float(np.min(low - target)), float(np.max(high - target)) + 1
    for _ in range(BISECTIONS):
        level = (dry + full) / 2
        above = _filled(target, low, high, level).sum() > total
        dry, full = (dry, level) if above else (level, full)
    quota = _filled(target, low, high, dry)
    for _ in range(total - int(quota.sum())):
        quota[np.argmax(np.where(quota < high, target - quota, -np.inf))] += 1
    return quota


def within_quotas(distance: Array, label: Array, quota: Array, keep: Keep) -> Array:
    """Positions, int64: of each cluster its quota, the farthest from or nearest to its centre; in order of distance."""
    order = by_difficulty(distance, keep)
    taken = np.zeros(len(distance), dtype=bool)
    for part, most in zip(members(label[order], len(quota)), quota.tolist(), strict=True):
        taken[order[part[:most]]] = True
    return order[taken[order]]


def _filled(target: Array, low: Array, high: Array, level: float) -> Array:
    return np.clip(np.floor(target + level), low, high).astype(np.int64)


def _lowest(sizes: Array, budget: int, least: int) -> Array:
    """The rows every cluster keeps: `least` or all it has, or fewer where the budget is too small for that."""
    while least > 0 and np.minimum(sizes, least).sum() > budget:
        least -= 1
    return np.minimum(sizes, max(least, 0))


def _distance_to_others(centroids: Array, nearest: int) -> Array:
    """Mean cosine distance of each centroid to the `nearest` others, float64; 0 where there is no other."""
    unit = np.asarray(centroids, np.float64)
    mean, most = np.zeros(len(unit)), min(nearest, len(unit) - 1)
    for start in range(0, len(unit) if most > 0 else 0, BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(unit)))
        distance = 1 - unit[rows] @ unit.T
        distance[np.arange(len(rows)), rows] = np.inf
        mean[rows] = np.sort(distance, axis=1)[:, :most].mean(axis=1)
    return np.maximum(mean, 0)
