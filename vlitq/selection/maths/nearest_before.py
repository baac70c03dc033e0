"""Of each row the most similar row that comes before it: what SemDeDup's ranked rule looks at."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.pairs import STRIP
from vlitq.selection.maths.rows import BLOCK, Directions

_FEW = 64  # candidates a row that are settled one by one; where there are more, a float64 product thins them first
_FLOAT64 = 1e-12  # error of a float64 product, at most


@dataclass
class Before:
    """`similarity` float64, the highest cosine to an earlier row, −inf where there is none to compare with; `row`
    int64, the first such row, −1 where there is none. Filled in as blocks are met."""

    similarity: Array
    row: Array

    @classmethod
    def none(cls, count: int) -> Before:
        """Nothing met yet."""
        return cls(np.full(count, -np.inf), np.full(count, -1, np.int64))


def nearest_before(x: Array, order: Array | None = None, *, block: int = BLOCK) -> Before:
    """Of each row of `x`, shape (n, dim), the most similar of those before it.

    order: positions of the rows that count, in the order they count; None is all, as they stand. The result speaks of
    places in `order`. Exact: candidates by float32 products, the highest cosine in float64; of equals the first. A row
    of zeros or NaN is compared with nothing. Time grows with the square of the distinct rows, memory with a block.
    """
    rows = Directions.of(x, order)
    first = first_copies(rows)
    copies = np.flatnonzero(first < np.arange(len(first)))
    distinct = np.setdiff1d(rows.directed, copies)
    found = spread(_before(rows.among(distinct), block), distinct, len(rows))
    found.similarity[copies], found.row[copies] = 1.0, first[copies]
    return found


def spread(part: Before, places: Array, count: int) -> Before:
    """What was found among some places, told of all `count`."""
    found = Before.none(count)
    found.similarity[places] = part.similarity
    found.row[places[part.row >= 0]] = places[part.row[part.row >= 0]]
    return found


def first_copies(rows: Directions) -> Array:
    """Of each row the first row with the same bytes, itself where it is the first; int64 of shape (rows,)."""
    known: dict[bytes, int] = {}  # by digest: the rows themselves would be a copy of all
    first = np.arange(len(rows))
    for start in range(0, len(rows), BLOCK):
        stop = min(start + BLOCK, len(rows))
        some = rows.x[start:stop] if rows.at is None else rows.x[rows.at[start:stop]]
        for position, row in enumerate(np.asarray(some), start):
            first[position] = known.setdefault(blake2b(row.tobytes(), digest_size=16).digest(), position)
    first[np.isnan(rows.squares)] = np.flatnonzero(np.isnan(rows.squares))
    return first


def _before(rows: Directions, block: int) -> Before:
    found = Before.none(len(rows))
    for start in range(0, len(rows), block):
        later = rows.block(start, start + block)
        for other in range(0, start + 1, block):
            earlier = later if other == start else rows.block(other, other + block)
            for strip in range(0, len(later), STRIP):
                product = later[strip : strip + STRIP] @ earlier.T
                here = np.arange(start + strip, start + strip + len(product))
                if other == start:
                    product[np.arange(len(earlier)) >= here[:, None] - start] = -np.inf
                improve(found, rows, here, np.arange(other, other + len(earlier)), product)
    return found


def improve(found: Before, rows: Directions, later: Array, earlier: Array, product: Array) -> None:
    """Brings `found` up to date for the positions `later`, after meeting `earlier`, ascending.

    `product` holds their float32 products, of shape (later, earlier), −inf where two are not to be compared.
    """
    if not product.size:
        return
    floor = np.maximum(product.max(axis=1) - 2 * rows.margin, found.similarity[later] - rows.margin)
    some = np.flatnonzero((product.max(axis=1) >= floor) & (floor > -np.inf))
    row, column = np.nonzero(product[some] >= floor[some, None])
    if len(row) > _FEW * max(len(some), 1):
        row, column = _thinned(rows, later[some], earlier, product[some])
    if len(row):
        _settle(found, rows, later[some[row]], earlier[column])


def _thinned(rows: Directions, later: Array, earlier: Array, product: Array) -> tuple[Array, Array]:
    """Candidates that a float64 product of the two blocks leaves: those as near as the nearest, to its rounding."""
    exact = rows.all_cosines(later, earlier)
    exact[np.isneginf(product)] = -np.inf
    row, column = np.nonzero(exact >= exact.max(axis=1, keepdims=True) - _FLOAT64)
    return row, column


def _settle(found: Before, rows: Directions, later: Array, earlier: Array) -> None:
    """Of candidate pairs the best of each later row, the first of equals, where it is better than what was found."""
    cosine = rows.cosines(later, earlier)
    order = np.lexsort((earlier, -cosine, later))
    later, earlier, cosine = later[order], earlier[order], cosine[order]
    first = np.flatnonzero(np.r_[True, later[1:] != later[:-1]])
    later, earlier, cosine = later[first], earlier[first], cosine[first]
    before = found.similarity[later]
    better = (cosine > before) | ((cosine == before) & (earlier < found.row[later]))
    found.similarity[later[better]], found.row[later[better]] = cosine[better], earlier[better]
