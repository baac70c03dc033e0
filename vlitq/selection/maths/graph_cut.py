"""Graph cut: rows that are similar to all rows and not to each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite, require_finite_matrix, rows_of, square
from vlitq.selection.maths.greedy_cover import sums_of_products
from vlitq.selection.maths.ties import first_of_largest, picks


def graph_cut(similarity: Array, budget: int, lambda_: float = 0.5) -> Array:
    """Positions of min(budget, n) rows, int64, that greedily maximise Σ_{i in V, j in S} s_ij − λ Σ_{i, j in S} s_ij.

    The second sum runs over ordered pairs, a row with itself among them: submodlib's convention (Kaushal et al. 2022,
    arXiv 2202.10680). similarity: (n, n). With similarities of at least 0 it is submodular, and up to λ = 0.5 no pick
    lowers it; a larger λ tells rows apart more. Gains that rounding cannot tell apart are ties: the lowest position is
    taken. Time grows with n · budget after the column sums. Raises `ValueError` where a column is not finite.
    """
    similarity = square(similarity, "similarity")
    sums = similarity.sum(axis=0, dtype=np.float64)
    require_finite_matrix(sums, "similarity")
    own = np.diagonal(similarity).astype(np.float64)

    def both_ways(taken: int) -> Array:
        return np.asarray(similarity[taken].astype(np.float64) + similarity[:, taken])

    return _greedy(sums, own, both_ways, budget, lambda_, float(np.finfo(np.float64).eps))


def graph_cut_of(x: Array, budget: int, lambda_: float = 0.5) -> Array:
    """The same from rows of `x`, shape (n, d), by their cosines where they are of unit length; never an n × n matrix.

    Column sums are the products with the sum of all rows. Time: one product of `x` with a row for each row taken.
    """
    x = rows_of(x)
    x = np.asarray(x, np.float64 if x.dtype.itemsize > 4 else np.float32)
    own = np.einsum("nd,nd->n", x, x, dtype=np.float64)
    require_finite(own, "x: row")
    sums = sums_of_products(x)
    return _greedy(sums, own, lambda taken: 2.0 * (x @ x[taken]), budget, lambda_, float(np.finfo(x.dtype).eps))


def graph_cut_value(similarity: Array, taken: Array, lambda_: float = 0.5) -> float:
    """f(S) = Σ_{i in V, j in S} s_ij − λ Σ_{i, j in S} s_ij for the rows at positions `taken`."""
    every = similarity[:, taken].sum(dtype=np.float64)
    return float(every - lambda_ * similarity[np.ix_(taken, taken)].sum(dtype=np.float64))


def _greedy(
    sums: Array, own: Array, both_ways: Callable[[int], Array], budget: int, lambda_: float, precision: float
) -> Array:
    """`both_ways(j)` gives s_ij + s_ji of every i; `precision` is the rounding of one of them, next to 1."""
    budget = picks(budget, len(sums))
    order, gains = np.empty(budget, np.int64), sums - lambda_ * own
    for taken in range(budget):
        # Roundings of what was subtracted so far, and of the sums, which are exact to float64.
        tolerance = 4 * precision * lambda_ * np.sqrt(taken) * float(own.max()) + 1e-15 * float(np.abs(sums).max())
        best = order[taken] = first_of_largest(gains, tolerance)
        gains -= lambda_ * both_ways(best)
        gains[best] = -np.inf
    return order
