"""Fusions: several rankings of the same rows, as numbers in [0, 1] with 1 the best, made into one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.pareto import pareto_front
from vlitq.selection.ranks import mid_ranks

RRF_K = 60  # Cormack, Clarke & Büttcher 2009, SIGIR, doi 10.1145/1571941.1572114


def minimum(parts: Sequence[Array], strata: Array) -> Array:  # noqa: ARG001  # one signature for all fusions
    """The worst of a row's ranks: a row must be good everywhere."""
    return np.asarray(np.minimum.reduce(parts))


def product(parts: Sequence[Array], strata: Array) -> Array:  # noqa: ARG001  # one signature for all fusions
    """The product of a row's ranks: one bad rank weighs more than in a sum, less than in a minimum."""
    return np.asarray(np.multiply.reduce(parts))


def reciprocal_rank(parts: Sequence[Array], strata: Array) -> Array:
    """Σ 1 / (60 + rank), ranks from 1 for the best within each stratum, ties at their mean."""
    return np.asarray(np.add.reduce([1.0 / (RRF_K + mid_ranks(part, strata).from_best) for part in parts]))


def votes(parts: Sequence[Array], strata: Array, top: float) -> Array:
    """How many rankings have the row among the best `top` (a share in (0, 1]) of its stratum."""
    ranks = [mid_ranks(part, strata) for part in parts]
    # The best row always gets the vote, however small the stratum.
    cast = [rank.from_best <= np.maximum(1.0, top * rank.size) for rank in ranks]
    return np.asarray(np.add.reduce(cast, dtype=np.float64))


def pareto(parts: Sequence[Array], strata: Array) -> Array:
    """The share of its stratum that is not ahead of a row, by Pareto fronts, and within a front by the mean rank.

    The first front is of the rows that no other dominates, which is to be no worse in any part and better in one.
    """
    mean = np.add.reduce([mid_ranks(part, strata).quantile for part in parts])
    place = np.unique(mean.round(12), return_inverse=True)[1]
    for code in np.unique(strata):
        rows = np.flatnonzero(strata == code)
        place[rows] -= (len(strata) + 1) * pareto_front(np.column_stack([part[rows] for part in parts]))
    ranks = mid_ranks(place, strata)
    return ranks.rank / ranks.size


FUSIONS: Mapping[str, Callable[[Sequence[Array], Array], Array]] = {
    "min": minimum,
    "product": product,
    "rrf": reciprocal_rank,
    "pareto": pareto,
}
