"""What a caller gives: rows of vectors, a square matrix, a first row; and the errors that say what to give instead."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array

BLOCK = 4096  # rows looked at at a time


def rows_of(x: Array, name: str = "x") -> Array:
    """`x`, an array or nested lists, as an array of shape (n, d); an array is not copied, an empty list has no rows.

    Raises `ValueError` for any other shape.
    """
    x = np.asarray(x)
    if x.shape == (0,):
        return x.reshape(0, 0)
    if x.ndim != 2:
        raise ValueError(f"{name}: shape {x.shape} is not (rows, columns); with one number a row, reshape(-1, 1)")
    return x


def square(matrix: Array, name: str) -> Array:
    """A matrix with a row and a column for each sample. Raises `ValueError` for any other shape."""
    matrix = rows_of(matrix, name)
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"{name}: shape {matrix.shape} is not square; give a row and a column for each sample")
    return matrix


def require_finite(values: Array, what: str, remedy: str = "leave it out") -> None:
    """Raises `ValueError` where one of `values`, (n,) or (n, d), which belong to `what` 0 to n − 1, is no number."""
    finite = np.isfinite(values)
    if not finite.all():
        first = np.argwhere(~finite)[0][0]
        raise ValueError(f"{what} {first} holds what is no finite number, or too large a one; {remedy}")


def require_finite_matrix(summary: Array, name: str) -> None:
    """The same of a matrix of samples by samples, from its column sums or some of its numbers."""
    require_finite(summary, f"{name}: row or column", "leave out the samples without numbers, rows and columns")


def require_finite_rows(x: Array, name: str = "x") -> None:
    """The same of rows, shape (n, d), that are read a block at a time."""
    for start in range(0, len(x), BLOCK):
        rows = np.asarray(x[start : start + BLOCK])
        if not np.isfinite(rows).all():
            first = start + int(np.flatnonzero(~np.isfinite(rows).all(axis=1))[0])
            raise ValueError(f"{name}: row {first} holds what is no finite number; leave it out")


def first_row(start: int, rows: int) -> int:
    """The row to start from. Raises `ValueError` where there is none at that position."""
    if not 0 <= start < rows:
        raise ValueError(f"start {start} is not the position of a row: there are {rows}, counted from 0")
    return start
