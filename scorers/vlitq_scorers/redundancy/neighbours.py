"""The nearest neighbours of every sample, computed once and shared by the scorers that ask who is close to whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlitq.node import CorpusFeature, View
from vlitq.schema import Array
from vlitq_scorers.maths.nearest import Nearest, UnitRows, nearest, nearest_by_cells

EXACT_VECTORS = 50_000  # distinct ones, up to which `auto` compares all with all: a minute on two cores
Search = Literal["exact", "auto", "partitions"]
K = 10  # one value for all built-in scorers: equal nodes are computed once
NEAR = 0.95  # likewise: the similarity from which samples are near-duplicates, and a search by cells meets nearly all


@dataclass(frozen=True)
class Neighbours(CorpusFeature):
    """The k rows most similar to each row, itself left out; equal similarities by row number.

    search: `exact`, through FAISS; `partitions`, by k-means cells, so that nearly all others with a similarity of
    `threshold` or more are met, and below it some of the nearest; `auto`, exact up to 50,000 distinct vectors.

    The similarity of two rows is the mean of their cosines over `views` (image and text, say). Rows are compared with
    those that have the same views: a text-only sample with text-only samples. The result is a structured array of
    shape (rows,): "row" int64 (k,), −1 where there is none, and "similarity" float32 (k,) in [−1, 1], NaN where
    there is none.
    """

    name = "neighbours"
    version = 1

    views: tuple[View, ...]
    k: int = K
    search: Search = "exact"
    threshold: float = 0.0

    def __post_init__(self) -> None:
        if self.search == "exact" and self.threshold:
            raise ValueError("neighbours: an exact search has no threshold")

    def needs(self) -> tuple[View, ...]:
        """The views it compares by."""
        return self.views

    def compute(self, *arrays: Array) -> Array:
        """Of memory-mapped unit vectors, float32 of shape (rows, dim) each, NaN where a row has none."""
        found = np.empty(len(arrays[0]), [("row", np.int64, (self.k,)), ("similarity", np.float32, (self.k,))])
        found["row"], found["similarity"] = -1, np.nan
        for kind in kinds(arrays):
            found["row"][kind.rows], found["similarity"][kind.rows] = _neighbours(kind, self._found(kind))
        return found

    def _found(self, kind: Kind) -> Nearest:
        if by_cells(self.search, len(kind.vectors)):
            return nearest_by_cells(kind.vectors, self.k, self.threshold)
        return nearest(kind.vectors, self.k)


def by_cells(search: Search, vectors: int) -> bool:
    """Whether so many distinct vectors are searched by cells."""
    return search == "partitions" or (search == "auto" and vectors > EXACT_VECTORS)


@dataclass(frozen=True)
class Kind:
    """Rows that have the same of some views, and which of them are exact copies.

    `rows` int64 of shape (n,), ascending; `vectors` are the distinct ones, in order of first occurrence, and
    `distinct` int64 of shape (n,) says which of them each row has.
    """

    rows: Array
    vectors: UnitRows
    distinct: Array


def kinds(arrays: tuple[Array, ...]) -> Iterator[Kind]:
    """Rows by the views they have; those that have none are left out."""
    arrays = tuple(np.asarray(array) for array in arrays)  # a row of a plain array is read several times as fast
    has = np.stack([_present(array) for array in arrays], axis=1)
    for pattern in np.unique(has, axis=0):
        if pattern.any():
            rows = np.flatnonzero((has == pattern).all(axis=1))
            parts = tuple(array for array, wanted in zip(arrays, pattern, strict=True) if wanted)
            distinct, first = _distinct(parts, rows)
            yield Kind(rows, UnitRows(parts, rows[first]), distinct)


def _present(array: Array) -> Array:
    """Rows with a vector. NaN is all of a row or none of it, so its first number tells."""
    return ~np.isnan(array[:, 0])


def _distinct(parts: tuple[Array, ...], rows: Array) -> tuple[Array, Array]:
    """Which distinct vector each row has, and where in `rows` each distinct vector occurs first."""
    known: dict[bytes, int] = {}
    distinct, first = np.empty(len(rows), np.int64), list[int]()
    for position, row in enumerate(rows):
        content = b"".join(part[row].tobytes() for part in parts)
        number = known.setdefault(hashlib.blake2b(content, digest_size=16).digest(), len(first))
        if number == len(first):
            first.append(position)
        distinct[position] = number
    return distinct, np.array(first, np.int64)


def _neighbours(kind: Kind, found: Nearest) -> tuple[Array, Array]:
    """Row numbers and similarities of the neighbours of each row of the kind, of shape (rows of the kind, k) both."""
    k = found.position.shape[1]
    own = np.arange(len(kind.vectors))[:, None]
    vectors = np.concatenate([own, found.position], axis=1)
    similarity = np.concatenate([np.ones_like(own, np.float32), found.similarity.clip(-1, 1)], axis=1)
    rows, similarity = _expanded(vectors, similarity, kind, k + 1)
    return _without_self(rows[kind.distinct], similarity[kind.distinct], kind.rows)


def _expanded(vectors: Array, similarity: Array, kind: Kind, k: int) -> tuple[Array, Array]:
    """The best k rows of each list of distinct vectors: each vector stands for all rows that have it."""
    order, counts = np.argsort(kind.distinct, kind="stable"), np.bincount(kind.distinct)
    owner, place = np.nonzero(vectors >= 0)
    vector, value = vectors[owner, place], similarity[owner, place]
    copies = np.minimum(counts[vector], k)
    within = np.arange(copies.sum()) - np.repeat(np.cumsum(copies) - copies, copies)
    row = kind.rows[order[np.repeat((np.cumsum(counts) - counts)[vector], copies) + within]]
    owner, value = np.repeat(owner, copies), np.repeat(value, copies)
    ranking = np.lexsort((row, -value, owner))
    owner, value, row = owner[ranking], value[ranking], row[ranking]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    kept = rank < k
    rows, similarities = np.full((len(vectors), k), -1), np.full((len(vectors), k), np.nan, np.float32)
    rows[owner[kept], rank[kept]], similarities[owner[kept], rank[kept]] = row[kept], value[kept]
    return rows, similarities


def _without_self(rows: Array, similarity: Array, own: Array) -> tuple[Array, Array]:
    """Lists of k + 1 without the row itself, or, where it was not among them, without the last: k remain."""
    others_first = np.argsort(rows == own[:, None], axis=1, kind="stable")[:, :-1]
    return np.take_along_axis(rows, others_first, 1), np.take_along_axis(similarity, others_first, 1)
