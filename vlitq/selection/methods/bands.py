"""By where a row stands: all rows whose value lies within limits, and the rows in a band of the ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.budget import spend
from vlitq.selector import Choice, Pool, SelectionError, Selector

_ROUNDING = 1e-12  # of a quantile, so that a row exactly at an end of the band is in it


@dataclass(frozen=True)
class Threshold(Selector):
    """The rows whose value lies within limits, the best ranked first, and no other: the budget is a ceiling.

    column: whose values, as they were scored; without one the fused score, in [0, 1]. at_least, at_most: the limits,
    both inclusive. A row without a value is not within.
    """

    name = "threshold"
    description = "The rows whose value lies within limits, best ranked first; fewer than the budget where fewer do."

    column: str | None = None
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        low, high = self._limits()
        if not low <= high:
            raise SelectionError(f"method 'threshold': nothing is at least {low:g} and at most {high:g}")
        if self.column is not None and self.at_least is None and self.at_most is None:
            raise SelectionError(f"method 'threshold': say what {self.column} is to be, at_least or at_most")

    @property
    def fills(self) -> bool:
        """Never: a threshold is a promise."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """Down the ranking of the rows within."""
        name, values = self.column or "score", pool.column(self.column) if self.column else pool.score
        if values.dtype == object:
            raise SelectionError(f"method 'threshold': {name} holds labels; use a gate: {name} == '...'")
        low, high = (as_stored(limit, values) for limit in self._limits())
        within = (values >= low) & (values <= high)
        reasons = {at: self._why_not(name, float(values[at]), low) for at in np.flatnonzero(~within).tolist()}
        ranking = pool.ranking()
        return Choice(spend(ranking[within[ranking]], pool.cost, budget), reasons)

    def _limits(self) -> tuple[float, float]:
        low = -np.inf if self.at_least is None else self.at_least
        return low, np.inf if self.at_most is None else self.at_most

    def _why_not(self, name: str, value: float, low: float) -> str:
        if np.isnan(value):
            return f"it has no {name}"
        limit = f"below {self.at_least:g}" if value < low else f"above {self.at_most:g}"
        return f"its {name} is {value:g}, {limit}"


@dataclass(frozen=True)
class Band(Selector):
    """The rows in a band of the ranking, those nearest to its middle first.

    low, high: quantiles of the ranking, 0 the worst row and 1 the best. fill: spend what the band leaves of the budget
    on the rows nearest to it.
    """

    name = "band"
    description = "The rows in a band of the ranking, the nearest to its middle first."
    source = "mid-perplexity: Marion et al. 2023, arXiv 2309.04564; PPL-mid in mmSSR, arXiv 2503.13383"

    low: float = 0.25
    high: float = 0.75
    fill: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 1:
            raise SelectionError(f"method 'band': low {self.low:g} and high {self.high:g} are not in order from 0 to 1")

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """Outwards from the middle of the band, up to its ends or, with `fill`, beyond."""
        quantile = _quantiles(pool)
        within = (quantile >= self.low - _ROUNDING) & (quantile <= self.high + _ROUNDING)
        ranking = pool.ranking()
        distance = np.abs(quantile - (self.low + self.high) / 2).round(12)
        order = ranking[np.lexsort((distance[ranking], ~within[ranking]))]
        taken = spend(order if self.fill else order[within[order]], pool.cost, budget)
        told = taken[~within[taken]] if self.fill else np.flatnonzero(~within)
        return Choice(taken, {at: self._outside(quantile[at]) for at in told.tolist()})

    def _outside(self, quantile: float) -> str:
        why = f"at quantile {quantile:.3f} of the ranking, outside the band from {self.low:g} to {self.high:g}"
        return f"fills the budget: {why}" if self.fill else why


def as_stored(limit: float, values: Array) -> float:
    """A limit rounded as the values are, or 0.9 in float32 would not be at least 0.9."""
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
        return float(np.float32(limit)) if np.array_equal(single, values, equal_nan=True) else limit


def _quantiles(pool: Pool) -> Array:
    """Where each row stands in the ranking, (rank from the worst - 1/2) / n, in (0, 1)."""
    quantile = np.empty(len(pool))
    quantile[pool.ranking()] = 1 - (np.arange(len(pool)) + 0.5) / len(pool)
    return quantile


METHODS: tuple[type[Selector], ...] = (Threshold, Band)
