"""Exact nearest neighbours by cosine: each block of similarities is computed once, for its rows and its columns.

Why not a FAISS flat index: it computes both halves of a symmetric matrix, leaves the order of equals open, and needs a
second copy of all vectors. On two busy cores and 24,576 × 512 vectors this took 0.7 to 0.8 times one blocked matrix
product of that size, and FAISS 0.85 to 1.2 times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

BLOCK = 4096  # rows a block: 64 MiB of similarities
STRIP = 512  # rows of a block that compete at a time: 16 MiB of keys where every one of them is a candidate
SEED = 256  # columns that set the first floor, so that few of the others have to be looked at
EMPTY = np.iinfo(np.int64).min
_COLUMN = np.int64(0xFFFFFFFF)


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

    Time grows with the square of the rows, memory with rows × k and the size of a block.
    """
    best = np.full((len(vectors), k), EMPTY, np.int64)
    for start in range(0, len(vectors), BLOCK):
        left = vectors.block(start, start + BLOCK)
        own = left @ left.T
        np.fill_diagonal(own, -np.inf)
        _compete(best[start : start + BLOCK], own, start)
        for other in range(start + BLOCK, len(vectors), BLOCK):
            similarity = left @ vectors.block(other, other + BLOCK).T
            _compete(best[start : start + BLOCK], similarity, other)
            _compete(best[other : other + BLOCK], similarity.T, start)
    best = np.sort(best, axis=1)[:, ::-1]
    return Nearest(np.where(best == EMPTY, -1, _position(best)), np.where(best == EMPTY, np.nan, _similarity(best)))


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


def _compete(best: Array, similarity: Array, first: int) -> None:
    """Let the columns of `similarity`, which are positions from `first` on, compete for a place among the best keys.

    A row must meet its columns in ascending order: then one that only equals the floor comes too late to win.
    """
    for start in range(0, len(best), STRIP):
        strip = best[start : start + STRIP]
        values = similarity[start : start + STRIP]
        if strip.size and strip[0, 0] == EMPTY:
            _admit(strip, values[:, :SEED], first)
            _admit(strip, values[:, SEED:], first + SEED)
        else:
            _admit(strip, values, first)


def _admit(best: Array, similarity: Array, first: int) -> None:
    floor = np.where(best[:, 0] == EMPTY, -np.inf, _similarity(best[:, 0]))
    row, column = _where(similarity > floor[:, None])
    if not len(row):
        return
    rivals = _padded(row, _keys(similarity[row, column], column + first), len(best))
    best[:] = np.partition(np.concatenate([best, rivals], axis=1), rivals.shape[1], axis=1)[:, rivals.shape[1] :]


def _where(mask: Array) -> tuple[Array, Array]:
    """Row and column of what is true, by row; several times as fast as `np.nonzero` on a mask that is transposed."""
    if mask.flags.c_contiguous:
        return np.divmod(np.flatnonzero(mask), mask.shape[1])
    column, row = np.divmod(np.flatnonzero(mask.T), mask.shape[0])
    order = np.argsort(row.astype(np.int16), kind="stable")  # a strip's rows fit, and of int16 it is a radix sort
    return row[order], column[order]


def _padded(row: Array, keys: Array, rows: int) -> Array:
    """Keys grouped by row, int64 of shape (rows, most keys a row has); `row` ascends."""
    counts = np.bincount(row, minlength=rows)
    within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    padded = np.full((rows, counts.max()), EMPTY, np.int64)
    padded[row, within] = keys
    return padded


def _keys(similarity: Array, position: Array) -> Array:
    """One int64 that orders by similarity, then by smaller position: no two are equal."""
    bits = (similarity + np.float32(0)).view(np.int32)  # + 0 makes −0 and 0 one number
    return (_ordered(bits).astype(np.int64) << 32) | (_COLUMN - position)


def _position(keys: Array) -> Array:
    return _COLUMN - (keys & _COLUMN)


def _similarity(keys: Array) -> Array:
    return np.ascontiguousarray(_ordered((keys >> 32).astype(np.int32))).view(np.float32)


def _ordered(bits: Array) -> Array:
    """Bits of float32 as integers that order as the floats do; its own inverse."""
    return np.asarray(bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF)))
