"""Writes down what a method chose: a stage and a reason for every row, and what fell short."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pyarrow as pa

from vlitq.schema import Array
from vlitq.selection.fields import Fields
from vlitq.selection.ledger import Ledger
from vlitq.selection.request import Request
from vlitq.selection.strata import names_in
from vlitq.selection.wording import TEXT, by_code, joined, three_decimals
from vlitq.selector import Choice, Pool, SelectionError


@dataclass(frozen=True)
class Outcome:
    """A method's choice: `pool` holds the run's `rows`, of which `choice` spends at most `amount`; the first `by_hand`
    of it are marked keep, and not the method's.

    Raises `SelectionError` when the method took a row twice, one that is not there, or more than the budget.
    """

    request: Request
    rows: Array
    pool: Pool
    choice: Choice
    amount: int
    by_hand: int = 0

    def __post_init__(self) -> None:
        order, method = np.asarray(self.choice.order), self.request.method.name
        outside = len(order) and not 0 <= order.min() <= order.max() < len(self.pool)
        if outside or (len(order) and np.bincount(order).max() > 1):
            raise SelectionError(f"method {method!r} took a row twice or one outside the pool: its `choose` is wrong")
        if self.spent > self.amount:
            raise SelectionError(f"method {method!r} spent {self.spent} of {self.amount}: its `choose` is wrong")

    @cached_property
    def spent(self) -> int:
        """Units of the budget."""
        return int(self.pool.cost[self.choice.order].sum())

    @cached_property
    def taken(self) -> Array:
        """Row numbers of the run, int64, in the order taken."""
        return np.asarray(self.rows[self.choice.order])

    def facts(self, positions: Array) -> list[str | pa.Array]:
        """Score and stratum of rows of the pool, where there are any: pieces of a text a row."""
        pieces: list[str | pa.Array] = []
        if self.request.method.needs_score:
            pieces += [", score ", three_decimals(self.pool.score[positions])]
        if self.request.stratify:
            strata = tuple(f", {in_stratum(self.request.stratify, name)}" for name in self.pool.stratum_names)
            pieces.append(by_code(strata, self.pool.strata[positions]))
        return pieces


def in_stratum(stratify: str, name: str) -> str:
    """`source 'web', turns '2'`: the columns of strata with the values of one, as far as its name tells them apart."""
    columns, values = names_in(stratify), name.split(", ")
    if len(columns) != len(values):  # a value holds a comma itself
        return f"{stratify} {name!r}"
    return ", ".join(f"{column} {value!r}" for column, value in zip(columns, values, strict=True))


def settle(outcome: Outcome, ledger: Ledger) -> None:
    """Decide the rows of the pool, which are the last that are open."""
    rows, choice = outcome.rows, outcome.choice
    ledger.decide(outcome.taken, "kept", partial(_why_taken, outcome))
    taken = np.zeros(len(rows), dtype=bool)
    taken[choice.order] = True
    told = np.fromiter(choice.reasons, dtype=np.int64, count=len(choice.reasons))
    skipped = told[~taken[told]]
    ledger.decide(rows[skipped], "method", partial(_why_skipped, outcome, skipped))
    taken[skipped] = True
    left = np.flatnonzero(~taken)
    ledger.decide(rows[left], "budget", partial(_why_left, outcome, left))


def _why_taken(outcome: Outcome, at: Array) -> pa.Array:
    order, reasons = outcome.choice.order[at], outcome.choice.reasons
    many = len(outcome.choice.order)
    pieces = ["number ", pa.array(at + 1), f" of {many} taken", *outcome.facts(order)]
    if reasons:
        more = (f"; {reasons[position]}" if position in reasons else "" for position in order.tolist())
        pieces.append(pa.array(list(more), TEXT))
    return joined(*pieces, rows=len(order))


def _why_skipped(outcome: Outcome, skipped: Array, at: Array) -> pa.Array:
    some = skipped[at]
    why = pa.array([outcome.choice.reasons[position] for position in some.tolist()], TEXT)
    return joined(why, *outcome.facts(some), rows=len(some))


def _why_left(outcome: Outcome, left: Array, at: Array) -> pa.Array:
    left = left[at]
    taken, pool = len(outcome.choice.order), outcome.pool
    place: list[str | pa.Array] = ["not taken"]
    if outcome.request.method.needs_score:
        rank = np.empty(len(pool), dtype=np.int64)
        rank[pool.ranking()] = np.arange(1, len(pool) + 1)
        place = ["ranked ", pa.array(rank[left]), f" of {len(pool)}"]
    by_hand = f": {outcome.by_hand} by hand, {taken - outcome.by_hand}" if outcome.by_hand else ""
    others = f"; {taken} of {len(pool)} rows were taken{by_hand} by {outcome.request.method.name!r}"
    return joined(*place, *outcome.facts(left), others, rows=len(left))


def note_spending(outcome: Outcome, ledger: Ledger) -> None:
    """Say what was spent, and where the budget could not be, why."""
    unit, method, rows = outcome.request.unit, outcome.request.method.name, len(outcome.rows)
    short = outcome.amount - outcome.spent
    asked = f" ({outcome.request.budget})" if outcome.request.budget.share is not None else ""
    passing = "that pass or are marked keep" if outcome.by_hand else "that pass"
    ledger.note(
        f"{len(outcome.taken)} of {rows} rows {passing} are taken: "
        f"{outcome.spent} of a budget of {outcome.amount} {unit}{asked}"
    )
    lacking = f"{short} {unit if short != 1 else unit.removesuffix('s')}"
    if outcome.amount == 0 and outcome.request.budget.share:
        ledger.note(f"the budget{asked} is rounded down to none: ask for more")
    elif outcome.amount == 0:
        ledger.note(f"a budget of {outcome.request.budget} buys nothing: ask for more")
    if short and len(outcome.taken) == rows:
        ledger.note(f"{lacking} short of the budget: no more rows pass")
    elif short:
        ledger.note(f"{lacking} short of the budget: no other row fits, or method {method!r} took no more")


def decisions(outcome: Outcome, fields: Fields, ledger: Ledger, start: int = 0, stop: int | None = None) -> pa.Table:
    """The table of `Selection.decisions()`, or its rows from `start` to before `stop`."""
    stop = len(fields) if stop is None else stop
    rank = np.zeros(len(fields), dtype=np.int64)
    rank[outcome.taken] = np.arange(1, len(outcome.taken) + 1)
    score, stratum = np.full(len(fields), np.nan), np.full(len(fields), -1, dtype=np.int64)
    if outcome.request.method.needs_score:
        score[outcome.rows] = outcome.pool.score
    if outcome.request.stratify:
        stratum[outcome.rows] = outcome.pool.strata
    rank, score, stratum = rank[start:stop], score[start:stop], stratum[start:stop]
    names = pa.array(outcome.pool.stratum_names, pa.string())
    return pa.table(
        {
            "row": pa.array(np.arange(start, stop), pa.int64()),
            "id": fields.stored("id").slice(start, stop - start),
            "kept": pa.array(rank > 0, pa.bool_()),
            "rank": pa.array(rank, pa.int64(), mask=rank == 0),
            "score": pa.array(score, pa.float64(), mask=np.isnan(score)),
            "stratum": names.take(pa.array(stratum, pa.int64(), mask=stratum < 0)),
            "stage": ledger.stages(start, stop),
            "reason": ledger.reasons(start, stop),
        }
    )
