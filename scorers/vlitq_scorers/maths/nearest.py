"""Nearest neighbours by cosine, exact, through FAISS, or by k-means cells; and all pairs above a similarity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.partitions import meetings, partitioned
from vlitq.selection.maths.recall import pairs_of
from vlitq.selection.maths.rows import Directions, unit

BLOCK = 4096  # rows a block
_SEED = 0  # of the k-means, and of the rows that are compared with all others
_SAMPLE, _MOST_PAIRS = 1000, 20_000  # rows whose pairs are all looked for, and pairs that are looked at
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
        units = [unit(part[self.rows[positions]], without=0.0) for part in self.parts]
        return np.concatenate(units, axis=1) / np.float32(np.sqrt(len(units)))

    def sampled_pairs(self, threshold: float) -> tuple[Array, Array]:
        """Positions of pairs with a cosine of at least `threshold`, all those that some random rows are in."""
        rng = np.random.default_rng(_SEED)
        rows = Directions.of(self.block(0, len(self)))
        return pairs_of(rows, rng.permutation(len(rows))[:_SAMPLE], threshold, _MOST_PAIRS, rng)


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


def nearest_by_cells(vectors: UnitRows, k: int, threshold: float) -> Nearest:
    """The k most similar others of those that each row meets: nearly all with a cosine of `threshold` or more.

    Rows meet within k-means cells (`vlitq.selection.maths.partitions`), in as many as it takes to meet 99 % of such
    pairs. What is listed below the threshold is near, and need not be nearest. The rows are put in an order of their
    own first, so that the cells do not depend on the order they come in.
    """
    count = len(vectors)
    base = np.concatenate([vectors.block(start, start + BLOCK) for start in range(0, count, BLOCK)])
    order = np.argsort(np.array([blake2b(row.tobytes(), digest_size=16).digest() for row in base]), kind="stable")
    made = partitioned(Directions.of(base, order), threshold, np.random.default_rng(_SEED))
    met = Nearest(np.full((count, k), -1, np.int64), np.full((count, k), -np.inf, np.float32))
    for asked, against, product in meetings(made):
        product[asked[:, None] == against] = -np.inf
        _keep_best(met, asked, against, product, k)
    return _both_ways(met, order[made.places], k)


def _keep_best(met: Nearest, asked: Array, against: Array, product: Array, k: int) -> None:
    """The best k of what the rows `asked` have met and now meet."""
    some = np.argpartition(-product, min(k, len(against)) - 1, axis=1)[:, :k]
    position = np.concatenate([met.position[asked], against[some]], axis=1)
    similarity = np.concatenate([met.similarity[asked], np.take_along_axis(product, some, 1)], axis=1)
    best = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    met.position[asked] = np.take_along_axis(position, best, 1)
    met.similarity[asked] = np.take_along_axis(similarity, best, 1)


def _both_ways(met: Nearest, place: Array, k: int) -> Nearest:
    """Lists in which a row that lists another is also offered to it; `place` says which rows they are."""
    row, rank = np.nonzero(np.isfinite(met.similarity[: len(place)]))
    one, other, cosine = place[row], place[met.position[row, rank]], met.similarity[row, rank]
    one, other, cosine = np.r_[one, other], np.r_[other, one], np.r_[cosine, cosine]
    best = np.lexsort((other, -cosine, one))
    one, other, cosine = one[best], other[best], cosine[best]
    # Two rows that list each other are offered to each other twice.
    pair = np.lexsort((-cosine, other, one))
    again = np.zeros(len(one), dtype=bool)
    again[pair[1:]] = (one[pair[1:]] == one[pair[:-1]]) & (other[pair[1:]] == other[pair[:-1]])
    one, other, cosine = one[~again], other[~again], cosine[~again]
    rank = np.arange(len(one)) - np.searchsorted(one, one)
    kept = rank < k
    found = Nearest(np.full(met.position.shape, -1, np.int64), np.full(met.position.shape, np.nan, np.float32))
    found.position[one[kept], rank[kept]], found.similarity[one[kept], rank[kept]] = other[kept], cosine[kept]
    return found


def pairs_above(vectors: UnitRows, queries: Array, threshold: float) -> Iterator[tuple[Array, Array]]:
    """Positions (query, other) whose cosine is at least `threshold`, a block at a time; a query meets itself too."""
    for start in range(0, len(queries), STRIP):
        asked = queries[start : start + STRIP]
        left = vectors.take(asked)
        for other in range(0, len(vectors), BLOCK):
            query, position = np.nonzero(left @ vectors.block(other, other + BLOCK).T >= threshold)
            yield asked[query], position + other
