"""A method within each stratum: the budget is shared among the strata, and the method spends each share."""

from __future__ import annotations

import numpy as np

from vlitq.selection.budget import spend
from vlitq.selection.methods.spending import filled
from vlitq.selection.strata import Quota, quotas
from vlitq.selector import Choice, Pool, Selector


def choose_within(method: Selector, pool: Pool, budget: int, quota: Quota, rng: np.random.Generator) -> Choice:
    """What the method takes of each stratum for its quota; change goes to the best of the rows that are left, of a
    method that does not fill to the best of those it did not refuse.

    Rows stand in the order in which all strata are emptied alike: the first half of the order is half of each quota.
    """
    strata = [np.flatnonzero(pool.strata == code) for code in range(len(pool.stratum_names))]
    sizes = np.array([pool.cost[rows].sum() for rows in strata], dtype=np.int64)
    shares = quotas(sizes, budget, quota).tolist()
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
