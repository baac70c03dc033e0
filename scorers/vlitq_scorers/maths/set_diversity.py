"""How diverse a set of vectors is as a whole: DCScore, NovelSum, and the entropy of a matrix's singular values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite_rows, rows_of, square

ENTRIES = 2**24  # of a block of pairs: 128 MiB of float64
NEIGHBOURS = 10  # of the density, as in the paper
SAME = 1e-6  # of the squared length: a float32 search leaves that much between a row and itself
FLOOR = 1e-9  # what the authors' code adds to a squared distance before it divides by it


def dcscore(features: Array, temperature: float = 1.0, normalise: bool = False) -> float:
    """DCScore (Zhu et al. 2025, arXiv 2502.08512): Σ_i softmax(E Eᵀ / τ)_ii, in [1, n], τ being `temperature`.

    `features` are E, of shape (n, dim), as they stand: the authors' code for texts scales rows to unit length first,
    and so does `normalise`. n rows alike give 1, orthonormal ones n·e / (e + n − 1) at τ = 1. 0 of no rows; rows of
    NaN are left out. In blocks: every pair is looked at, no n × n matrix is held.
    """
    if not temperature > 0:
        raise ValueError(f"dcscore: temperature {temperature} is not above 0")
    rows = _known(features)
    if normalise:
        rows = _unit(rows)
    return sum((_classified(products / temperature, start) for start, products in _blocks(rows, rows)), 0.0)


def _classified(logits: Array, start: int) -> float:
    """The sum over rows of the softmax's share of their own column, which for the first row is `start`."""
    own = logits[np.arange(len(logits)), start + np.arange(len(logits))]
    most = logits.max(axis=1)
    return float((np.exp(own - most) / np.exp(logits - most[:, None]).sum(axis=1)).sum())


def novelsum(
    distance_matrix: Array | None = None,
    densities: Array | None = None,
    power: float = 1.0,
    *,
    features: Array | None = None,
) -> float:
    """NovelSum (Yang et al. 2025, arXiv 2502.17184): the mean over samples of their density-weighted novelty.

    A sample's novelty is the mean of its distances, each weighted by 1 / rank^`power`, the nearest first, times its
    density, of shape (n,) (1 if None; see `local_density`). Distances are given, of shape (n, n), or 1 − cosine of
    the rows of `features`, of shape (n, dim), in blocks, rows of NaN left out. As in the authors' code a sample's
    distance to itself, 0, is the first. NaN of no samples. Raises `ValueError` unless exactly one is given,
    and for distances of which the largest are those of samples to themselves: they are similarities, or vectors.
    """
    if distance_matrix is not None and features is None:
        return _mean_novelty(_distances(distance_matrix), len(distance_matrix), densities, power)
    if features is None or distance_matrix is not None:
        raise ValueError("novelsum: give either distance_matrix= or features=, vectors in rows")
    features = rows_of(features, "features")
    known = np.isfinite(features).all(axis=1)
    rows = _unit(np.asarray(features[known], np.float32))
    of_rows = None if densities is None else np.asarray(densities, np.float64)[known]
    return _mean_novelty(_cosine_distances(rows), len(rows), of_rows, power)


def _mean_novelty(blocks: Iterator[Array], rows: int, densities: Array | None, power: float) -> float:
    if not rows:
        return float("nan")
    weights = 1 / np.arange(1, rows + 1, dtype=np.float64) ** power
    novelty = np.concatenate([np.sort(block, axis=1) @ weights for block in blocks]) / weights.sum()
    return float((novelty * (1.0 if densities is None else np.asarray(densities, np.float64))).mean())


def local_density(features: Array, reference: Array | None = None, neighbors: int = NEIGHBOURS) -> Array:
    """σ of NovelSum: 1 / √(mean squared L2 distance to the nearest rows of the reference), float64 of shape (n,).

    The reference, of shape (m, dim), is the set itself if None; its copies count once, as in the authors' code, so
    that copies do not show as density. A row's own place in the reference does not count. NaN where the reference
    holds no other row, and of a row of NaN.
    """
    import faiss

    queries = np.ascontiguousarray(rows_of(features, "features"), np.float32)
    base = queries if reference is None else np.ascontiguousarray(rows_of(reference, "reference"), np.float32)
    base = np.unique(base[np.isfinite(base).all(axis=1)], axis=0)
    k = min(neighbors + 1, len(base))
    if not k:
        return np.full(len(queries), np.nan)
    known = np.isfinite(queries).all(axis=1)
    squared = np.full((len(queries), k), np.nan)
    squared[known] = np.asarray(faiss.knn(queries[known], base, k)[0], np.float64).clip(0)
    is_self = squared[:, 0] <= SAME * np.einsum("nd,nd->n", queries, queries)
    squared[is_self, 0] = np.nan
    if k > neighbors:
        squared[~is_self, -1] = np.nan  # one was asked for in place of the row itself
    counted = (~np.isnan(squared)).sum(axis=1)
    mean = np.divide(np.nansum(squared, axis=1), counted, out=np.full(len(queries), np.nan), where=counted > 0)
    return np.asarray(1 / np.sqrt(mean + FLOOR))


def singular_value_entropy(matrix: Array) -> float:
    """−Σ p log p in nats, p being the singular values by their sum; DataTailor's informativeness of token vectors.

    0 of a matrix of rank one, or of zeros; log of the rank at most. Raises `ValueError` for a row that is not finite.
    """
    matrix = np.asarray(rows_of(matrix, "matrix"), np.float64)
    require_finite_rows(matrix, "matrix")
    values = np.linalg.svd(matrix, compute_uv=False)
    total = values.sum()
    shares = values[values > 0] / total if total > 0 else np.ones(1)
    return float(-(shares * np.log(shares)).sum()) + 0.0  # never −0


def _blocks(rows: Array, others: Array) -> Iterator[tuple[int, Array]]:
    """Where a block begins, and its products with all the others, of shape (block, others)."""
    size = max(1, ENTRIES // max(1, len(others)))
    for start in range(0, len(rows), size):
        yield start, rows[start : start + size] @ others.T


def _distances(matrix: Array) -> Iterator[Array]:
    """Blocks of a matrix of distances, float64."""
    matrix = square(matrix, "distance_matrix")
    own = np.diagonal(matrix)
    if len(own) and (own > 0).all() and (own >= matrix.max(axis=1)).all():
        raise ValueError("distance_matrix: all are farthest from themselves; give distances, or vectors as features=")
    size = max(1, ENTRIES // max(1, len(matrix)))
    for start in range(0, len(matrix), size):
        yield np.asarray(matrix[start : start + size], np.float64)


def _cosine_distances(rows: Array) -> Iterator[Array]:
    """Blocks of 1 − cosine, float32; 0 of a row to itself."""
    for start, products in _blocks(rows, rows):
        distances = np.subtract(1, products, out=products).clip(0, 2, out=products)
        distances[np.arange(len(distances)), start + np.arange(len(distances))] = 0
        yield distances


def _known(features: Array) -> Array:
    rows = np.asarray(rows_of(features, "features"), np.float64)
    return rows[np.isfinite(rows).all(axis=1)]


def _unit(rows: Array) -> Array:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 0, length, 1))
