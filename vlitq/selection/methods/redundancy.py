"""Without what repeats: SemDeDup keeps one of near copies, PRISM what is least like the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.budget import spend
from vlitq.selection.maths.kmeans import spherical_kmeans
from vlitq.selection.maths.prism import prism
from vlitq.selection.maths.survivors import Rule
from vlitq.selection.methods.remaining import Wanted, remaining
from vlitq.selection.methods.spending import Vectors, filled, most_rows, vectors_of
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector

EXACT_ROWS = 50_000  # compared all with all without being asked: about a minute on two cores

Keep = Literal["score", "hard", "easy", "random"]
Search = Literal["auto", "exact", "partitions"]


@dataclass(frozen=True)
class SemDeDup(Selector):
    """One row of near copies stays: the one that counts first.

    feature: the vectors compared, a stored feature or `joint` (image and text). keep: which of two copies counts
    first: the better by `score`; the `hard` one, farther from the centre of its cluster, as in the paper; the `easy`
    one, nearer to it; or a `random` one. rule: `ranked` removes a copy of any row before it, as the paper does, even
    of one that is itself removed; `greedy` only of one that stays; `components` keeps one row of each chain of copies.
    epsilon: a cosine above 1 − epsilon makes two rows copies; none finds the epsilon that keeps as many as the budget
    buys. fill: where fewer stay than that, spend the rest on the best of the others. clusters: compare only within
    this many k-means clusters, as the paper does (50,000 of 440 million rows); 0 compares all with all. search:
    `exact`, or `partitions`, which misses about one pair in a hundred and says so; `auto` is exact up to 50,000 rows
    and within clusters.
    """

    name = "semdedup"
    description = "One of near copies, by the cosine of vectors."
    source = "Abbas et al. 2023, arXiv 2303.09540 (rule ranked, keep hard, within clusters)"

    feature: str = JOINT
    rule: Rule = "ranked"
    keep: Keep = "score"
    epsilon: float | None = None
    fill: bool = True
    clusters: int = 0
    search: Search = "auto"

    def __post_init__(self) -> None:
        if self.epsilon is not None and not 0 <= self.epsilon <= 2:
            raise SelectionError(f"method 'semdedup': epsilon {self.epsilon} is no cosine distance, between 0 and 2")
        if self.clusters < 0:
            raise SelectionError(f"method 'semdedup': clusters {self.clusters} is negative; 0 compares all with all")
        if self.clusters and self.search == "partitions":
            raise SelectionError("method 'semdedup': within clusters the search is exact; leave out one of the two")

    @property
    def needs_score(self) -> bool:
        """Only where the better of two copies is wanted."""
        return self.keep == "score"

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """The rows that stay, in the order they count; then, with `fill`, the best of the others."""
        known = vectors_of(pool, self.feature)
        order, clusters = self._order(pool, known, rng)
        wanted = Wanted(known.x, order, clusters, self.rule, self.epsilon, most_rows(pool, budget))
        found = remaining(wanted, rng if self._by_cells(len(order)) else None)
        taken = known.rows[order[found.stays[order]]]
        why = {int(known.rows[row]): text for row, text in found.told(pool.ids(known.rows)).items()}
        without = np.setdiff1d(np.arange(len(pool)), known.rows)
        why |= dict.fromkeys(without.tolist(), f"it has no {self.feature} vector, so it is compared with nothing")
        if self.fill:
            return filled(pool, taken, budget, "no other row is left that has no copy", why)
        return Choice(spend(taken, pool.cost, budget), why)

    def _order(self, pool: Pool, known: Vectors, rng: np.random.Generator) -> tuple[Array, Array | None]:
        """Positions among the known rows, the first to count first, and their clusters."""
        clusters = spherical_kmeans(known.x, self.clusters, rng) if self.clusters and len(known.rows) else None
        label = clusters.label if clusters else None
        if self.keep in {"score", "random"}:
            order = pool.ranking() if self.keep == "score" else pool.shuffled(rng)
            return np.argsort(np.argsort(order)[known.rows]), label
        nearness = clusters.similarity if clusters else known.x @ known.x.sum(axis=0, dtype=np.float64)
        return np.argsort(nearness if self.keep == "hard" else -nearness, kind="stable"), label

    def _by_cells(self, rows: int) -> bool:
        if self.search == "auto":
            return rows > EXACT_ROWS and not self.clusters
        return self.search == "partitions"


@dataclass(frozen=True)
class Prism(Selector):
    """The rows least correlated with all others, once the mean vector is taken off; nothing else is asked of them.

    feature: the vectors, by default the images'. Rows without a vector (text only) come first, as the paper keeps
    them all. The paper's vectors are the mean visual tokens of the model to be tuned, at a shallow layer, and not of
    unit length; a run's are its image encoder's, of unit length.
    """

    name = "prism"
    description = "The rows least like the rest, by correlation with the mean taken off."
    source = "Bi et al. 2025, arXiv 2502.12119"

    feature: str = "clip_image"

    @property
    def needs_score(self) -> bool:
        """Never."""
        return False

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """Rows without a vector, then the others from the lowest redundancy up."""
        known = vectors_of(pool, self.feature)
        redundancy = prism(known.x)
        ranking = pool.ranking()
        without = ranking[~np.isin(ranking, known.rows)]
        order = np.concatenate([without, known.rows[np.argsort(redundancy, kind="stable")]])
        return Choice(spend(order, pool.cost, budget), self._reasons(known, redundancy, without))

    def _reasons(self, known: Vectors, redundancy: Array, without: Array) -> Mapping[int, str]:
        said = dict.fromkeys(without.tolist(), f"it has no {self.feature} vector; PRISM keeps such rows")
        for row, value in zip(known.rows.tolist(), redundancy.tolist(), strict=True):
            said[row] = f"its mean correlation with all others is {value:.4f}"
        return said


METHODS: tuple[type[Selector], ...] = (SemDeDup, Prism)
