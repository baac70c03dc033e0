"""How far a set of vectors spreads: distances within it, the space it takes, and what it covers of a reference.

Vectors stand in rows; rows of NaN or of zeros are left out. "Cosine" scales them to unit length first.
"""

from __future__ import annotations

import math

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import rows_of
from vlitq.selection.maths.kmeans import assigned, spherical_kmeans
from vlitq_scorers.maths.gram import BLOCK, unit_blocks
from vlitq_scorers.maths.nearest import UnitRows, nearest

CLUSTERS = 100  # of partition entropy, as in NovelSum's code
NEIGHBOURS = 5  # of coverage, as its paper recommends
SAME = 1e-6  # cosines that differ by less are equal: what float32 products may differ by
ROWS = 1024  # rows that meet all others at a time


def mean_cosine(x: Array) -> float:
    """Mean cosine of all pairs of different rows, in [-1, 1], by (|Σu|² − n) / (n² − n): no pair is looked at.

    Lower is more diverse. NaN of fewer than two rows.
    """
    x = rows_of(x)
    total, rows = np.zeros(x.shape[1]), 0
    for block in unit_blocks(x):
        total += block.sum(axis=0)
        rows += len(block)
    return float(np.clip((total @ total - rows) / (rows * (rows - 1)), -1, 1)) if rows > 1 else math.nan


def knn_distance(x: Array, k: int = 1) -> float:
    """Mean cosine distance to the `k` nearest other rows, or to all where there are fewer, in [0, 2].

    Of k = 1 it is the Chamfer distance of a set to itself. Every pair is looked at. NaN of fewer than two rows.
    """
    x = rows_of(x)
    rows = _known(x)
    if len(rows) < 2:
        return math.nan
    found = nearest(UnitRows((x,), rows), min(k, len(rows) - 1)).similarity
    return float(np.clip(1 - found.mean(dtype=np.float64), 0, 2))


def chamfer(x: Array) -> float:
    """Mean cosine distance of each row to its nearest other: `knn_distance` of k = 1."""
    return knn_distance(x, 1)


def effective_rank(features: Array) -> float:
    """Exponential of the entropy of the singular values by their sum (Roy & Vetterli 2007), in [1, min(n, dim)].

    Of the matrix as it stands: neither centred nor scaled. NaN of no rows, and of zeros.
    """
    features = rows_of(features, "features")
    rows = _finite(features)
    gram = np.zeros((features.shape[1],) * 2)
    for start in range(0, len(rows), BLOCK):
        block = np.asarray(features[rows[start : start + BLOCK]], np.float64)
        gram += block.T @ block
    return entropy_rank(np.linalg.eigvalsh(gram))


def entropy_rank(squares: Array) -> float:
    """The effective rank of a matrix from its squared singular values, those that rounding left of zeros included."""
    values = np.sqrt(squares[squares > np.finfo(np.float64).eps * len(squares) * squares.max(initial=0)])
    shares = values / values.sum()
    return float(np.exp(-np.sum(shares * np.log(shares)))) if len(shares) else math.nan


def radius(features: Array) -> float:
    """Geometric mean over the dimensions of the standard deviation (by n), at least 0 (after Lai et al. 2020,
    arXiv 2003.08529); 0 where a dimension is constant, NaN of no rows."""
    features = rows_of(features, "features")
    rows = _finite(features)
    if not len(rows):
        return math.nan
    origin = np.asarray(features[rows[0]], np.float64)  # sums about a row keep their digits where the mean is large
    total, squares = np.zeros(features.shape[1]), np.zeros(features.shape[1])
    for start in range(0, len(rows), BLOCK):
        block = np.asarray(features[rows[start : start + BLOCK]], np.float64) - origin
        total += block.sum(axis=0)
        squares += np.einsum("nd,nd->d", block, block)
    variance = squares / len(rows) - (total / len(rows)) ** 2
    constant = variance <= len(rows) * np.finfo(np.float64).eps * squares / len(rows)
    return 0.0 if constant.any() else float(np.exp(0.5 * np.log(variance).mean()))


def partition_entropy(x: Array, reference: Array, rng: np.random.Generator, clusters: int = CLUSTERS) -> float:
    """Entropy in bits of how the rows fall into `clusters` k-means clusters of the reference, in [0, log2(clusters)].

    As in NovelSum's code (Yang et al. 2025, arXiv 2502.17184), by direction instead of by distance. NaN of no rows.
    """
    x, reference = rows_of(x), rows_of(reference, "reference")
    rows, known = _known(x), _known(reference)
    if not len(rows) or not len(known):
        return math.nan
    label, _ = assigned(x[rows], spherical_kmeans(reference[known], clusters, rng).centroids)
    shares = np.bincount(label)[np.unique(label)] / len(rows)
    return max(0.0, float(-np.sum(shares * np.log2(shares))))


def coverage(x: Array, reference: Array, k: int = NEIGHBOURS) -> float:
    """Share of the reference's rows with a row of `x` nearer than their k-th nearest other row of the reference.

    Naeem et al. 2020, arXiv 2002.09797, under the cosine; a row of `x` that is the reference row itself always counts,
    however many copies that has. In [0, 1]; NaN of a reference of fewer than k + 1 rows.
    """
    x, reference = rows_of(x), rows_of(reference, "reference")
    known = _known(reference)
    if len(known) <= k:
        return math.nan
    farthest = nearest(UnitRows((reference,), known), k).similarity[:, -1]
    closest = _closest(UnitRows((reference,), known), UnitRows((x,), _known(x)))
    return float(((closest > farthest + SAME) | (closest >= 1 - SAME)).mean())


def _closest(queries: UnitRows, base: UnitRows) -> Array:
    """The largest cosine of each query with any row of the base, float32; −2 of an empty base."""
    found = np.full(len(queries), -2, np.float32)
    for begin in range(0, len(base), BLOCK):
        others = base.block(begin, begin + BLOCK).T
        for start in range(0, len(queries), ROWS):
            best = (queries.block(start, start + ROWS) @ others).max(axis=1)
            np.maximum(found[start : start + ROWS], best, out=found[start : start + ROWS])
    return found


def _finite(x: Array) -> Array:
    """Numbers of the rows that hold numbers only, int64."""
    found = [
        start + np.flatnonzero(np.isfinite(x[start : start + BLOCK]).all(axis=1)) for start in range(0, len(x), BLOCK)
    ]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _known(x: Array) -> Array:
    """Numbers of the rows that have a direction, int64."""
    parts = (x[start : start + BLOCK] for start in range(0, len(x), BLOCK))
    squares = np.concatenate([np.zeros(0), *(np.einsum("nd,nd->n", rows, rows, dtype=np.float64) for rows in parts)])
    return np.flatnonzero((squares > 0) & (squares < np.inf))
