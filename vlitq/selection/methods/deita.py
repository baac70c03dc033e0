"""The method of DEITA: walk down the ranking and skip what is too close to what is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.deita import BLOCK, Walk
from vlitq.selection.methods.spending import filled
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector


@dataclass(frozen=True)
class Deita(Selector):
    """Rows in order of score, each kept only if its cosine to every row kept so far is at most `threshold`.

    feature: the vectors compared, a stored feature or `joint` (image and text). A row without a vector is taken by
    its rank.
    fill: where the filter runs dry before the budget is spent, spend the rest on the best of the skipped rows.
    Time grows with rows walked × rows kept, memory with rows kept × dim.
    """

    name = "deita"
    description = "The highest scores, skipping rows too close to one already taken."
    source = "Liu et al. 2023, arXiv 2312.15685 (REPR filter, threshold 0.9)"

    threshold: float = 0.9
    feature: str = JOINT
    fill: bool = True

    def __post_init__(self) -> None:
        if not -1 <= self.threshold <= 1:
            raise SelectionError(f"method 'deita': threshold {self.threshold} is not a cosine, between -1 and 1")

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """The best rows that differ, then, with `fill`, the best of the others."""
        walked = _walked(self, pool, pool.ranking(), budget)
        return filled(pool, walked.order, budget, "no other row is far enough", walked.reasons) if self.fill else walked


def _walked(method: Deita, pool: Pool, ranking: Array, budget: int) -> Choice:
    """The rows kept on the way down the ranking until the budget is spent, and why others were not."""
    walk, taken, reasons = Walk(method.threshold), [np.zeros(0, np.int64)], dict[int, str]()
    for start in range(0, len(ranking), BLOCK):
        if budget == 0:
            break
        block = ranking[start : start + BLOCK]
        vectors, cost = pool.feature(method.feature, block), pool.cost[block].astype(np.int64)
        found = walk.visit(vectors, cost, budget)
        taken.append(block[found.kept])
        budget -= int(cost[found.kept].sum())
        for at in np.flatnonzero(found.near >= 0).tolist():
            near = pool.ids(ranking[found.near[at]])
            reasons[int(block[at])] = (
                f"its cosine to {near!r}, which is kept, is {found.cosine[at]:.3f}, above {method.threshold:g}"
            )
        for position in block[found.kept & ~np.isfinite(vectors.sum(axis=1))].tolist():
            reasons[position] = f"it has no {method.feature} vector, so it is compared with nothing"
    return Choice(np.concatenate(taken), reasons)


METHODS: tuple[type[Selector], ...] = (Deita,)
