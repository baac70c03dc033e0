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
from vlitq.selection.maths.ties import picks

GROUP = 64  # rows whose changes are added up before they reach the gains; 64 · 2²⁴ is within int32
FIXED = 24  # bits behind the point of a similarity made from vectors
NOISE = 16  # units of it by which gains have to differ: two rows nearest to each other often gain the same but for this
TILE = 512  # rows multiplied with all later ones at a time, and the width of what is then mirrored

Rule = Callable[[Array, int], int]


@dataclass(frozen=True)
class Cover:
    """`order`, int64, the rows taken; `gain`, float64, what each added to the objective.

    Of each row: `nearest`, int64, the row taken that is most similar to it, the first of equals, and `similarity`,
    float64.
    """

    order: Array
    gain: Array
    nearest: Array
    similarity: Array


def greedy_cover(similarity: Array, budget: int, rule: Rule, scale: float = 1.0) -> Cover:
    """Takes min(budget, candidates) columns of `similarity`, shape (rows, candidates), each as `rule` says.

    `rule` gets what each candidate adds to Σ_i max_{j taken} s_ij, float64, −∞ for the taken ones, and the number
    taken before. Nothing taken counts as 0, so that the first gains are the column sums, whatever their signs.
    Integers hold similarities times `scale` and are added exactly; others are added in float64.
    """
    rows, candidates = similarity.shape
    budget = picks(budget, candidates)
    order, gain = np.empty(budget, np.int64), np.empty(budget)
    cover, nearest = np.full(rows, _lowest(similarity)), np.zeros(rows, np.int64)
    gains = _column_sums(similarity)
    for taken in range(budget):
        best = order[taken] = rule(gains / scale, taken)
        gain[taken] = gains[best] / scale
        column = similarity[:, best]
        closer = np.flatnonzero(column > cover) if taken else np.arange(rows)
        gains -= _no_longer(similarity, closer, cover[closer], column[closer])
        gains += float(cover[closer].sum(dtype=np.float64)) if taken else 0.0
        cover[closer], nearest[closer] = column[closer], best
        gains[best] = -np.inf
    return Cover(order, gain, nearest, cover / np.float64(scale))


def rounding(similarity: Array) -> float:
    """How far apart gains from a matrix of floats have to be to be told apart."""
    if not similarity.size:
        return 0.0
    rows = len(similarity)
    largest = max(abs(float(similarity.max())), abs(float(similarity.min())))
    return 8 * float(np.finfo(np.float64).eps) * rows * rows * largest


def fixed_point(x: Array) -> tuple[Array, float]:
    """The products of all rows of `x` with each other as int32, shape (n, n), and what they are multiplied by.

    Rows of unit length are resolved to 2⁻²⁴, half a unit in the last place of a float32 next to 1. Their sums are then
    whole numbers, the same in any order. Memory: 4 n² bytes, and no second matrix.
    """
    x = np.asarray(x, np.float32)
    longest = float(np.einsum("nd,nd->n", x, x).max(initial=0.0))
    scale = 2.0 ** np.floor(FIXED - np.log2(longest or 1.0) + 1e-4)
    products = np.empty((len(x), len(x)), np.int32)
    for start in range(0, len(x), TILE):
        rows = slice(start, start + TILE)
        strip = (x[rows] * np.float32(scale)) @ x[start:].T
        np.copyto(products[rows, start:], np.rint(strip, out=strip), casting="unsafe")
        for other in range(start + TILE, len(x), TILE):
            columns = slice(other, other + TILE)
            products[columns, rows] = products[rows, columns].T
    return products, float(scale)


def _column_sums(similarity: Array) -> Array:
    sums = np.zeros(similarity.shape[1])
    for start in range(0, len(similarity), GROUP):
        sums += similarity[start : start + GROUP].sum(axis=0, dtype=_adding(similarity))
    return sums


def _no_longer(similarity: Array, rows: Array, low: Array, high: Array) -> Array:
    """Σ over `rows` of their similarities clipped to `low` and `high`, of each candidate."""
    sums = np.zeros(similarity.shape[1])
    group_sum: Array = np.empty(similarity.shape[1], _adding(similarity))
    within = np.empty(similarity.shape[1], similarity.dtype)
    for start in range(0, len(rows), GROUP):
        group = slice(start, start + GROUP)
        group_sum[:] = 0
        for row, least, most in zip(rows[group].tolist(), low[group], high[group], strict=True):
            similarity[row].clip(least, most, out=within)
            group_sum += within
        sums += group_sum
    return sums


def _adding(similarity: Array) -> type:
    return np.int32 if np.issubdtype(similarity.dtype, np.integer) else np.float64


def _lowest(similarity: Array) -> Array:
    """What no similarity is below, of their type."""
    whole = np.issubdtype(similarity.dtype, np.integer)
    return np.array(np.iinfo(similarity.dtype).min if whole else -np.inf, similarity.dtype)
