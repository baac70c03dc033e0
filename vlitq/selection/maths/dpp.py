"""Determinantal point processes: the rows that span the largest volume, found greedily."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import first_row, require_finite_matrix, square
from vlitq.selection.maths.ties import first_of_largest, picks

NO_VOLUME = 1e-10  # of the largest diagonal: what is below is rounding, as in the authors' code
ROUNDING = 1e-13  # of the largest diagonal: volumes that differ by less are ties


def dpp_map(kernel: Array, budget: int, start: int | None = 0) -> Array:
    """Positions of min(budget, n) rows, int64, that greedily maximise log det of `kernel` restricted to them.

    The fast greedy MAP inference of Chen et al. 2018, arXiv 1709.05135. kernel: (n, n), symmetric and positive
    semidefinite; quality enters as diag(q) S diag(q). start: the row taken first, None for the largest diagonal, the
    first of equals (on unit vectors rounding alone would decide). Where no row adds volume the rest follow by
    position. float64; time grows with n · budget², memory with n · budget. Raises `ValueError` for a kernel that is not
    square or not finite where it is read, a start that is no position, and a negative budget.
    """
    kernel = square(kernel, "kernel")
    diagonal = np.diagonal(kernel).astype(np.float64)
    return volume_order(diagonal, lambda row: np.asarray(kernel[row], np.float64), budget, start)[0]


def dpp_map_of(
    x: Array, quality: Array, budget: int, start: int | None = None, width: float | None = None
) -> tuple[Array, int]:
    """The same with the kernel q_i s_ij q_j, whose rows are made when they are needed; and how many rows add volume.

    x: unit rows, shape (n, d); quality: above 0, shape (n,). s is their cosine, of which no more rows than d add
    volume; with a `width`, the Gaussian exp(−|x_i − x_j|² / (2 width²)), which has no such limit.
    """
    quality = np.asarray(quality, np.float64)

    def row(taken: int) -> Array:
        return np.asarray(quality[taken] * quality * _similar((x @ x[taken]).astype(np.float64), width))

    return volume_order(quality**2, row, budget, start)


def volume_order(diagonal: Array, row: Callable[[int], Array], budget: int, start: int | None) -> tuple[Array, int]:
    """The rows in the order of `dpp_map`, and how many of them add volume; `row(j)` gives the kernel's row j."""
    budget = picks(budget, len(diagonal))
    order = np.empty(budget, np.int64)
    left = diagonal.astype(np.float64)
    require_finite_matrix(left, "kernel")
    if start is not None and budget:
        first_row(start, len(left))
    largest = float(left.max(initial=0.0))
    factor = np.empty((budget, len(left)))
    for taken in range(budget):
        best = start if taken == 0 and start is not None else first_of_largest(left, ROUNDING * largest)
        if left[best] <= NO_VOLUME * largest and (taken or start is None):
            return _rest_by_position(order, taken, len(left)), taken
        order[taken] = best
        if left[best] > NO_VOLUME * largest:
            known = factor[:taken]
            factor[taken] = (row(best) - known[:, best] @ known) / np.sqrt(left[best])
        else:
            factor[taken] = 0
        require_finite_matrix(factor[taken], "kernel")
        left -= factor[taken] ** 2
        left[best] = -np.inf
    return order, budget


def _rest_by_position(order: Array, taken: int, rows: int) -> Array:
    rest = np.ones(rows, dtype=bool)
    rest[order[:taken]] = False
    order[taken:] = np.flatnonzero(rest)[: len(order) - taken]
    return order


def _similar(cosine: Array, width: float | None) -> Array:
    return cosine if width is None else np.exp((np.minimum(cosine, 1.0) - 1.0) / width**2)
