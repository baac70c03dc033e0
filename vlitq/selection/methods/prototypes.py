"""By clusters and their centres: self-supervised prototypes, density-based pruning, D4."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isqrt

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.kmeans import Clusters, spherical_kmeans
from vlitq.selection.maths.prototypes import (
    Keep,
    by_difficulty,
    complexity,
    density_quotas,
    difficulty,
    within_quotas,
)
from vlitq.selection.maths.semdedup import semdedup, semdedup_epsilon
from vlitq.selection.methods.spending import Vectors, filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector

MOST_CONCEPTS = 500  # clusters of the 280 million images of density-based pruning's paper


@dataclass(frozen=True)
class SelfSupervisedPrototypes(Selector):
    """Rows by their cosine distance to the centre of their cluster: the farthest, least prototypical, or the nearest.

    keep: `hard` takes the farthest, which the paper finds right where data abound, `easy` the nearest, where they are
    scarce. clusters: how many; by default the square root of the rows. feature: the vectors.
    Time grows with rows x clusters x dim x 20, memory with rows x dim.
    """

    name = "ssp"
    description = "The rows farthest from the centre of their cluster (hard), or nearest to it (easy)."
    source = "after Sorscher et al. 2022, arXiv 2206.14486"

    keep: Keep = "hard"
    clusters: int | None = None
    feature: str = JOINT

    def __post_init__(self) -> None:
        _check_clusters(self.name, self.clusters)

    @property
    def needs_score(self) -> bool:
        """Never: the distance is all that counts."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """In order of distance."""
        vectors = vectors_of(pool, self.feature)
        if not len(vectors.x):
            return _without_vectors(pool, budget, self.feature)
        found = spherical_kmeans(vectors.x, self.clusters or _root(len(vectors.x)), rng)
        order = by_difficulty(difficulty(found), self.keep)[: most_rows(pool, budget)]
        return filled(pool, vectors.rows[order], budget, _unlike(self.feature), _reasons(vectors, found))


@dataclass(frozen=True)
class DensityBasedPruning(Selector):
    """Of each cluster as many rows as its complexity deserves, those farthest from its centre: simple concepts, dense
    and near to others, give little. Meant for data without duplicates, which would make clusters of their own.

    clusters: how many; by default the square root of the rows, at most the paper's 500. tau: temperature of the
    softmax of complexity, the product of the mean distance of a cluster's rows to its centre and of its centre to the
    20 nearest others. least: rows every cluster keeps. keep: `hard`, the farthest, or `easy`. feature: the vectors.
    Time grows with rows x clusters x dim x 20, memory with rows x dim.
    """

    name = "dbp"
    description = "Quotas for clusters by their complexity, spent on the rows farthest from their centres."
    source = "Abbas, Rusak et al. 2024, arXiv 2401.04578 (as the authors' code computes it)"

    clusters: int | None = None
    tau: float = 0.1
    least: int = 1
    keep: Keep = "hard"
    feature: str = JOINT

    def __post_init__(self) -> None:
        _check_clusters(self.name, self.clusters)
        if not self.tau > 0:
            raise SelectionError(f"method 'dbp': tau = {self.tau} is no temperature; it has to be above 0")
        if self.least < 0:
            raise SelectionError(f"method 'dbp': least = {self.least} is no number of rows; 0 is the lowest")

    @property
    def needs_score(self) -> bool:
        """Never: complexity and distance are all that count."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """Every cluster's quota, in order of distance."""
        vectors = vectors_of(pool, self.feature)
        if not len(vectors.x):
            return _without_vectors(pool, budget, self.feature)
        found = spherical_kmeans(vectors.x, self.clusters or min(MOST_CONCEPTS, _root(len(vectors.x))), rng)
        sizes = np.bincount(found.label, minlength=len(found.centroids))
        quota = density_quotas(complexity(found), sizes, most_rows(pool, budget), self.tau, self.least)
        order = within_quotas(difficulty(found), found.label, quota, self.keep)
        return filled(pool, vectors.rows[order], budget, _unlike(self.feature), _reasons(vectors, found, quota))


@dataclass(frozen=True)
class D4(Selector):
    """SemDeDup, then prototypes: near copies go first, what is left is clustered anew, for copies make clusters of
    their own, and the rows farthest from their centres are taken.

    dedup: the share of the rows with vectors that SemDeDup leaves, in clusters, those far from their centres first.
    clusters: how many, each time; by default the square root of the rows. feature: the vectors.
    Time grows with rows x clusters x dim x 40 and with rows² / clusters x dim, memory with rows x dim.
    """

    name = "d4"
    description = "Near copies removed, the rest clustered anew, the rows farthest from their centres."
    source = "after Tirumala et al. 2023, arXiv 2308.12284"

    dedup: float = 0.75
    clusters: int | None = None
    feature: str = JOINT

    def __post_init__(self) -> None:
        _check_clusters(self.name, self.clusters)
        if not 0 < self.dedup <= 1:
            raise SelectionError(f"method 'd4': dedup = {self.dedup} is no share of the rows, above 0 and at most 1")

    @property
    def needs_score(self) -> bool:
        """Never: the score only ranks what fills the budget where too little is left of the copies."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """Of what SemDeDup leaves, in order of distance."""
        vectors = vectors_of(pool, self.feature)
        if not len(vectors.x):
            return _without_vectors(pool, budget, self.feature)
        stays, epsilon = self._deduplicated(vectors.x, rng)
        left = Vectors(vectors.rows[stays], vectors.x[stays])
        found = spherical_kmeans(left.x, self.clusters or _root(len(left.x)), rng)
        order = by_difficulty(difficulty(found), "hard")[: most_rows(pool, budget)]
        copy = f"SemDeDup removed it: its cosine to a row of its cluster is above {1 - epsilon:.3f}"
        reasons = dict.fromkeys(vectors.rows[~stays].tolist(), copy) | _reasons(left, found)
        return filled(pool, left.rows[order], budget, _unlike(self.feature), reasons)

    def _deduplicated(self, x: Array, rng: np.random.Generator) -> tuple[Array, float]:
        """Which rows stay, and the epsilon that leaves as many as asked for; one a cluster at least."""
        found = spherical_kmeans(x, self.clusters or _root(len(x)), rng)
        order = by_difficulty(difficulty(found), "hard")
        keep = max(ceil(self.dedup * len(x)), len(np.unique(found.label)))
        epsilon = semdedup_epsilon(x, keep, order=order, clusters=found.label)
        return semdedup(x, epsilon, order=order, clusters=found.label), epsilon


def _check_clusters(method: str, clusters: int | None) -> None:
    if clusters is not None and clusters < 1:
        raise SelectionError(f"method {method!r}: clusters = {clusters}; there has to be one at least")


def _root(rows: int) -> int:
    return max(1, isqrt(rows))


def _unlike(feature: str) -> str:
    return f"it has no {feature} vector, so it is in no cluster"


def _without_vectors(pool: Pool, budget: int, feature: str) -> Choice:
    return filled(pool, np.zeros(0, np.int64), budget, _unlike(feature))


def _reasons(vectors: Vectors, found: Clusters, quota: Array | None = None) -> dict[int, str]:
    """Of each row its cluster, what that keeps where there are quotas, and its distance to the centre."""
    count = len(found.centroids)
    names = [f"cluster {cluster} of {count}" for cluster in range(1, count + 1)]
    if quota is not None:
        sizes = np.bincount(found.label, minlength=count).tolist()
        names = [f"{name}, which keeps {q} of {s}" for name, q, s in zip(names, quota.tolist(), sizes, strict=True)]
    rows = zip(vectors.rows.tolist(), found.label.tolist(), difficulty(found).tolist(), strict=True)
    return {row: f"{names[cluster]}; distance {distance:.3f} to its centre" for row, cluster, distance in rows}


METHODS: tuple[type[Selector], ...] = (SelfSupervisedPrototypes, DensityBasedPruning, D4)
