"""DICS: a shortlist of the best that adapts to the budget, then farthest points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.shortlist import dics, shortlist_size
from vlitq.selection.methods.spending import filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, Selector


@dataclass(frozen=True)
class Dics(Selector):
    """A shortlist of the best rows, twice the budget, and of them rows that are far apart.

    Where the budget is half of the rows, the best are taken; above, the best are a core, and the rest of the budget
    goes to the rows farthest from it. The paper's score is the smaller of what the image tells a vision-language model
    about the answer and the answer about the instruction: rank by a `min` of two such columns.
    feature: the vectors. Time grows with shortlist × budget × dim, memory with rows × dim. Far points are odd ones:
    what is broken and scores well is taken first, so gate it away.
    """

    name = "dics"
    description = "Rows far apart, of a shortlist of the best that is twice the budget."
    source = "after DICS, arXiv 2608.30209 (its selection; the farthest points above half the rows are ours to define)"

    feature: str = JOINT

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """Good rows that differ."""
        vectors = vectors_of(pool, self.feature)
        score = np.empty(len(pool))
        score[pool.ranking()] = -np.arange(len(pool))
        most = min(most_rows(pool, budget), len(vectors.rows))
        order = vectors.rows[dics(score[vectors.rows], vectors.x, most)]
        why = f"it has no {self.feature} vector, so its distance to the others is unknown"
        return filled(pool, order, budget, why, _reasons(score, vectors.rows, order))


def _reasons(score: Array, rows: Array, order: Array) -> dict[int, str]:
    """Of the rows not taken which side of the shortlist they are on; of the far ones taken, that they are."""
    size = shortlist_size(len(rows), len(order))
    core = max(2 * len(order) - len(rows), 0)
    best = rows[np.argsort(-score[rows], kind="stable")]
    taken = set(order.tolist())
    if 2 * len(order) == len(rows):
        return {row: f"not among the best {size} of {len(rows)} rows" for row in best[size:].tolist()}
    reasons = {row: f"not on the shortlist of the best {size} of {len(rows)} rows" for row in best[size:].tolist()}
    reasons |= {row: f"in the core of the best {core} of {len(rows)} rows" for row in order[:core].tolist()}
    number = enumerate(order[core:].tolist(), start=1)
    reasons |= {row: f"number {place} of the rows far apart among the best {size}" for place, row in number}
    near = (row for row in best[core:size].tolist() if row not in taken)
    return reasons | dict.fromkeys(near, f"on the shortlist of the best {size}, but near a row that is kept")


METHODS: tuple[type[Selector], ...] = (Dics,)
