"""What methods that build an order share: how many rows a budget can buy, whose vectors there are, and filling up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.budget import spend
from vlitq.selector import Choice, Pool


@dataclass(frozen=True)
class Vectors:
    """The rows of a pool that have a vector: `rows` are their positions, int64, ascending; `x` float32, a row each."""

    rows: Array
    x: Array


def vectors_of(pool: Pool, feature: str) -> Vectors:
    """Unit vectors of the pool, rows without one left out."""
    x = pool.feature(feature, np.arange(len(pool)))
    known = np.flatnonzero(np.isfinite(x).all(axis=1))
    return Vectors(known, x[known])


def most_rows(pool: Pool, budget: int) -> int:
    """The largest number of rows whose costs add up to at most `budget`."""
    return int(np.searchsorted(np.cumsum(np.sort(pool.cost)), budget, side="right"))


def filled(pool: Pool, order: Array, budget: int, why: str, reasons: Mapping[int, str] | None = None) -> Choice:
    """What of `order` the budget buys, and then the best of the other rows, because of `why` or of their own reason."""
    taken = spend(order, pool.cost, budget)
    rest = np.ones(len(pool), dtype=bool)
    rest[taken] = False
    ranking = pool.ranking()
    more = spend(ranking[rest[ranking]], pool.cost, budget - int(pool.cost[taken].sum()))
    told = dict(reasons or {})
    told |= {position: f"fills the budget: {told.get(position, why)}" for position in more.tolist()}
    return Choice(np.concatenate([taken, more]).astype(np.int64), told)
