"""By chance, weighed by the score: temperature sampling and soft-cap sampling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.budget import spend
from vlitq.selection.maths.sampling import first_of_each, gumbel_top_k, soft_cap_draws, standardised
from vlitq.selection.methods.spending import most_rows
from vlitq.selector import Choice, Pool, SelectionError, Selector


@dataclass(frozen=True)
class Temperature(Selector):
    """Rows drawn without replacement in proportion to exp(z / temperature), z the standardised score.

    temperature: 0 takes the highest, infinity draws at random. column: draw by its values, the better end up, instead
    of by the fused score. Values are standardised within their stratum; a row without one is drawn as the mean is.
    """

    name = "temperature"
    description = "Rows drawn at random, by the softmax of the standardised score over a temperature."
    source = "QuRating, Wettig et al. 2024, arXiv 2402.09739; drawn by Gumbel top-k, Kool et al. 2019, arXiv 1903.06059"

    temperature: float = 1.0
    column: str | None = None

    def __post_init__(self) -> None:
        if not self.temperature >= 0:
            raise SelectionError(f"method 'temperature': temperature {self.temperature:g} is below 0")

    @property
    def needs_score(self) -> bool:
        """Only where no column is named."""
        return self.column is None

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """All rows in the order drawn, as far as the budget goes."""
        z, unknown = _z(pool, self.column)
        order = np.lexsort((-pool.second, -z))
        if self.temperature:
            order = gumbel_top_k(z / self.temperature, len(pool), rng)
        taken = spend(order, pool.cost, budget)
        return Choice(taken, {at: unknown[at] for at in taken.tolist() if at in unknown})


@dataclass(frozen=True)
class SoftCap(Selector):
    """Rows drawn again and again, each draw lowering the row's log-weight, until as many differ as the budget buys.

    The log-weights are z / temperature, z the standardised score or `column`. repetition_penalty: by how much a draw
    lowers them. Which rows are taken does not depend on it; how often each was drawn, and so ought to be repeated in
    training, is told in its reason. repeats: let the budget buy draws, as the paper does; fewer rows are then taken.
    """

    name = "soft_cap"
    description = "Rows drawn with a penalty on repeats; how often each was drawn is told in its reason."
    source = "Soft Cap Sampling: Shechter & Carmon 2025, arXiv 2503.08805 (repetition penalty 0.15)"

    repetition_penalty: float = 0.15
    temperature: float = 1.0
    column: str | None = None
    repeats: bool = False

    def __post_init__(self) -> None:
        for name in ("repetition_penalty", "temperature"):
            if not 0 < getattr(self, name) < np.inf:
                raise SelectionError(f"method 'soft_cap': {name} {getattr(self, name):g} is not a number above 0")

    @property
    def needs_score(self) -> bool:
        """Only where no column is named."""
        return self.column is None

    @property
    def fills(self) -> bool:
        """Not where the budget is spent on repeats."""
        return not self.repeats

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """The rows drawn, in the order of their first draw."""
        z, unknown = _z(pool, self.column)
        rows = len(pool) if (pool.cost != 1).any() else most_rows(pool, budget)
        draws = soft_cap_draws(z / self.temperature, rows, rng, self.repetition_penalty)
        if self.repeats:
            draws = draws[: np.searchsorted(np.cumsum(pool.cost[draws]), budget, side="right")]
            taken = first_of_each(draws)
        else:
            taken = spend(first_of_each(draws), pool.cost, budget)
            draws = draws[: int(np.argmax(draws == taken[-1])) + 1] if len(taken) else draws[:0]
        times = np.bincount(draws, minlength=len(pool))
        reasons = {at: f"drawn {_times(times[at])}" for at in taken.tolist()}
        reasons |= {at: f"{why}; {unknown[at]}" for at, why in reasons.items() if at in unknown}
        if self.repeats:
            why = f"not drawn: {len(taken)} rows were drawn {_times(len(draws))}, which is the budget"
            reasons |= dict.fromkeys(np.flatnonzero(times == 0).tolist(), why)
        return Choice(taken, reasons)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _z(pool: Pool, column: str | None) -> tuple[Array, dict[int, str]]:
    """Standardised values, 0 where there is none, and a word on each row of which that is so."""
    z = standardised(pool.score if column is None else pool.better(column), pool.strata)
    unknown = np.flatnonzero(np.isnan(z)).tolist()
    return np.where(np.isnan(z), 0.0, z), dict.fromkeys(unknown, f"it has no {column}: drawn as the mean is")


METHODS: tuple[type[Selector], ...] = (Temperature, SoftCap)
