"""Exact nearest neighbours by cosine, through FAISS, and all pairs above a similarity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

BLOCK = 4096  # rows a block
STRIP = 512  # queries that meet a block at a time: 8 MiB of similarities


@dataclass(frozen=True)
class UnitRows:
    """Some rows of one or more arrays side by side, each part scaled to the same length, the whole to length 1.

    `parts` are arrays of shape (all rows, dim), memory-mapped or not; `rows` says which rows, int64. The inner product
    of two is the mean of the cosines of their parts. Blocks are read when asked for: no copy of the whole is made.
    """

    parts: tuple[Array, ...]
    rows: Array

    def __len__(self) -> int:
        return len(self.rows)

    def block(self, start: int, stop: int) -> Array:
        """Rows `start` to `stop`, float32 of shape (stop - start, sum of dims)."""
        return self.take(np.arange(start, min(stop, len(self))))

    def take(self, positions: Array) -> Array:
        """The rows at some positions, float32 of shape (positions, sum of dims)."""
        units = [_unit(part[self.rows[positions]]) for part in self.parts]
        return np.concatenate(units, axis=1) / np.float32(np.sqrt(len(units)))


@dataclass(frozen=True)
class Nearest:
    """Positions int64 and cosines float32, both of shape (rows, k), nearest first; −1 and NaN where there are fewer."""

    position: Array
    similarity: Array


def nearest(vectors: UnitRows, k: int) -> Nearest:
    """The k most similar others of each row, itself left out; equal similarities in order of position.

    An exact search: time grows with the square of the rows, memory by one copy of the vectors and rows × k. Where more
    than k are equally near, FAISS chooses which are listed: the same ones for the same vectors in the same order.
    """
    import faiss

    rows = len(vectors)
    found = Nearest(np.full((rows, k), -1, np.int64), np.full((rows, k), np.nan, np.float32))
    if rows < 2:
        return found
    base = np.concatenate([vectors.block(start, start + BLOCK) for start in range(0, rows, BLOCK)])
    similarity, position = faiss.knn(base, base, min(k + 1, rows), metric=faiss.METRIC_INNER_PRODUCT)
    itself = position == np.arange(rows)[:, None]
    # Itself goes last, and so does the least similar where a row is not among its own nearest; then the last goes.
    order = np.lexsort((position, -similarity, itself), axis=1)[:, :-1]
    places = order.shape[1]
    found.position[:, :places] = np.take_along_axis(position, order, 1)
    found.similarity[:, :places] = np.take_along_axis(similarity, order, 1)
    return found


def pairs_above(vectors: UnitRows, queries: Array, threshold: float) -> Iterator[tuple[Array, Array]]:
    """Positions (query, other) whose cosine is at least `threshold`, a block at a time; a query meets itself too."""
    for start in range(0, len(queries), STRIP):
        asked = queries[start : start + STRIP]
        left = vectors.take(asked)
        for other in range(0, len(vectors), BLOCK):
            query, position = np.nonzero(left @ vectors.block(other, other + BLOCK).T >= threshold)
            yield asked[query], position + other


def _unit(vectors: Array) -> Array:
    vectors = np.asarray(vectors, np.float32)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, np.finfo(np.float32).tiny))  # a zero vector is like nothing
