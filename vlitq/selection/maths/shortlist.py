"""DICS's selection: a shortlist by score that is wider or narrower with the budget, then rows far apart."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite, require_finite_rows, rows_of
from vlitq.selection.maths.k_center import k_center
from vlitq.selection.maths.ties import first_of_largest, picks

BLOCK = 4096  # rows whose distances to the core are multiplied at a time


def dics(scores: Array, x: Array, budget: int) -> Array:
    """Positions of min(budget, n) rows in the order taken, int64: good ones that are far apart.

    After DICS (arXiv 2608.30209). scores: (n,), finite, higher is better; x: (n, d), finite, compared by Euclidean
    distance. With p = budget / n: below a half, farthest points among the best 2p, the best of them first; at a half,
    the best; above, the best 2p − 1 as a core, best first, and then the rows farthest from the core and from each
    other. Raises `ValueError` for a score that is no number and for a negative budget.
    """
    scores, x = np.asarray(scores, np.float64), rows_of(x)
    require_finite(scores, "scores: row")
    require_finite_rows(x)
    if len(scores) != len(x):
        raise ValueError(f"scores: {len(scores)} for {len(x)} rows of x; give one a row")
    budget, rows = picks(budget, len(scores)), len(scores)
    best = np.argsort(-scores, kind="stable").astype(np.int64)
    if 2 * budget == rows:
        return best[:budget]
    if 2 * budget < rows:
        shortlist = best[: 2 * budget]
        return np.asarray(shortlist[k_center(x[shortlist], budget)])
    core, rest = best[: 2 * budget - rows], best[2 * budget - rows :]
    far = farthest_from(np.asarray(x[core], np.float32), np.asarray(x[rest], np.float32), rows - budget)
    return np.concatenate([core, rest[far]])


def shortlist_size(rows: int, budget: int) -> int:
    """How many of the best rows `dics` looks at: 2 · budget below a half of the rows, and all of them above."""
    return rows if 2 * budget > rows else budget if 2 * budget == rows else 2 * budget


def farthest_from(core: Array, x: Array, budget: int) -> Array:
    """Positions in `x`, int64: always the row farthest from `core` and from those taken; the first of equals.

    core: (m, d), m at least 1; x: (n, d), both float32. Squared distances that differ by rounding alone are equal.
    """
    budget = picks(budget, len(x))
    lengths = np.einsum("nd,nd->n", x, x)
    rounding = 4 * float(np.finfo(np.float32).eps) * float(lengths.max(initial=0))
    squared = np.concatenate([_to_nearest(core, x[i : i + BLOCK]) for i in range(0, len(x), BLOCK)] or [lengths])
    order = np.empty(budget, np.int64)
    for taken in range(budget):
        order[taken] = row = first_of_largest(squared, rounding)
        squared = np.minimum(squared, np.maximum(lengths + lengths[row] - 2 * (x @ x[row]), 0))
        squared[order[: taken + 1]] = -np.inf
    return order


def _to_nearest(core: Array, x: Array) -> Array:
    """Squared distance of each row of `x` to the nearest of the core, float32, never negative."""
    nearest = np.full(len(x), np.inf, np.float32)
    for start in range(0, len(core), BLOCK):
        some = core[start : start + BLOCK]
        relative = np.einsum("nd,nd->n", some, some) - 2 * (x @ some.T)
        np.minimum(nearest, relative.min(axis=1), out=nearest)
    return np.asarray(np.maximum(nearest + np.einsum("nd,nd->n", x, x), 0))
