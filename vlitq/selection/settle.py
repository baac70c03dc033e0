"""Writes down what a method chose: a stage and a reason for every row, and what fell short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vlitq.schema import Array
from vlitq.selection.fields import Fields
from vlitq.selection.ledger import Ledger
from vlitq.selection.request import Request
from vlitq.selector import Choice, Pool, SelectionError


@dataclass(frozen=True)
class Outcome:
    """A method's choice: `pool` holds the run's `rows`, of which `choice` spends at most `amount`.

    Raises `SelectionError` when the method took a row twice, one that is not there, or more than the budget.
    """

    request: Request
    rows: Array
    pool: Pool
    choice: Choice
    amount: int

    def __post_init__(self) -> None:
        order, method = np.asarray(self.choice.order), self.request.method.name
        if len(np.unique(order)) != len(order) or not np.isin(order, np.arange(len(self.pool))).all():
            raise SelectionError(f"method {method!r} took a row twice or one outside the pool: its `choose` is wrong")
        if self.spent > self.amount:
            raise SelectionError(f"method {method!r} spent {self.spent} of {self.amount}: its `choose` is wrong")

    @property
    def spent(self) -> int:
        """Units of the budget."""
        return int(self.pool.cost[self.choice.order].sum())

    @property
    def taken(self) -> Array:
        """Row numbers of the run, int64, in the order taken."""
        return np.asarray(self.rows[self.choice.order])

    def facts(self, position: int) -> str:
        """Score and stratum of a row of the pool, where there are any."""
        score = f", score {self.pool.score[position]:.3f}" if self.request.method.needs_score else ""
        stratum = self.pool.stratum_names[self.pool.strata[position]]
        return score + (f", {self.request.stratify} {stratum!r}" if self.request.stratify else "")


def settle(outcome: Outcome, ledger: Ledger) -> None:
    """Decide the rows of the pool, which are the last that are open."""
    rows, choice = outcome.rows, outcome.choice
    ledger.decide(outcome.taken, "kept", _why_taken(outcome))
    taken = np.zeros(len(rows), dtype=bool)
    taken[choice.order] = True
    skipped = np.array([position for position in choice.reasons if not taken[position]], dtype=np.int64)
    ledger.decide(rows[skipped], "method", (choice.reasons[at] + outcome.facts(at) for at in skipped.tolist()))
    taken[skipped] = True
    left = np.flatnonzero(~taken)
    ledger.decide(rows[left], "budget", _why_left(outcome, left))


def _why_taken(outcome: Outcome) -> Iterator[str]:
    choice = outcome.choice
    for rank, position in enumerate(choice.order.tolist(), start=1):
        more = f"; {choice.reasons[position]}" if position in choice.reasons else ""
        yield f"number {rank} of {len(choice.order)} taken{outcome.facts(position)}{more}"


def _why_left(outcome: Outcome, left: Array) -> Iterator[str]:
    taken, pool = len(outcome.choice.order), outcome.pool
    rank = np.empty(len(pool), dtype=np.int64)
    rank[pool.ranking()] = np.arange(1, len(pool) + 1)
    for position in left.tolist():
        place = f"ranked {rank[position]} of {len(pool)}" if outcome.request.method.needs_score else "not drawn"
        yield f"{place}{outcome.facts(position)}; {taken} of {len(pool)} rows were taken"


def note_spending(outcome: Outcome, ledger: Ledger) -> None:
    """Say what was spent, and where the budget could not be, why."""
    unit, method, rows = outcome.request.unit, outcome.request.method.name, len(outcome.rows)
    short = outcome.amount - outcome.spent
    ledger.note(
        f"{len(outcome.taken)} of {rows} rows that pass are taken: "
        f"{outcome.spent} of a budget of {outcome.amount} {unit} ({outcome.request.budget})"
    )
    if short and len(outcome.taken) == rows:
        ledger.note(f"{short} {unit} short of the budget: no more rows pass")
    elif short:
        ledger.note(f"{short} {unit} short of the budget: no other row fits, or method {method!r} took no more")


def decisions(outcome: Outcome, fields: Fields, ledger: Ledger) -> pa.Table:
    """The table of `Selection.decisions()`."""
    rank = np.zeros(len(fields), dtype=np.int64)
    rank[outcome.taken] = np.arange(1, len(outcome.taken) + 1)
    score, stratum = np.full(len(fields), np.nan), np.full(len(fields), None, dtype=object)
    if outcome.request.method.needs_score:
        score[outcome.rows] = outcome.pool.score
    if outcome.request.stratify:
        stratum[outcome.rows] = np.array(outcome.pool.stratum_names, dtype=object)[outcome.pool.strata]
    return pa.table(
        {
            "row": pa.array(np.arange(len(fields)), pa.int64()),
            "id": pa.array(fields.row("id"), pa.string()),
            "kept": pa.array(rank > 0, pa.bool_()),
            "rank": pa.array(rank, pa.int64(), mask=rank == 0),
            "score": pa.array(score, pa.float64(), mask=np.isnan(score)),
            "stratum": pa.array(stratum, pa.string()),
            "stage": pa.array(ledger.stage, pa.string()),
            "reason": pa.array(ledger.reasons(), pa.string()),
        }
    )
