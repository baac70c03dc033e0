"""How diverse a set of vectors is as a whole: DCScore, NovelSum, and the entropy of a matrix's singular values."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array


def dcscore(vectors: Array, temperature: float = 1.0) -> float:
    """DCScore (Zhu et al. 2025, arXiv 2502.08512): Σ_i softmax(E Eᵀ / τ)_ii, in [1, n].

    `vectors` are E, of shape (n, dim), of unit length; n of them alike give 1, orthonormal ones n·e / (e + n − 1) at
    τ = 1. 0 of no vectors.
    """
    if not len(vectors):
        return 0.0
    logits = vectors.astype(np.float64) @ vectors.T.astype(np.float64) / temperature
    most = logits.max(axis=1, keepdims=True)
    return float((np.exp(np.diag(logits) - most[:, 0]) / np.exp(logits - most).sum(axis=1)).sum())


def novelsum(distances: Array, density: Array | None = None, power: float = 1.0) -> float:
    """NovelSum (Yang et al., ACL 2025): the mean over samples of their density-weighted novelty.

    A sample's novelty is the mean of its distances, each weighted by 1 / rank^`power`, the nearest first, times its
    `density`, of shape (n,) (1 if None). `distances` has shape (n, n); as in the authors' code a sample's distance to
    itself, 0, is the first. NaN of no samples.
    """
    if not len(distances):
        return float("nan")
    weights = 1 / np.arange(1, len(distances) + 1, dtype=np.float64) ** power
    novelty = np.sort(distances.astype(np.float64), axis=1) @ weights / weights.sum()
    return float((novelty * (1.0 if density is None else density)).mean())


def singular_value_entropy(matrix: Array) -> float:
    """−Σ p log p in nats, p being the singular values by their sum; DataTailor's informativeness of token vectors.

    0 of a matrix of rank one, or of zeros; log of the rank at most.
    """
    values = np.linalg.svd(matrix.astype(np.float64), compute_uv=False)
    total = values.sum()
    shares = values[values > 0] / total if total > 0 else np.ones(1)
    return float(-(shares * np.log(shares)).sum())
