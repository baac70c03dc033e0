"""Self-Filter: the most difficult, each pick lowering its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.self_filter import Filtered, self_filter_of
from vlitq.selection.methods.spending import filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector


@dataclass(frozen=True)
class SelfFilter(Selector):
    """The highest score again and again; the nearest neighbours of each row taken lose by it.

    The score, in [0, 1], stands for the difficulty d: with i taken, each of the `k_nearest` rows j nearest to it that
    are left loses gamma · d_i · cos²(i, j). gamma = 0 takes the best. feature: the vectors. Time grows with
    rows² × dim for the exact graph of neighbours, memory with rows × (dim + neighbours). Mislabelled rows are
    difficult too: gate them away. Once no score above 0 is left, as in small or dense data, each pick raises its
    neighbours, as the formula has it. In the paper the difficulty is learnt together with the model to be tuned.
    """

    name = "self_filter"
    description = "The most difficult rows, each lowering its nearest neighbours by how alike they are."
    source = "Chen et al. 2024, arXiv 2402.12501 (neighbours among rows not taken, as in the authors' code)"

    gamma: float = 1.0
    k_nearest: int = 10
    feature: str = JOINT

    def __post_init__(self) -> None:
        for option in ("gamma", "k_nearest"):
            if not getattr(self, option) >= 0:
                raise SelectionError(
                    f"method 'self_filter': {option} = {getattr(self, option)}; give 0 or more (0 takes the best rows)"
                )

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """By difficulty, lowered near what is taken."""
        ranking = pool.ranking()
        vectors = vectors_of(pool, self.feature)
        # Rows in order of rank, so that equal difficulties go by the second score and the hash.
        ranked = ranking[np.isin(ranking, vectors.rows)]
        x = vectors.x[np.searchsorted(vectors.rows, ranked)]
        found = self_filter_of(pool.score[ranked], x, most_rows(pool, budget), self.gamma, self.k_nearest)
        why = f"it has no {self.feature} vector, so it is no row's neighbour"
        return filled(pool, ranked[found.order], budget, why, _reasons(ranked, pool.score[ranked], found))


def _reasons(rows: Array, before: Array, found: Filtered) -> dict[int, str]:
    """Of each row whose score the rows taken before it have changed, from what to what."""
    changed = np.flatnonzero(found.difficulty != before)
    told = zip(rows[changed].tolist(), before[changed].tolist(), found.difficulty[changed].tolist(), strict=True)
    return {row: f"its score {was:.3f} became {now:.3f} by neighbours taken before it" for row, was, now in told}


METHODS: tuple[type[Selector], ...] = (SelfFilter,)
