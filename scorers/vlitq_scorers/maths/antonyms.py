"""The softmax over two opposite descriptions."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array


def first_of_two(images: Array, pairs: Array, scale: float) -> Array:
    """e^{s cos(m, a)} / (e^{s cos(m, a)} + e^{s cos(m, b)}), float32 of shape (images, pairs).

    `images` are unit vectors m, `pairs` of shape (pairs, 2, dim) holds the unit vectors a and b; s is `scale`.
    """
    lead = images.astype(np.float64) @ (pairs[:, 0] - pairs[:, 1]).astype(np.float64).T
    return np.asarray(_logistic(scale * lead), np.float32)


def _logistic(values: Array) -> Array:
    """1 / (1 + e^−x) without overflow."""
    shrunk = np.exp(-np.abs(values))
    return np.asarray(np.where(values >= 0, 1, shrunk) / (1 + shrunk))
