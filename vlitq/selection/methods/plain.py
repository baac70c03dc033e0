"""The plain methods: the best rows, random rows, and either of them with a quota for each stratum."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.budget import spend
from vlitq.selection.strata import Quota, quotas
from vlitq.selector import Choice, Pool, Selector
from vlitq.sorting import by_code


@dataclass(frozen=True)
class Top(Selector):
    """The highest scores."""

    name = "top"
    description = "The rows with the highest score."

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """Down the ranking."""
        return Choice(spend(pool.ranking(), pool.cost, budget))


@dataclass(frozen=True)
class Random(Selector):
    """Each row with the same chance: the control every selection has to beat."""

    name = "random"
    description = "Rows drawn at random without replacement."

    @property
    def needs_score(self) -> bool:
        """Never."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """Down a random order."""
        return Choice(spend(pool.shuffled(rng), pool.cost, budget))


@dataclass(frozen=True)
class Stratified(Selector):
    """A quota for each stratum, spent on its best or on random rows.

    quota: `proportional` to what the stratum holds after the gates, or `equal`. within: `score` takes the best of each
    stratum, `random` draws.
    """

    name = "stratified"
    description = "A quota for each stratum, spent on its best or on random rows."
    source = "largest remainder: Hamilton's method of apportionment"
    default_strata = "source"

    quota: Quota = "proportional"
    within: Literal["score", "random"] = "score"

    @property
    def needs_score(self) -> bool:
        """Only where the best of each stratum are wanted."""
        return self.within == "score"

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """Each stratum's quota, then what the quotas leave over."""
        order = pool.ranking() if self.within == "score" else pool.shuffled(rng)
        taken = np.zeros(len(pool), dtype=bool)
        taken[self._within_quotas(order, pool, budget)] = True
        # Rows that cost more than one unit leave change in the quotas; it goes to the best rows of any stratum.
        change = budget - int(pool.cost[taken].sum())
        taken[spend(order[~taken[order]], pool.cost, change)] = True
        return Choice(order[taken[order]])

    def _within_quotas(self, order: Array, pool: Pool, budget: int) -> Array:
        sizes = np.bincount(pool.strata, weights=pool.cost, minlength=len(pool.stratum_names)).astype(np.int64)
        shares = quotas(sizes, budget, self.quota)
        by_stratum = order[by_code(pool.strata[order])]
        bounds = np.searchsorted(pool.strata[by_stratum], np.arange(len(shares) + 1))
        parts = [by_stratum[start:stop] for start, stop in pairwise(bounds)]
        return np.concatenate([spend(part, pool.cost, int(share)) for part, share in zip(parts, shares, strict=True)])


METHODS: tuple[type[Selector], ...] = (Top, Random, Stratified)
