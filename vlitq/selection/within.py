"""A method within each stratum: the budget is shared among the strata, and the method spends each share."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array
from vlitq.selection.budget import spend
from vlitq.selection.methods.spending import filled
from vlitq.selection.strata import Quota, apportion, quotas
from vlitq.selector import Choice, Pool, Selector


def choose_within(
    method: Selector, pool: Pool, budget: int, quota: Quota, rng: np.random.Generator, spent: Array | None = None
) -> Choice:
    """What the method takes of each stratum for its quota; change goes to the best of the rows that are left, of a
    method that does not fill to the best of those it did not refuse.

    spent: units of each stratum that went to rows outside the pool, int64; they count in its quota.
    Rows stand in the order in which all strata are emptied alike: the first half of the order is half of each quota.
    """
    strata = [np.flatnonzero(pool.strata == code) for code in range(len(pool.stratum_names))]
    sizes = np.array([pool.cost[rows].sum() for rows in strata], dtype=np.int64)
    shares = _shares(sizes, budget, quota, np.zeros_like(sizes) if spent is None else spent).tolist()
    order, place, reasons = [np.zeros(0, dtype=np.int64)], [np.zeros(0)], dict[int, str]()
    for rows, share, child in zip(strata, shares, rng.spawn(len(strata)), strict=True):
        if not len(rows):
            continue
        choice = method.choose(pool.part(rows), share, child)
        order.append(rows[choice.order])
        place.append((np.arange(len(choice.order)) + 0.5) / max(len(choice.order), 1))
        reasons |= {int(rows[position]): why for position, why in choice.reasons.items()}
    merged = np.concatenate(order)[np.argsort(np.concatenate(place), kind="stable")]
    if method.fills:
        return filled(pool, merged, budget, "its stratum's quota was spent", reasons)
    ranking = pool.ranking()
    known = np.concatenate([merged, np.fromiter(reasons, np.int64, len(reasons))])
    not_refused = ranking[~np.isin(ranking, known)]
    return Choice(spend(np.concatenate([merged, not_refused]), pool.cost, budget), reasons)


def _shares(sizes: Array, budget: int, quota: Quota, spent: Array) -> Array:
    """Units of the budget for each stratum: its quota of all that is and was to be spent, less what it had. Where one
    had more than its quota, the others give in proportion."""
    left = np.maximum(quotas(sizes + spent, budget + int(spent.sum()), quota) - spent, 0)
    return apportion(left, left, budget)
