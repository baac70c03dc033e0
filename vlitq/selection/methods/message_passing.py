"""D2 pruning: difficulty passed along a graph of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.d2 import Neighbours, d2_pruning, nearest_neighbours
from vlitq.selection.methods.spending import Vectors, filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector


@dataclass(frozen=True)
class D2Pruning(Selector):
    """The best rows of the best surroundings: each row's score grows by its neighbours' scores, the highest is taken,
    and its neighbours lose by it, so that the next comes from elsewhere.

    neighbours: how many each row passes to. gamma_f, gamma_r: how fast messages forward and back weaken with distance;
    a small gamma_r bars all neighbours of what is kept, a large one only its copies. distance: `squared` Euclidean, or
    `euclidean`; the authors' code has both. The defaults are those of the runs on VLIT data in COINCIDE's code.
    feature: the vectors. Time grows with rows² x dim for the exact graph, memory with rows x (dim + neighbours).
    """

    name = "d2_pruning"
    description = "Scores passed along a graph of neighbours: hard rows of dense places first, then away from them."
    source = "Maharana et al. 2023, arXiv 2310.07931 (as the authors' code computes it)"

    neighbours: int = 5
    gamma_f: float = 1.0
    gamma_r: float = 0.4
    distance: Literal["squared", "euclidean"] = "squared"
    feature: str = JOINT

    def __post_init__(self) -> None:
        for option in ("neighbours", "gamma_f", "gamma_r"):
            if getattr(self, option) < 0:
                raise SelectionError(f"method 'd2_pruning': {option} = {getattr(self, option)} is below 0")

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """By score and what is passed on."""
        vectors = vectors_of(pool, self.feature)
        near = nearest_neighbours(vectors.x, self.neighbours)
        far = near.squared_distance() if self.distance == "squared" else near.distance()
        scores = pool.score[vectors.rows]
        most = most_rows(pool, budget)
        order = vectors.rows[d2_pruning(scores, near.index, far, most, self.gamma_f, self.gamma_r)]
        why = f"it has no {self.feature} vector, so it passes nothing on"
        return filled(pool, order, budget, why, _reasons(pool, vectors, near, order))


def _reasons(pool: Pool, vectors: Vectors, near: Neighbours, order: Array) -> dict[int, str]:
    """Of each row not taken the nearest of its neighbours that is taken."""
    if not near.index.shape[1]:
        return {}
    taken = np.zeros(len(pool), dtype=bool)
    taken[order] = True
    kept = taken[vectors.rows][near.index]
    losing = np.flatnonzero(~taken[vectors.rows] & kept.any(axis=1))
    first = kept[losing].argmax(axis=1)
    names = pool.ids(vectors.rows[near.index[losing, first]]).tolist()
    told = zip(vectors.rows[losing].tolist(), names, near.cosine[losing, first].tolist(), strict=True)
    return {row: f"its cosine to {name!r}, which is kept and lowers it, is {cosine:.3f}" for row, name, cosine in told}


METHODS: tuple[type[Selector], ...] = (D2Pruning,)
