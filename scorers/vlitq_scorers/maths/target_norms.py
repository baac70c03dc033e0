"""Norms of the similarities of vectors with a set of target vectors (NormSim)."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array

BLOCK = 16_384  # target vectors that are multiplied at a time: a target of any size takes little memory


def target_norms(vectors: Array, target: Array) -> Array:
    """‖G f‖₂ and ‖G f‖∞ of each vector f, float32 of shape (vectors, 2); the rows of G are the targets.

    Of unit vectors: the root of the sum of squared cosines with all targets, which grows with their number, and the
    largest absolute cosine.
    """
    squares, largest = np.zeros(len(vectors)), np.zeros(len(vectors))
    for start in range(0, len(target), BLOCK):
        products = (vectors @ np.asarray(target[start : start + BLOCK], np.float32).T).astype(np.float64)
        squares += np.einsum("nt,nt->n", products, products)
        largest = np.maximum(largest, np.abs(products).max(axis=1))
    return np.column_stack([np.sqrt(squares), np.minimum(largest, 1)]).astype(np.float32)
