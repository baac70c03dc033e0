"""Spherical k-means: clusters of directions, the same for the same rows, seed and number of clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite_rows, rows_of

BLOCK = 2**24  # numbers of rows, and cosines of rows and centroids, that are held at a time: 64 MiB each
PER_CLUSTER = 256  # rows a cluster that the centroids are trained on, at most: as FAISS does
ITERATIONS = 20


@dataclass(frozen=True)
class Clusters:
    """`centroids` float32 of shape (k, dim), unit rows; of each row `label` int64, its nearest centroid, the first of
    equals, and `similarity` float32, its cosine to it."""

    centroids: Array
    label: Array
    similarity: Array


def spherical_kmeans(
    x: Array, k: int, rng: np.random.Generator, iterations: int = ITERATIONS, per_cluster: int = PER_CLUSTER
) -> Clusters:
    """At most `k` clusters of `x`, (n, dim), by direction (Dhillon & Modha 2001, doi 10.1023/A:1007612920971).

    Begins with random rows; trains on a random `per_cluster · k` rows where there are more, until nothing moves or for
    `iterations`. A cluster that loses all its rows is begun anew with the row farthest from its centroid. There are
    fewer than `k` where there are fewer rows. `x` may be memory-mapped, of any float type. Raises `ValueError` for a
    row that is not finite, and for `k` below 1.
    """
    if k < 1:
        raise ValueError(f"k = {k}: there has to be one cluster at least")
    x = rows_of(x)
    require_finite_rows(x)
    if not len(x):
        return Clusters(np.zeros(x.shape, np.float32), np.zeros(0, np.int64), np.zeros(0, np.float32))
    k = min(k, len(x))
    some = rng.permutation(len(x))[: per_cluster * k]
    training = _unit(x[np.sort(some)])
    centroids = training[rng.permutation(len(training))[:k]]
    before = None
    for _ in range(iterations):
        label, similarity = assigned(training, centroids)
        if before is not None and np.array_equal(label, before):
            break
        centroids, before = _means(training, label, similarity, k), label
    label, similarity = assigned(x, centroids)
    return Clusters(centroids, label, similarity)


def assigned(x: Array, centroids: Array) -> tuple[Array, Array]:
    """The nearest centroid of each row, the first of equals, int64, and the cosine to it, float32; both (n,)."""
    label, similarity = np.empty(len(x), np.int64), np.empty(len(x), np.float32)
    step = max(1, BLOCK // max(*centroids.shape, 1))
    for start in range(0, len(x), step):
        some = slice(start, start + step)
        rows = np.asarray(x[some], np.float32)
        label[some] = (rows @ centroids.T).argmax(axis=1)
        # A row at a time, so that equal rows are equally near: a matrix product rounds by where a row stands.
        nearest = np.einsum("nd,nd->n", rows, centroids[label[some]])
        length = np.sqrt(np.einsum("nd,nd->n", rows, rows))
        similarity[some] = nearest / np.maximum(length, np.finfo(np.float32).tiny)
    return label, similarity


def members(label: Array, k: int) -> list[Array]:
    """The rows of each cluster, int64, ascending; empty where there are none."""
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(1, k)))


def _means(x: Array, label: Array, similarity: Array, k: int) -> Array:
    """Directions of the clusters' sums; those without rows begin anew at the rows farthest from their centroids."""
    means = np.zeros((k, x.shape[1]))
    parts = members(label, k)
    for cluster, rows in enumerate(parts):  # a cluster at a time: ten times faster than a reduction over sorted rows
        means[cluster] = x[rows].astype(np.float64).sum(axis=0)
    empty = [cluster for cluster, rows in enumerate(parts) if not len(rows)]
    means[empty] = x[np.argsort(similarity, kind="stable")[: len(empty)]]
    return _unit(means)


def _unit(x: Array) -> Array:
    """The rows scaled to length 1 in place, float32; zeros stay."""
    x = np.asarray(x, np.float32)
    length = np.sqrt(np.einsum("nd,nd->n", x, x))
    x /= np.maximum(length, np.finfo(np.float32).tiny)[:, None]
    return x
