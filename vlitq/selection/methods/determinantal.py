"""Spanning much: determinantal point processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.dpp import dpp_map_of
from vlitq.selection.methods.parts import Part, in_parts
from vlitq.selection.methods.spending import filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector

PART = 5000  # rows that span a volume at a time


@dataclass(frozen=True)
class Dpp(Selector):
    """The rows that span the largest volume, greedily: good ones, and none that others already nearly make up.

    weight: how much the score counts; the kernel is q_i s_ij q_j with q = exp(weight · score / 2), so that 0 leaves
    the score out. kernel: s is the `gaussian` of the distance, of width `width`, or `linear`, the cosine; of a linear
    one no more rows add volume than the vectors have numbers, and the best of the rest fill the budget.
    feature: the vectors, a stored feature or `joint` (image and text). part: where more rows have vectors, random
    parts of about so many are walked one by one, each with its share p of the budget: time grows with rows · p²,
    memory is 8 · part · p bytes. Rows without a vector only fill the budget.
    """

    name = "dpp"
    description = "The rows that span the largest volume: good ones, none that others nearly make up."
    source = "Chen et al. 2018, arXiv 1709.05135 (fast greedy MAP inference)"

    weight: float = 1.0
    kernel: Literal["gaussian", "linear"] = "gaussian"
    width: float = 0.5
    feature: str = JOINT
    part: int = PART

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 100:
            raise SelectionError(f"method 'dpp': weight {self.weight} is not between 0 and 100")
        if self.width <= 0:
            raise SelectionError(f"method 'dpp': width {self.width} is not a distance above 0")
        if self.part < 1:
            raise SelectionError(f"method 'dpp': part {self.part} is not a number of rows, 1 or more")

    @property
    def needs_score(self) -> bool:
        """Unless it weighs nothing."""
        return self.weight > 0

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """The greedy order from the best row on, as far as rows add volume, in parts where there are too many rows."""
        vectors = vectors_of(pool, self.feature)
        quality = np.exp(self.weight * pool.score[vectors.rows] / 2)
        width = self.width if self.kernel == "gaussian" else None

        def part(within: Array, picks: int) -> Part:
            order, spanning = dpp_map_of(vectors.x[within], quality[within], picks, None, width)
            return Part(vectors.rows[within[order[:spanning]]])

        found = in_parts(np.arange(len(vectors.rows)), most_rows(pool, budget), self.part, rng, part)
        return filled(pool, found.order, budget, "it adds no volume to the rows taken, or has no vector")


METHODS: tuple[type[Selector], ...] = (Dpp,)
