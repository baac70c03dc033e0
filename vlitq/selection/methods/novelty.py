"""NovelSelect: greedily the most novel, weighed by density."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.novelselect import Novel, novel_rows
from vlitq.selection.methods.spending import filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector


@dataclass(frozen=True)
class NovelSelect(Selector):
    """A random row, and then always the one most novel to those taken; it does not rank.

    The novelty of a row is a mean of its distances to the rows taken, (1 − cos)(σ_i + σ_j) / rank^distance_power, the
    nearest first; σ, the mean squared distance to the `neighbours` nearest to the −density_power, is large where
    rows are dense. feature: the vectors. Time grows with rows × budget × dim and with budget² × dim for the
    rows looked at more closely, and with rows² × dim for σ; memory with rows × dim. Near copies have a very large σ,
    so that what little tells them apart counts as novel: take duplicates out first.
    """

    name = "novelselect"
    description = "Always the row most novel to those taken; distances count more where rows are dense."
    source = "Yang et al. 2025, arXiv 2502.17184 (as the authors' code computes it)"

    neighbours: int = 10
    density_power: float = 0.5
    distance_power: float = 1.0
    feature: str = JOINT

    def __post_init__(self) -> None:
        for option in ("neighbours", "density_power", "distance_power"):
            if not getattr(self, option) >= 0:
                raise SelectionError(f"method 'novelselect': {option} = {getattr(self, option)} is not 0 or more")

    @property
    def needs_score(self) -> bool:
        """Never."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """From a random row on; the seed draws it."""
        vectors = vectors_of(pool, self.feature)
        start = int(rng.integers(len(vectors.rows))) if len(vectors.rows) else 0
        powers = self.neighbours, self.density_power, self.distance_power
        found = novel_rows(vectors.x, most_rows(pool, budget), start, *powers)
        order = vectors.rows[found.order]
        why = f"it has no {self.feature} vector, so its novelty is unknown"
        return filled(pool, order, budget, why, _reasons(vectors.rows, found))


def _reasons(rows: Array, found: Novel) -> dict[int, str]:
    """How novel each row was when it was taken, and how novel the others can still be."""
    count = len(found.order)
    at_most = zip(rows.tolist(), found.at_most.tolist(), strict=True)
    reasons = {row: f"its novelty to the {count} rows taken is at most {value:.3g}" for row, value in at_most}
    told = zip(rows[found.order].tolist(), found.novelty.tolist(), strict=True)
    reasons |= {row: f"its novelty to the {n} taken before it is {value:.3g}" for n, (row, value) in enumerate(told)}
    return reasons | dict.fromkeys(rows[found.order[:1]].tolist(), "drawn at random as the first")


METHODS: tuple[type[Selector], ...] = (NovelSelect,)
