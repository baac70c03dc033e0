"""ICONS: how many scores have a row among their best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.budget import spend
from vlitq.selection.maths.votes import mean_rank, vote_counts
from vlitq.selection.methods.spending import most_rows
from vlitq.selector import Choice, Pool, SelectionError, Selector


@dataclass(frozen=True)
class Icons(Selector):
    """The rows that most of several scores have among their best; equal votes are decided by the mean rank.

    columns: the scores that vote, full names parted by commas, with a sign where high or low values are to be better;
    without it the columns of the ranking vote. share: of the rows, what each votes for; without it the budget's share,
    as in the paper. Votes and ranks are taken within each stratum. A score does not vote for a row it does not have.
    """

    name = "icons"
    description = "The rows that most scores have among their best."
    source = "ICONS, Wu et al. 2025, arXiv 2501.00654: its vote; there over influence on tasks, by gradients"

    columns: str | None = None
    share: float | None = None

    def __post_init__(self) -> None:
        if self.share is not None and not 0 < self.share <= 1:
            raise SelectionError(f"method 'icons': share {self.share:g} is not above 0 and at most 1")

    @property
    def needs_score(self) -> bool:
        """Only where no columns are named."""
        return self.columns is None

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """Down the number of votes."""
        names = named(self.columns, pool, self.name)
        scores = np.column_stack([pool.better(name) for name in names])
        votes, rank = np.zeros(len(pool), dtype=np.int64), np.zeros(len(pool))
        share = self.share or max(most_rows(pool, budget), 1) / len(pool)
        for code in np.unique(pool.strata):
            rows = np.flatnonzero(pool.strata == code)
            votes[rows], rank[rows] = vote_counts(scores[rows], share), mean_rank(scores[rows])
        taken = spend(np.lexsort((-rank, -votes)), pool.cost, budget)
        return Choice(taken, {at: _why(votes[at], rank[at], scores[at], names) for at in taken.tolist()})


def named(columns: str | None, pool: Pool, method: str) -> tuple[str, ...]:
    """The columns an option names, or those of the ranking. Raises `SelectionError` where neither names one."""
    names = pool.ranked if columns is None else tuple(filter(None, (name.strip() for name in columns.split(","))))
    if not names:
        raise SelectionError(f"method {method!r} needs columns: name them (columns='a.b,-c.d') or rank by them (by)")
    return names


def _why(votes: int, rank: float, scores: Array, names: tuple[str, ...]) -> str:
    without = [name for name, score in zip(names, scores, strict=True) if np.isnan(score)]
    more = f"; none of {', '.join(without)}, which it does not have" if without else ""
    return f"{votes} of {len(names)} votes, mean rank {rank:.3f}{more}"


METHODS: tuple[type[Selector], ...] = (Icons,)
