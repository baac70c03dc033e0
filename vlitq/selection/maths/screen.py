"""Upper bounds of cosines that cost a part of the product, for searches in which hardly any cosine is high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

PARTS = (16, 8, 4, 2)  # of the dimensions that a screen keeps: one in so many
WIDEST = 2048  # dimensions above which finding the directions would cost more than it saves
STRIP = 512  # rows, and pairs of rows picked out, multiplied at a time
GATHERED = 60  # products of a matrix product that take as long as one of two rows picked out
AGAINST = 4096  # rows of a sample that the others are screened against
ROUNDING = 1e-5  # of a squared length in float32, at most: a bound stays one


@dataclass(frozen=True)
class Screen:
    """`directions` is float32 of shape (dim, kept), orthonormal columns."""

    directions: Array

    def of(self, x: Array) -> Array:
        """Of rows, shape (n, dim), vectors of shape (n, kept + 1) whose products are at least those of the rows.

        The part within the directions, and the length of what is left: by Cauchy and Schwarz the rests' product is at
        most the product of their lengths.
        """
        inside = x @ self.directions
        left = np.einsum("ij,ij->i", x, x) - np.einsum("ij,ij->i", inside, inside)
        rest = np.sqrt(np.maximum(left, 0) + ROUNDING)
        return np.concatenate([inside, rest[:, None]], axis=1, dtype=np.float32)


def screen_for(sample: Array, limit: float) -> Screen | None:
    """The screen that leaves least to do when rows like the unit rows of `sample`, shape (n, dim), are searched for
    cosines above `limit`; None where no screen is worth its products.

    The directions are those in which the sample is longest. What is chosen changes the time, never a result.
    """
    rows, dim = sample.shape
    if rows <= AGAINST or dim > WIDEST:
        return None
    _, directions = np.linalg.eigh(sample.T @ sample)  # ascending
    against, asked = sample[:AGAINST], sample[AGAINST:]
    best, least = None, 1.0  # the share of a full product
    for part in PARTS:
        screen = Screen(np.ascontiguousarray(directions[:, -max(dim // part, 1) :]))
        work = 1 / part + GATHERED * _passing(screen.of(asked), screen.of(against), limit)
        if work < least:
            best, least = screen, work
    return best


def _passing(asked: Array, against: Array, limit: float) -> float:
    """The share of products above the limit."""
    strips = [asked[start : start + STRIP] for start in range(0, len(asked), STRIP)]
    return sum(int(np.count_nonzero(strip @ against.T > limit)) for strip in strips) / (len(asked) * len(against))


@dataclass(frozen=True)
class Products:
    """Of some rows, `row` int64, ascending, the highest product, `product` float32, and with which, `column` int64."""

    row: Array
    column: Array
    product: Array

    def above(self, limit: float) -> Products:
        """Those above the limit."""
        above = self.product > limit
        return Products(self.row[above], self.column[above], self.product[above])


def products_above(x: Array, y: Array, caps: Array, limit: float, *, exact: bool = False) -> Products:
    """Of the rows of `x` that have a product above `limit` with a row of `y`, the highest.

    caps: numbers that no product exceeds, float32 of shape (x, y), or the products themselves where `exact`. Only
    products whose cap is above the limit are worked out.
    """
    if exact:
        return _highest(caps, np.arange(len(x))).above(limit)
    row, column = np.divmod(np.flatnonzero(caps > limit), caps.shape[1])  # a tenth of the time of `nonzero`
    some = np.unique(row)
    if len(row) * GATHERED > len(some) * len(y):
        return _highest(x[some] @ y.T, some).above(limit)
    products = _products(x, y, row, column)
    order = np.lexsort((column, -products, row))
    first = order[np.flatnonzero(np.diff(row[order], prepend=-1))]
    return Products(row[first], column[first], products[first]).above(limit)


def _products(x: Array, y: Array, row: Array, column: Array) -> Array:
    """x[row[i]] · y[column[i]], a few at a time, so that they stay near the processor."""
    products = np.empty(len(row), np.float32)
    for start in range(0, len(row), STRIP):
        some = slice(start, start + STRIP)
        products[some] = np.einsum("ij,ij->i", x[row[some]], y[column[some]])
    return products


def _highest(product: Array, rows: Array) -> Products:
    column = product.argmax(axis=1)
    return Products(rows, column, product[np.arange(len(rows)), column])
