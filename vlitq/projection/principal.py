"""Principal axes of many vectors, from the first of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

_SPARE = 10  # directions followed beyond those asked for (Halko, Martinsson & Tropp 2011, arXiv 0909.4061)
_ROUNDS = 8  # of the power iteration
_RANK = 1e-12  # a direction of less, squared and by the largest, is noise


@dataclass(frozen=True, eq=False)
class Axes:
    """The mean, float32 of shape (dim,), and the directions of most variance, unit columns of shape (dim, axes)."""

    mean: Array
    directions: Array

    def along(self, vectors: Array) -> Array:
        """Where vectors of shape (rows, dim) lie on the axes, float32 of shape (rows, axes)."""
        return np.asarray((vectors - self.mean) @ self.directions, dtype=np.float32)


def principal_axes(vectors: Array, most: int, rng: np.random.Generator) -> Axes:
    """At most `most` axes of finite vectors of shape (rows, dim), the one of most variance first.

    By power iteration on a random subspace, so that wide vectors cost no decomposition of a square of their width.
    """
    mean = vectors.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = vectors - mean
    width = min(most + _SPARE, *vectors.shape)
    space = rng.standard_normal((vectors.shape[1], width)).astype(np.float32)
    for _ in range(_ROUNDS):
        space = _orthonormal(centred.T @ (centred @ space))
    turned = np.linalg.eigh(_products(centred @ space)).eigenvectors[:, ::-1]  # the largest first
    directions = np.asarray(space @ turned, dtype=np.float32)[:, :most]
    largest = np.abs(directions).argmax(axis=0)
    return Axes(mean, directions * np.sign(directions[largest, np.arange(directions.shape[1])]))


def _orthonormal(space: Array) -> Array:
    """Orthonormal columns that span what those of `space` do, float32, no more of them; a space of zeros as it is.

    By the decomposition of their small table of products: of a tall matrix NumPy's takes 30 times as long while another
    program keeps a core busy, for its threads wait for each other at every column.
    """
    values, vectors = np.linalg.eigh(_products(space))
    if values[-1] <= 0:
        return space
    told = values > values[-1] * _RANK
    return np.asarray(space @ (vectors[:, told] / np.sqrt(values[told])), dtype=np.float32)


def _products(columns: Array) -> Array:
    """Of each column with each, float64."""
    columns = columns.astype(np.float64)
    return np.asarray(columns.T @ columns)
