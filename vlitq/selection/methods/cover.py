"""Far apart: k-center and farthest-point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.k_center import Centers, centers
from vlitq.selection.methods.spending import Vectors, filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, Selector

Start = Literal["best-ranked", "central"]


@dataclass(frozen=True)
class KCenter(Selector):
    """Each next row is the one farthest from all taken, so that no row is far from a row that is taken.

    start: the first row is the `best-ranked` one, or the `central` one, nearest to the mean; then nothing is ranked.
    feature: the vectors, a stored feature or `joint` (image and text); distances are Euclidean, at most 2.
    Rows without a vector are taken by rank, and only to fill the budget. Takes what is unlike all else first, faulty
    rows among it: gate them out. Time grows with rows · dim · budget, memory with rows · dim.
    """

    name = "k_center"
    description = "The row farthest from all taken so far, until the budget is spent: no row is left far from them."
    source = "Gonzalez 1985, doi 10.1016/0304-3975(85)90224-5; Sener & Savarese 2018, arXiv 1708.00489"

    start: Start = "best-ranked"
    feature: str = JOINT

    @property
    def needs_score(self) -> bool:
        """Only where the first row is the best-ranked one."""
        return self.start == "best-ranked"

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """From the first row on, always the farthest."""
        return farthest_first(pool, budget, self.feature, self.start)


@dataclass(frozen=True)
class FarthestPoint(Selector):
    """Farthest-point sampling: `k_center` from the best-ranked row, by the name that other fields call it.

    feature: as in `k_center`.
    """

    name = "farthest_point"
    description = "Farthest-point sampling from the best-ranked row: `k_center` by its other name."
    source = "Eldar et al. 1997, doi 10.1109/83.623193"

    feature: str = JOINT

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """From the best-ranked row on, always the farthest."""
        return farthest_first(pool, budget, self.feature, "best-ranked")


def farthest_first(pool: Pool, budget: int, feature: str, start: Start) -> Choice:
    """The k-center order of a pool's vectors, what the budget buys of it, and how far apart its rows are."""
    vectors = vectors_of(pool, feature)
    found = centers(vectors.x, most_rows(pool, budget), _first(pool, vectors) if start == "best-ranked" else None)
    why = f"it has no {feature} vector"
    return filled(pool, vectors.rows[found.order], budget, why, _reasons(pool, vectors.rows, found))


def _first(pool: Pool, vectors: Vectors) -> int:
    """The best-ranked row among those with vectors, as a position among them; 0 where there are none."""
    place = np.empty(len(pool), np.int64)
    place[pool.ranking()] = np.arange(len(pool))
    return int(np.argmin(place[vectors.rows])) if len(vectors.rows) else 0


def _reasons(pool: Pool, rows: Array, found: Centers) -> dict[int, str]:
    """Of each row taken how far it was from those before; of the others the nearest row taken."""
    if not len(found.order):
        return {}
    nearest = pool.ids(rows[found.nearest])
    told = {
        position: f"its distance to {name!r}, the nearest row taken, is {radius:.3f}"
        for position, name, radius in zip(rows.tolist(), nearest.tolist(), found.radius.tolist(), strict=True)
    }
    told |= {
        position: f"its distance to the rows taken before was {distance:.3f}"
        for position, distance in zip(rows[found.order].tolist(), found.distance.tolist(), strict=True)
    }
    told[int(rows[found.order[0]])] = "the row it starts from"
    return told


METHODS: tuple[type[Selector], ...] = (KCenter, FarthestPoint)
