"""Selects a part of a scored run: gates, then ranks and their fusion, then an exact budget, spent by a method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from time import perf_counter
from typing import Any

import numpy as np

from vlitq.labels import LABELS, digest
from vlitq.names import unknown
from vlitq.schema import Array
from vlitq.selection.budget import Budget, Unit
from vlitq.selection.by_hand import before, bought, honour, ranking_all, say_missing
from vlitq.selection.fields import Fields
from vlitq.selection.gates import apply_gate, apply_validity, parse_gate
from vlitq.selection.groups import keep_one_per
from vlitq.selection.ledger import Ledger
from vlitq.selection.methods import METHODS
from vlitq.selection.missing import Missing, check_missing, treat_missing
from vlitq.selection.options import configure
from vlitq.selection.pool import costs, pool_of
from vlitq.selection.request import Request
from vlitq.selection.result import Selection
from vlitq.selection.score import explain_middle_ranks, note_directions
from vlitq.selection.settle import Outcome, decisions, note_spending, settle
from vlitq.selection.strata import Quota
from vlitq.selection.within import choose_within
from vlitq.selector import Choice, Pool, SelectableRun, SelectionError, Selector

BUILT_IN: Mapping[str, type[Selector]] = {method.name: method for method in METHODS}


def select(  # noqa: PLR0913  # each is one line of a recipe's [select] table
    run: SelectableRun,
    *,
    budget: str | float,
    method: str = "top",
    by: str | None = None,
    gates: Sequence[str] = (),
    stratify: str | None = None,
    quota: Quota | None = None,
    one_per: str | None = None,
    missing: Missing | None = None,
    unit: Unit = "rows",
    seed: int = 0,
    ignore_labels: bool = False,
    options: Mapping[str, Any] | None = None,
    selectors: Mapping[str, type[Selector]] = BUILT_IN,
    fields: Fields | None = None,
) -> Selection:
    """Choose rows of a scored run, as many as the budget buys; nothing is scored again.

    budget: a share of all that the run holds (`"20%"`, 0.2) or a number (500), of rows, tokens or images (`unit`).
    by: what to rank by, columns fused by their ranks (`"0.7*alignment.cosine + 0.3*complexity.response_words"`).
    gates: conditions to meet first (`"alignment.cosine >= 0.2"`). stratify: a column; rows are ranked within its
    strata. quota: shares the budget among the strata (`"proportional"`, `"sqrt"`, `"equal"`, or α of size^α), and the
    method spends each share. one_per: a column; of rows that share its value the best ranked is kept
    (`"duplicates.group"`). missing: what to do with rows without a score they should have. ignore_labels: leave out of
    account what people marked; else rows marked drop are never taken, and those marked keep before any other, past
    gates, as far as the budget goes. options: the method's own. fields: the run's columns, where they
    have been read before.

    Raises `SelectionError`, which says what is wrong and the way out; `SelectionRefused` when a column that
    the selection needs is missing for more than 5 % of the rows it applies to.
    """
    method = method.replace("-", "_")
    if method not in selectors:
        raise SelectionError(unknown("selection method", method, selectors))
    chosen = configure(selectors[method], options or {})
    parsed = tuple(parse_gate(gate) for gate in ([gates] if isinstance(gates, str) else gates))
    strata = stratify or chosen.default_strata
    asked = Budget.parse(budget)
    request = Request(chosen, asked, by, parsed, strata, quota, one_per, missing, unit, seed, ignore_labels)
    return _carry_out(run, request, Fields(run) if fields is None else fields)


def _carry_out(run: SelectableRun, request: Request, fields: Fields) -> Selection:
    begun = perf_counter()
    ledger = Ledger(len(fields))
    request.check(fields)
    labels = {} if request.ignore_labels else dict(run.labels)
    kept = _apply_gates(request, labels, fields, ledger)
    amount = request.budget.amount(int(costs(fields, request.unit).sum()))
    candidates = _candidates(run, request, kept, amount, fields, ledger)
    choice = _choose(request, candidates, amount)
    outcome = Outcome(request, candidates.rows, candidates.pool, choice, amount, len(candidates.first))
    settle(outcome, ledger)
    note_spending(outcome, ledger)
    manifest = _manifest(run, request, labels, ledger, perf_counter() - begun)
    return Selection(run, outcome.taken, tuple(ledger.notes), manifest, partial(decisions, outcome, fields, ledger))


@dataclass(frozen=True)
class _Candidates:
    """The run's rows that may be taken, the pool of them, and its positions that are taken first, marked keep."""

    rows: Array
    pool: Pool
    first: Array


def _apply_gates(request: Request, labels: Mapping[int, str], fields: Fields, ledger: Ledger) -> Array:
    """Everything that drops rows before they are ranked; the rows that are marked keep, which pass it by.

    Raises `SelectionRefused` before the first is dropped.
    """
    if request.missing is None:
        check_missing(fields, request.columns)
    kept = honour(labels, fields, ledger)
    say_missing(kept, request.columns, fields, ledger)
    apply_validity(fields, ledger)
    treat_missing(fields, request.columns, request.missing, ledger)
    for gate in request.gates:
        apply_gate(gate, fields, request.stratify or "", ledger)
    if request.expression:
        ranks = request.method.needs_score
        what = "ranked first" if ranks else f"the rows are drawn; ranked first among those of one {request.one_per}"
        note_directions(request.expression, fields, what, ledger)
        explain_middle_ranks(request.expression, fields, ledger)
    elif request.by is not None:
        ledger.note(f"method {request.method.name!r} does not rank: by={request.by!r} is not used")
    return kept


def _candidates(
    run: SelectableRun, request: Request, kept: Array, amount: int, fields: Fields, ledger: Ledger
) -> _Candidates:
    """The rows still open and, of `kept`, as many as the budget buys; one of each group where that is asked for."""
    if len(kept):
        request = ranking_all(request)
    rows, pool = pool_of(run, fields, _beside(ledger.open, kept), request)
    first = bought(kept, rows, pool, amount, ledger)
    if len(first) < len(kept):
        rows, pool = pool_of(run, fields, _beside(ledger.open, first), request)
    if request.one_per is not None:
        keep_one_per(request.one_per, pool, rows, _positions(first, rows), fields, ledger)
        rows, pool = pool_of(run, fields, _beside(ledger.open, first), request)
    return _Candidates(rows, pool, _positions(first, rows))


def _beside(rows: Array, others: Array) -> Array:
    """All of them, ascending; `rows` are. NumPy's own union hashes whole numbers, which takes a second a million."""
    if not len(others):
        return rows
    among = np.zeros(1 + max(rows.max(initial=0), others.max()), dtype=bool)
    among[rows] = among[others] = True
    return np.flatnonzero(among)


def _positions(wanted: Array, rows: Array) -> Array:
    """Where each of some rows stands among others that hold it, int64."""
    if not len(wanted):
        return wanted
    place = np.empty(1 + rows.max(), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    return np.asarray(place[wanted])


def _choose(request: Request, candidates: _Candidates, amount: int) -> Choice:
    """What the method takes of the budget that rows marked keep leave, after these."""
    pool, first = candidates.pool, candidates.first
    if not len(first):
        return _by_method(request, pool, amount, None)
    rest = np.delete(np.arange(len(pool)), first)
    spent = np.zeros(len(pool.stratum_names), dtype=np.int64)
    np.add.at(spent, pool.strata[first], pool.cost[first])
    return before(_by_method(request, pool.part(rest), amount - int(spent.sum()), spent), first, rest)


def _by_method(request: Request, pool: Pool, amount: int, spent: Array | None) -> Choice:
    if not len(pool):
        return Choice(np.zeros(0, dtype=np.int64))
    rng = np.random.default_rng(request.seed)
    if request.quota is not None:
        return choose_within(request.method, pool, amount, request.quota, rng, spent)
    return request.method.choose(pool, amount, rng)


def _manifest(
    run: SelectableRun, request: Request, labels: Mapping[int, str], ledger: Ledger, seconds: float
) -> dict[str, Any]:
    said = {label: sum(one == label for one in labels.values()) for label in LABELS}
    return {
        "selection": request.as_json(),
        "run": str(run.path.resolve()),
        "dataset": run.manifest.get("dataset"),
        "scorers": {name: scorer["key"] for name, scorer in run.manifest.get("scorers", {}).items()},
        "labels": {"sha256": digest(labels), **said} if labels else None,
        "seconds": round(seconds, 3),
        "rows": ledger.counts(),
        "notes": ledger.notes,
        "versions": {name: version(name) for name in ("vlitq", "numpy")},
    }
