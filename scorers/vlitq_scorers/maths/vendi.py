"""Vendi score: the effective number of different samples in a set (Friedman & Dieng 2023, arXiv 2210.02410)."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array

BLOCK = 8192  # rows that are held as float64 at a time


def vendi(kernel: Array, q: float = 1.0) -> float:
    """Vendi score of order q of a similarity matrix of shape (rows, rows) with ones on its diagonal, in [1, rows].

    Orders (Pasarkar & Dieng 2023, arXiv 2310.12952): small q counts rare samples more, q = inf only the most common.
    """
    return hill_number(np.linalg.eigvalsh(np.asarray(kernel, np.float64) / len(kernel)), q)


def vendi_of_features(features: Array, q: float = 1.0) -> float:
    """Vendi score of order q under the cosine of unit rows, shape (rows, dim); rows of NaN are left out, NaN of none.

    From the dim × dim matrix where there are more rows than dimensions: both have the same eigenvalues but for zeros.
    """
    known = np.flatnonzero(~np.isnan(features[:, 0]))
    if not len(known):
        return float("nan")
    if len(known) <= features.shape[1]:
        rows = np.asarray(features[known], np.float64)
        return vendi(rows @ rows.T, q)
    gram = np.zeros((features.shape[1], features.shape[1]))
    for start in range(0, len(known), BLOCK):
        rows = np.asarray(features[known[start : start + BLOCK]], np.float64)
        gram += rows.T @ rows
    return hill_number(np.linalg.eigvalsh(gram / len(known)), q)


def hill_number(eigenvalues: Array, q: float) -> float:
    """Hill number of order q of eigenvalues that add up to 1: the exponential of their Rényi entropy."""
    if q < 0:
        raise ValueError(f"vendi: the order q must be at least 0, not {q}")
    # What rounding leaves of a zero would count at orders below 1, most of all at 0, where it counts as a whole sample.
    shares = eigenvalues[eigenvalues > np.finfo(np.float64).eps * len(eigenvalues)]
    if q == 1:
        return float(np.exp(-np.sum(shares * np.log(shares))))
    if np.isinf(q):
        return float(1 / shares.max())
    return float(np.sum(shares**q) ** (1 / (1 - q)))
