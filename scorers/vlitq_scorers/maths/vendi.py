"""Vendi score: the effective number of different samples in a set (Friedman & Dieng 2023, arXiv 2210.02410)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite, rows_of, square
from vlitq_scorers.maths.gram import cosine_gram


def vendi(kernel: Array | None = None, q: float | Literal["inf"] = 1.0, *, features: Array | None = None) -> float:
    """Vendi score of order q, in [1, n]; of a similarity matrix, or of vectors under the cosine. NaN of no samples.

    `kernel` has shape (n, n) and ones on its diagonal. `features` has shape (n, dim), memory-mapped or not, of any
    float type; rows are scaled to unit length, rows of NaN or of zeros are left out. Where there are more rows than
    dimensions the score comes from the dim × dim matrix, which has the same eigenvalues but for zeros: time grows with
    n·dim², memory with dim².
    Orders (Pasarkar & Dieng 2023, arXiv 2310.12952): 0 counts the dimensions, small q counts rare samples more, "inf"
    only the most common. Raises `ValueError` unless exactly one of the two is given, for q below 0,
    and for a kernel that is not square or not finite.
    """
    order = float(q)
    if not order >= 0:
        raise ValueError(f"vendi: the order q must be at least 0, not {q}")
    if kernel is None and features is not None:
        gram, rows = cosine_gram(rows_of(features, "features"))
    elif kernel is not None and features is None:
        gram = np.asarray(square(kernel, "kernel"), np.float64)
        require_finite(gram, "kernel: row")
        rows = len(gram)
    else:
        raise ValueError("vendi: give either kernel=, a similarity matrix, or features=, vectors in rows")
    return hill_number(np.linalg.eigvalsh(gram / rows), order) if rows else float("nan")


def hill_number(eigenvalues: Array, q: float) -> float:
    """Hill number of order q of eigenvalues that add up to 1: the exponential of their Rényi entropy."""
    # What rounding leaves of a zero would count at orders below 1, most of all at 0, where it counts as a whole sample.
    shares = eigenvalues[eigenvalues > np.finfo(np.float64).eps * len(eigenvalues)]
    if q == 1:
        return float(np.exp(-np.sum(shares * np.log(shares))))
    if np.isinf(q):
        return float(1 / shares.max())
    return float(np.sum(shares**q) ** (1 / (1 - q)))
