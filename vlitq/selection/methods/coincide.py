"""COINCIDE: budgets of clusters by transferability and density, rows within them by mean discrepancy."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np

from vlitq.selection.maths.coincide import Shares, picked, shared, transferability
from vlitq.selection.maths.kmeans import members, spherical_kmeans
from vlitq.selection.methods.spending import Vectors, filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector

ROWS_PER_CLUSTER = 66  # the paper's 10,000 clusters of 665,000 samples
MOST_CLUSTERS = 10_000
ITERATIONS = 50  # of k-means, as in the authors' code


@dataclass(frozen=True)
class Coincide(Selector):
    """Clusters of rows share the budget by a softmax of transferability / (tau · density): those like many others and
    of little redundancy give most. Within a cluster the rows are taken that together stand for it best.

    clusters: how many; by default one for every 66 rows, the paper's ratio, at most its 10,000, but not fewer than the
    square root of the rows. tau: temperature of the softmax. gamma: width of the Gaussian kernel of density and
    discrepancy. neighbours: a cluster's transferability is the mean cosine to so many nearest centroids; by default,
    as in the authors' code, to all with a cosine of at most 0.9. feature: the vectors; the paper's are activations of
    a small vision-language model.
    Time grows with rows x clusters x dim x 50 and with the squares of the clusters' sizes; memory with rows x dim.
    """

    name = "coincide"
    description = "Clusters share the budget by transferability and density; in each the rows that stand for it best."
    source = "Lee et al. 2024, arXiv 2406.10995 (as the authors' code computes it)"

    clusters: int | None = None
    tau: float = 0.1
    gamma: float = 1.0
    neighbours: int | None = None
    feature: str = JOINT

    def __post_init__(self) -> None:
        for option in ("clusters", "tau", "gamma", "neighbours"):
            value = getattr(self, option)
            if value is not None and not value > 0:
                raise SelectionError(f"method 'coincide': {option} = {value} has to be above 0")

    @property
    def needs_score(self) -> bool:
        """Never: the score breaks no tie here; it only ranks what fills the budget."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """Cluster by cluster, those of the highest transferability for their density first."""
        vectors = vectors_of(pool, self.feature)
        unlike = f"it has no {self.feature} vector, so it is in no cluster"
        if not len(vectors.x):
            return filled(pool, vectors.rows, budget, unlike)
        found = spherical_kmeans(vectors.x, self._number(len(vectors.x)), rng, ITERATIONS)
        parts = members(found.label, len(found.centroids))
        transfer = transferability(found.centroids, self.neighbours)
        shares = shared(vectors.x, parts, most_rows(pool, budget), transfer, self.tau, self.gamma)
        order = vectors.rows[picked(vectors.x, parts, shares, self.gamma)]
        return filled(pool, order, budget, unlike, _reasons(vectors, found.label.tolist(), shares))

    def _number(self, rows: int) -> int:
        return self.clusters or max(isqrt(rows), min(MOST_CLUSTERS, rows // ROWS_PER_CLUSTER))


def _reasons(vectors: Vectors, label: list[int], shares: Shares) -> dict[int, str]:
    """A sentence a cluster, which its rows share."""
    sizes = np.bincount(label, minlength=len(shares.quota))
    numbers = zip(shares.quota, sizes, shares.transferability, shares.density, strict=True)
    told = [
        f"cluster {cluster} of {len(sizes)}, which gives {quota} of {size} "
        f"(transferability {transfer:.3f}, density {density:.3f})"
        for cluster, (quota, size, transfer, density) in enumerate(numbers, start=1)
    ]
    return {row: told[cluster] for row, cluster in zip(vectors.rows.tolist(), label, strict=True)}


METHODS: tuple[type[Selector], ...] = (Coincide,)
