"""PRISM's redundancy: how like the others a row is once what all share, the mean, is taken off (arXiv 2502.12119)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import rows_of
from vlitq.selection.maths.rows import BLOCK

_NOTHING = 1e-7  # of the longest row: a centred row shorter than this is rounding, and has no direction


def prism(x: Array) -> Array:
    """Mean correlation of each row of `x`, shape (n, dim), with all others, float64 of shape (n,) in [−1, 1].

    The cosine of rows from which the mean row is taken: u_i = unit(F_i − mean), R_i = (u_i · Σ_j u_j − 1) / (n − 1);
    lower is less redundant. A row that equals the mean has u_i = 0: its correlation with every row, itself included,
    is 0, and so is its R. A single row is compared with nothing: its R is 0. Equal rows have equal R, to the bit. Rows
    of NaN are left out of the mean and of the sums, and their R is NaN. Two passes over the rows and one more for the
    sums, in float64 and in blocks: time grows with n · dim. `x` may be of any float type and memory-mapped, and need
    not be unit rows.
    """
    x = rows_of(x)
    known = np.concatenate([np.isfinite(rows).all(axis=1) for rows in _blocks(x)] or [np.zeros(0, bool)])
    count = int(known.sum())
    redundancy = np.where(known, 0.0, np.nan)
    if count < 2:
        return redundancy
    mean, longest = np.zeros(x.shape[1]), 0.0
    for rows in _blocks(x):
        some = rows[np.isfinite(rows).all(axis=1)]
        mean += some.sum(axis=0) / count
        longest = max(longest, float(np.linalg.norm(some, axis=1).max(initial=0)))
    total = sum((_centred(rows, mean, longest).sum(axis=0) for rows in _blocks(x)), np.zeros(x.shape[1]))
    start = 0
    for rows in _blocks(x):
        u = _centred(rows, mean, longest)
        own = (u * u).sum(axis=1).round()  # 1, and 0 for the row that equals the mean
        here = slice(start, start + len(rows))
        alike = (u * total).sum(axis=1)  # not a matrix product, whose rounding depends on where a row stands
        redundancy[here] += ((alike - own) / (count - 1)).clip(-1, 1)
        start += len(rows)
    return redundancy


def _blocks(x: Array) -> Iterator[Array]:
    for start in range(0, len(x), BLOCK):
        yield np.asarray(x[start : start + BLOCK], np.float64)


def _centred(rows: Array, mean: Array, longest: float) -> Array:
    """Unit rows about the mean; zeros where a row is the mean, or is unknown."""
    away = np.nan_to_num(rows, posinf=np.nan, neginf=np.nan) - mean
    away[~np.isfinite(rows).all(axis=1)] = 0
    length = np.linalg.norm(away, axis=1, keepdims=True)
    return np.asarray(np.divide(away, length, out=np.zeros_like(away), where=length > _NOTHING * longest))
