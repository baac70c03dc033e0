"""The nearest of another set's vectors, by cosine or by perceptual hash, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

BLOCK = 8192  # vectors of the other set that are multiplied at a time
STRIP = 512  # vectors that meet a block at a time: 16 MiB of cosines
TIE = 1e-6  # cosines that differ by less are equal: what the order of a product's sums may change

_NONE = -2.0  # below every cosine


@dataclass(frozen=True)
class NearestIn:
    """Of each vector the position of the nearest in the other set, int64, and its cosine in [−1, 1], float32.

    −1 and NaN for a vector that is NaN, and where the other set holds none.
    """

    position: Array
    cosine: Array


def nearest_in(vectors: Array, others: Array) -> NearestIn:
    """The nearest of `others`, float32 of shape (others, dim), memory-mapped or not, NaN where one is missing.

    All are unit vectors. Exact; of equally near ones the first. Time grows with vectors × others.
    """
    return _nearest(vectors, _blocks(others))


def hash_bits(vectors: Array, others: Array) -> Array:
    """Bits by which each hash of ±1/√bits differs from the nearest of `others`: float32, NaN where there is none.

    The mean of several hashes is no hash: one among `others` is passed over.
    """
    bits = vectors.shape[1]
    found = _nearest(vectors, (_hashes(block, bits) for block in _blocks(others)))
    return np.asarray(np.rint(bits * (1 - found.cosine) / 2))


def _blocks(others: Array) -> Iterator[Array]:
    for start in range(0, len(others), BLOCK):
        yield np.asarray(others[start : start + BLOCK], np.float32)


def _hashes(block: Array, bits: int) -> Array:
    whole = np.isclose(np.abs(block), 1 / np.sqrt(bits), atol=1e-4).all(axis=1, keepdims=True)
    return np.where(whole, block, np.float32(np.nan))


def _nearest(vectors: Array, blocks: Iterator[Array]) -> NearestIn:
    known = np.flatnonzero(~np.isnan(vectors).any(axis=1))
    best, position = np.full(len(known), _NONE, np.float32), np.full(len(known), -1, np.int64)
    start = 0
    for block in blocks:
        there = np.asarray(~np.isnan(block).any(axis=1))
        others = np.where(there[:, None], block, 0).T
        for at in range(0, len(known), STRIP):
            some = slice(at, at + STRIP)
            cosines = np.where(there, vectors[known[some]] @ others, np.float32(_NONE))
            _improve(best[some], position[some], cosines, start)
        start += len(block)
    found = NearestIn(np.full(len(vectors), -1, np.int64), np.full(len(vectors), np.nan, np.float32))
    found.position[known] = position
    found.cosine[known] = np.where(position < 0, np.float32(np.nan), best.clip(-1, 1))
    return found


def _improve(best: Array, position: Array, cosines: Array, start: int) -> None:
    """Put in, where it is nearer than what stands there, the first of the nearest of a block that begins at `start`."""
    most = cosines.max(axis=1)
    nearer = np.asarray(most > best + TIE)
    place = (cosines[nearer] >= most[nearer, None] - TIE).argmax(axis=1)
    best[nearer], position[nearer] = most[nearer], place + start
