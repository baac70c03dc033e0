"""Vectors that tests compare: in the plane, by their angles, and of any dimension, by chance."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array


def directions(*degrees: float) -> Array:
    """Unit vectors in the plane; NaN degrees are a row without one."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def unit(rows: int, dim: int, seed: int | np.random.Generator = 0) -> Array:
    """Normal vectors scaled to length 1, float32 of shape (rows, dim)."""
    x = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))
