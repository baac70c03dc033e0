"""Standing for all others: facility location, graph cut, and quality with diversity (QDIT)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vlitq.counted import counted
from vlitq.schema import Array
from vlitq.selection.maths.facility_location import Optimizer, cover_of
from vlitq.selection.maths.graph_cut import graph_cut_of
from vlitq.selection.maths.greedy_cover import Cover
from vlitq.selection.maths.qdit import Terms, qdit_cover_of
from vlitq.selection.methods.parts import Part, in_parts
from vlitq.selection.methods.spending import filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector

PART = 20_000  # rows that are compared with each other at a time: 1.6 GB of similarities
Covering = Callable[[Array, Array, int], Cover]


@dataclass(frozen=True)
class FacilityLocation(Selector):
    """The rows that represent all others best: the sum over all rows of the cosine to the nearest row taken.

    optimizer: `lazy`, in every step the row that gains most, or `stochastic`, the best of a random few, whose number
    `epsilon` sets. exchange: afterwards each row taken gives way to the one that adds most in its place, where that is
    more; none: where 100 rows or more are taken at a time. feature: the vectors, a stored feature or `joint`.
    part: where more rows have vectors, random parts of about so many are covered one by one, each with its share of
    the budget: memory is 4 · part² bytes, time grows with rows · part. Rows without a vector only fill the budget.
    shortlist: cover, and take of, only the best-ranked rows with a vector, so many times the budget; none for all.
    """

    name = "facility_location"
    description = "The rows that represent all others best, each other row by the most similar of them."
    source = (
        "Nemhauser et al. 1978, doi 10.1007/BF01588971; stochastic: Mirzasoleiman et al. 2015, arXiv 1409.7938; "
        "exchange: after Teitz and Bart 1968, Operations Research 16"
    )

    optimizer: Optimizer = "lazy"
    epsilon: float = 0.01
    exchange: bool | None = None
    feature: str = JOINT
    part: int = PART
    shortlist: float | None = None

    def __post_init__(self) -> None:
        _check_part(self.name, self.part)
        if self.shortlist is not None and self.shortlist < 1:
            raise SelectionError(f"method {self.name!r}: shortlist {self.shortlist} is less than the budget, once")
        if not 0 < self.epsilon < 1:
            raise SelectionError(f"method {self.name!r}: epsilon {self.epsilon} is not between 0 and 1")

    @property
    def needs_score(self) -> bool:
        """Only for a shortlist."""
        return self.shortlist is not None

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """The greedy order after its exchange, in parts where there are too many rows."""

        def cover(x: Array, rows: Array, picks: int) -> Cover:  # noqa: ARG001  # quality is not asked for
            return cover_of(x, picks, self.optimizer, rng, self.epsilon, self.exchange)

        most = len(pool) if self.shortlist is None else int(self.shortlist * most_rows(pool, budget))
        return _covered(pool, budget, self.feature, self.part, rng, cover, most)


@dataclass(frozen=True)
class Qdit(Selector):
    """Facility location with the score of each row taken added: (1 − alpha) · gain + alpha · score.

    alpha: 0 is facility location, 1 the ranking; the paper's best were 0.5 to 0.9. terms: `sums` adds the two as the
    paper does, `means` keeps the mean cosine of all rows and the mean score of those taken. The score is the fused
    rank, between 0 and 1. feature, part: as in `facility_location`.
    """

    name = "qdit"
    description = "Quality and diversity: facility location with the score of each row taken added."
    source = "Bukharin et al. 2023, arXiv 2311.14736, section 3.2"

    alpha: float = 0.7
    terms: Terms = "sums"
    feature: str = JOINT
    part: int = PART

    def __post_init__(self) -> None:
        _check_part(self.name, self.part)
        if not 0 <= self.alpha <= 1:
            raise SelectionError(f"method {self.name!r}: alpha {self.alpha} is not between 0 and 1")

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """The greedy order, in parts where there are too many rows."""

        def cover(x: Array, rows: Array, picks: int) -> Cover:
            return qdit_cover_of(pool.score[rows], x, picks, self.alpha, self.terms)

        return _covered(pool, budget, self.feature, self.part, rng, cover)


@dataclass(frozen=True)
class GraphCut(Selector):
    """Rows similar to all rows and not to each other: Σ_{i, j in S} s_ij over all i, less λ times that over i in S.

    tradeoff: λ. Up to 0.5 no pick lowers the sum, where cosines are not negative; a larger one tells rows apart more.
    feature: the vectors, a stored feature or `joint` (image and text). Time grows with rows · dim · budget, memory
    with rows · dim. Rows without a vector only fill the budget.
    """

    name = "graph_cut"
    description = "Rows that are similar to all rows and not to each other."
    source = "Kaushal et al. 2022, arXiv 2202.10680 (submodlib), whose convention it is"

    tradeoff: float = 0.5
    feature: str = JOINT

    def __post_init__(self) -> None:
        if not 0 <= self.tradeoff < np.inf:
            raise SelectionError(f"method {self.name!r}: tradeoff {self.tradeoff} is not 0 or more")

    @property
    def needs_score(self) -> bool:
        """Never."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """The greedy order."""
        vectors = vectors_of(pool, self.feature)
        order = graph_cut_of(vectors.x, most_rows(pool, budget), self.tradeoff)
        return filled(pool, vectors.rows[order], budget, f"it has no {self.feature} vector")


def _check_part(method: str, part: int) -> None:
    if part < 1:
        raise SelectionError(f"method {method!r}: part {part} is not a number of rows, 1 or more")


def _covered(  # what it covers, how far, and by what
    pool: Pool, budget: int, feature: str, size: int, rng: np.random.Generator, cover: Covering, most: int | None = None
) -> Choice:
    """The cover of a pool's vectors, what the budget buys of it, and by which row taken each other is represented.

    Of more than `most` rows with a vector only the best-ranked are covered.
    """
    vectors = vectors_of(pool, feature)

    def part(within: Array, picks: int) -> Part:
        rows = vectors.rows[within]
        found = cover(vectors.x[within], rows, picks)
        return Part(rows[found.order], _reasons(pool, rows, found))

    best = _best(pool, vectors.rows, len(pool) if most is None else most)
    found = in_parts(best, most_rows(pool, budget), size, rng, part)
    why = f"not among the best {len(best)} of {len(vectors.rows)} rows with a vector"
    told = dict.fromkeys(np.delete(vectors.rows, best).tolist(), why)
    return filled(pool, found.order, budget, f"it has no {feature} vector", told | found.reasons)


def _best(pool: Pool, rows: Array, most: int) -> Array:
    """Which of `rows` are the best-ranked `most`, ascending places among them."""
    place = np.empty(len(pool), np.int64)
    place[pool.ranking()] = np.arange(len(pool))
    return np.sort(np.argsort(place[rows], kind="stable")[:most])


def _reasons(pool: Pool, rows: Array, found: Cover) -> dict[int, str]:
    """Of each row taken how many it represents; of the others which row represents them, and their cosine."""
    if not len(found.order):
        return {}
    nearest = pool.ids(rows[found.nearest])
    told = {
        position: f"{name!r} represents it, with a cosine of {cosine:.3f}"
        for position, name, cosine in zip(rows.tolist(), nearest.tolist(), found.similarity.tolist(), strict=True)
    }
    counts = np.bincount(found.nearest, minlength=len(rows))[found.order]
    told |= {
        position: f"it represents {counted(count, 'row')} and gained {gain:.3f}"
        for position, count, gain in zip(rows[found.order].tolist(), counts.tolist(), found.gain.tolist(), strict=True)
    }
    return told


METHODS: tuple[type[Selector], ...] = (FacilityLocation, GraphCut, Qdit)
