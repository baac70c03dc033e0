"""Rows as directions: unit blocks in float32 to search with, and cosines in float64 to decide by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import rows_of

BLOCK = 4096  # rows read at a time
_GATHER = 4096  # pairs settled at a time
_UNIT = 1e-6  # float32 rows whose length is this close to 1 are multiplied as they are


def unit(x: Array, without: float = np.nan) -> Array:
    """The rows of `x`, shape (n, dim), scaled to length 1, float32; those without a finite length hold `without`."""
    x = np.asarray(x, dtype=np.float32)
    length = np.linalg.norm(x, axis=1, keepdims=True)
    known = (length > 0) & np.isfinite(length)
    return np.asarray(np.divide(x, length, out=np.full_like(x, without), where=known))


@dataclass(frozen=True)
class Directions:
    """Rows of `x`, shape (n, dim), of any float type, in memory or memory-mapped, that are read a block at a time.

    `at` says which rows and in what order, int64; None is all of them. `squares` are their squared lengths, float64;
    NaN where a row has no direction (it is zero, or holds NaN). `scale` brings them to length 1, None where they
    are that long.
    """

    x: Array
    at: Array | None
    squares: Array
    scale: Array | None

    @classmethod
    def of(cls, x: Array, at: Array | None = None) -> Directions:
        """Reads the rows once, for their lengths."""
        x = rows_of(x)
        count = len(x) if at is None else len(at)
        squares = np.empty(count)
        for start in range(0, count, BLOCK):
            some = slice(start, start + BLOCK)
            rows = np.asarray(x[some] if at is None else x[at[some]], np.float64)
            squares[some] = (rows * rows).sum(axis=1)
        squares[~(np.isfinite(squares) & (squares > 0))] = np.nan
        unit = x.dtype == np.float32 and bool((np.abs(squares - 1) < 2 * _UNIT).all())
        return cls(x, at, squares, None if unit else np.nan_to_num(1 / np.sqrt(squares)).astype(np.float32))

    def __len__(self) -> int:
        return len(self.squares)

    @property
    def directed(self) -> Array:
        """Positions of the rows that have a direction, int64, ascending."""
        return np.flatnonzero(np.isfinite(self.squares))

    @property
    def margin(self) -> float:
        """How far a float32 product of two blocks may be from the cosine, at most, and never below 1e-4."""
        return max(1e-4, float(self.x.shape[1] + 8) * 2.0**-24 + 4 * _UNIT)

    def among(self, positions: Array) -> Directions:
        """The same for some of the rows."""
        at = positions if self.at is None else self.at[positions]
        return Directions(self.x, at, self.squares[positions], None if self.scale is None else self.scale[positions])

    def block(self, start: int, stop: int) -> Array:
        """Unit rows `start` to `stop`, float32 of shape (stop − start, dim); zeros where a row has no direction."""
        some = slice(start, min(stop, len(self)))
        return self._unit(self.x[some] if self.at is None else self.x[self.at[some]], some)

    def take(self, positions: Array) -> Array:
        """Unit rows at some positions, float32 of shape (positions, dim)."""
        return self._unit(self.x[positions if self.at is None else self.at[positions]], positions)

    def cosines(self, left: Array, right: Array) -> Array:
        """The cosine of each pair of positions, float64 in [−1, 1], exactly 1 for equal rows; NaN without a direction.

        The sum of a row's products is taken in one order, so that a pair's cosine has the same bits wherever it is
        asked for, and whichever of the two comes first.
        """
        cosine = np.empty(len(left))
        for start in range(0, len(left), _GATHER):
            some = slice(start, start + _GATHER)
            with np.errstate(invalid="ignore"):  # rows that hold infinity: their squares are NaN, and so is the cosine
                products = self._exact(left[some]) * self._exact(right[some])
            cosine[some] = products.sum(axis=1) / np.sqrt(self.squares[left[some]] * self.squares[right[some]])
        return cosine.clip(-1, 1)

    def all_cosines(self, left: Array, right: Array) -> Array:
        """The cosines of some rows with some others, float64 of shape (left, right): to 1e-12 those of `cosines`."""
        lengths = np.sqrt(self.squares[left])[:, None] * np.sqrt(self.squares[right])
        return np.asarray(self._exact(left) @ self._exact(right).T / lengths)

    def _exact(self, positions: Array) -> Array:
        return np.asarray(self.x[positions if self.at is None else self.at[positions]], np.float64)

    def _unit(self, rows: Array, which: slice | Array) -> Array:
        rows = np.asarray(rows, np.float32)
        if self.scale is None:
            return rows
        scale = self.scale[which]
        with np.errstate(invalid="ignore"):  # a row that holds infinity: it is emptied below
            scaled = rows * scale[:, None]
        scaled[scale == 0] = 0
        return np.asarray(scaled)
