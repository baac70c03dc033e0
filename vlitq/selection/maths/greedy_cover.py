"""Greedy cover: every row is represented by the most similar row taken, and the row that helps all most comes next.

Gains of all candidates are kept up to date: a row taken changes the cover of some rows only, and only these change the
gains of others. A row's cover changes about log(budget) times, so that the work grows with n² · log(budget), where
evaluating candidates anew, lazily too, takes several times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite, require_finite_matrix, rows_of
from vlitq.selection.maths.ties import picks

GROUP = 64  # rows whose changes are added up before they reach the gains; 64 · 2²⁴ is within int32
FIXED = 24  # bits behind the point of a similarity made from vectors
NOISE = 16  # units of it by which gains have to differ: two rows nearest to each other often gain the same but for this
STRIP = 512  # rows multiplied with all later ones at a time, and the width of what is then mirrored
BLOCK = 4096  # rows turned into float64 at a time

Rule = Callable[[Array, int], int]


@dataclass(frozen=True)
class Cover:
    """`order`, int64, the rows taken; `gain`, float64, what each added to the objective.

    Of each row: `nearest`, int64, the row taken that is most similar to it, the first of equals, and `similarity`,
    float64. `left`, float64, what each candidate would still add, −∞ for those taken.
    """

    order: Array
    gain: Array
    nearest: Array
    similarity: Array
    left: Array


@dataclass(frozen=True)
class Similarities:
    """`values[i, j]`, shape (rows, candidates): `scale` times how similar row i is to candidate j, floats or integers.

    `sums`, float64, what each candidate's column adds up to, near enough to choose the first by. `symmetric` says that
    a row may be read for a column, which lies scattered in memory.
    """

    values: Array
    sums: Array
    scale: float = 1.0
    symmetric: bool = False

    def column(self, candidate: int) -> Array:
        """How similar each row is to one candidate, `scale` times."""
        return np.asarray(self.values[candidate] if self.symmetric else self.values[:, candidate])


def greedy_cover(similarities: Similarities, budget: int, rule: Rule) -> Cover:
    """Takes min(budget, candidates) candidates, each as `rule` says.

    `rule` gets what each candidate adds to Σ_i max_{j taken} s_ij, float64, −∞ for the taken ones, and the number
    taken before. Nothing taken counts as 0, so that the first gains are the column sums, whatever their signs.
    Integers are added exactly, floats in float64.
    """
    values, scale = similarities.values, similarities.scale
    rows, candidates = values.shape
    budget = picks(budget, candidates)
    order, gain = np.empty(budget, np.int64), np.empty(budget)
    cover, nearest = np.zeros(rows, values.dtype), np.zeros(rows, np.int64)
    gains = similarities.sums * scale
    for taken in range(budget):
        best = order[taken] = rule(gains / scale, taken)
        column = similarities.column(best)
        if taken == 0:
            gains = added_up(values, np.arange(rows), column, _largest(values)) - float(column.sum(dtype=np.float64))
            gain[taken] = column.sum(dtype=np.float64) / scale
            cover[:], nearest[:] = column, best
        else:
            closer = np.flatnonzero(column > cover)
            before = cover[closer]
            gain[taken] = gains[best] / scale
            gains -= added_up(values, closer, before, column[closer]) - float(before.sum(dtype=np.float64))
            cover[closer], nearest[closer] = column[closer], best
        gains[order[: taken + 1]] = -np.inf
    return Cover(order, gain, nearest, cover / np.float64(scale), gains / scale)


def of_matrix(similarity: Array) -> Similarities:
    """A matrix of similarities as it is; integers and truth values become float64."""
    similarity = rows_of(similarity, "similarity")
    if not np.issubdtype(similarity.dtype, np.floating):
        similarity = similarity.astype(np.float64)
    sums = similarity.sum(axis=0, dtype=np.float64)
    require_finite_matrix(sums, "similarity")
    return Similarities(similarity, sums)


def of_vectors(x: Array) -> Similarities:
    """The products of all rows of `x`, shape (n, d), with each other, as int32.

    Those of unit rows are resolved to 2⁻²⁴, half a unit in the last place of a float32 next to 1. Their sums are then
    whole numbers, the same in any order. Memory: 4 n² bytes, and no second matrix.
    """
    x = np.asarray(rows_of(x), np.float32)
    lengths = np.einsum("nd,nd->n", x, x)
    require_finite(lengths, "x: row")
    longest = float(lengths.max(initial=0.0))
    scale = 2.0 ** np.floor(FIXED - np.log2(longest or 1.0) + 1e-4)
    products = np.empty((len(x), len(x)), np.int32)
    for start in range(0, len(x), STRIP):
        rows = slice(start, start + STRIP)
        strip = (x[rows] * np.float32(scale)) @ x[start:].T
        np.copyto(products[rows, start:], np.rint(strip, out=strip), casting="unsafe")
        for other in range(start + STRIP, len(x), STRIP):
            columns = slice(other, other + STRIP)
            products[columns, rows] = products[rows, columns].T
    return Similarities(products, sums_of_products(x), float(scale), symmetric=True)


def sums_of_products(x: Array) -> Array:
    """Σ_i x_i · x_j for every row j, float64 of shape (n,), without the products."""
    total = x.sum(axis=0, dtype=np.float64)
    blocks = [x[start : start + BLOCK].astype(np.float64) @ total for start in range(0, len(x), BLOCK)]
    return np.concatenate(blocks) if blocks else np.zeros(0)


def rounding(similarities: Similarities) -> float:
    """How far apart two gains have to be to be told apart."""
    values = similarities.values
    if np.issubdtype(values.dtype, np.integer):
        return NOISE / similarities.scale
    largest = max(abs(float(values.max(initial=0.0))), abs(float(values.min(initial=0.0))))
    return 8 * float(np.finfo(np.float64).eps) * len(values) ** 2 * largest


def added_up(values: Array, rows: Array, low: Array, high: Array) -> Array:
    """Σ over `rows` of their values, not below `low` nor above `high` of the row; float64, of each candidate."""
    sums, within = np.zeros(values.shape[1]), np.empty(values.shape[1], values.dtype)
    group_sum: Array = np.empty(values.shape[1], np.int32 if values.dtype == np.int32 else np.float64)
    high = np.broadcast_to(high, low.shape)
    for start in range(0, len(rows), GROUP):
        group = slice(start, start + GROUP)
        group_sum[:] = 0
        for row, least, most in zip(rows[group].tolist(), low[group], high[group], strict=True):
            values[row].clip(least, most, out=within)
            group_sum += within
        sums += group_sum
    return sums


def _largest(values: Array) -> Array:
    """What no value is above, of their type."""
    whole = np.issubdtype(values.dtype, np.integer)
    return np.array(np.iinfo(values.dtype).max if whole else np.inf, values.dtype)
