"""Selects a part of a scored run: gates, then ranks and their fusion, then an exact budget, spent by a method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from time import perf_counter
from typing import Any

import numpy as np

from vlitq.names import unknown
from vlitq.schema import Array
from vlitq.selection.budget import Budget, Unit
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
from vlitq.selection.strata import Quota, strata_by, unstratified
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
    options: Mapping[str, Any] | None = None,
    selectors: Mapping[str, type[Selector]] = BUILT_IN,
) -> Selection:
    """Choose rows of a scored run, as many as the budget buys; nothing is scored again.

    budget: a share of all that the run holds (`"20%"`, 0.2) or a number (500), of rows, tokens or images (`unit`).
    by: what to rank by, columns fused by their ranks (`"0.7*alignment.cosine + 0.3*complexity.response_words"`).
    gates: conditions to meet first (`"alignment.cosine >= 0.2"`). stratify: a column; rows are ranked within its
    strata. quota: shares the budget among the strata (`"proportional"`, `"sqrt"`, `"equal"`, or α of size^α), and the
    method spends each share. one_per: a column; of rows that share its value the best ranked is kept
    (`"duplicates.group"`). missing: what to do with rows without a score they should have. options: the method's own.

    Raises `SelectionError`, which says what is wrong and the way out; `SelectionRefused` when a column that
    the selection needs is missing for more than 5 % of the rows it applies to.
    """
    method = method.replace("-", "_")
    if method not in selectors:
        raise SelectionError(unknown("selection method", method, selectors))
    chosen = configure(selectors[method], options or {})
    parsed = tuple(parse_gate(gate) for gate in ([gates] if isinstance(gates, str) else gates))
    strata = stratify or chosen.default_strata
    return _carry_out(
        run, Request(chosen, Budget.parse(budget), by, parsed, strata, quota, one_per, missing, unit, seed)
    )


def _carry_out(run: SelectableRun, request: Request) -> Selection:
    begun = perf_counter()
    fields = Fields(run)
    ledger = Ledger(len(fields))
    request.check(fields)
    _apply_gates(request, fields, ledger)
    rows, pool = _pool(run, request, fields, ledger)
    amount = request.budget.amount(int(costs(fields, request.unit).sum()))
    outcome = Outcome(request, rows, pool, _choose(request, pool, amount), amount)
    settle(outcome, ledger)
    note_spending(outcome, ledger)
    table = decisions(outcome, fields, ledger)
    manifest = _manifest(run, request, ledger, perf_counter() - begun)
    return Selection(run, outcome.taken, table, tuple(ledger.notes), manifest)


def _apply_gates(request: Request, fields: Fields, ledger: Ledger) -> None:
    """Everything that drops rows before they are ranked. Raises `SelectionRefused` before the first is dropped."""
    if request.missing is None:
        check_missing(fields, request.columns)
    apply_validity(fields, ledger)
    treat_missing(fields, request.columns, request.missing, ledger)
    every = np.arange(len(fields))
    strata = strata_by(fields.__getitem__, request.stratify, every) if request.stratify else unstratified(len(every))
    for gate in request.gates:
        apply_gate(gate, fields, strata.codes, ledger)
    if request.expression:
        note_directions(request.expression, fields, ledger)
        explain_middle_ranks(request.expression, fields, ledger)
    elif request.by is not None:
        ledger.note(f"method {request.method.name!r} does not rank: by={request.by!r} is not used")


def _pool(run: SelectableRun, request: Request, fields: Fields, ledger: Ledger) -> tuple[Array, Pool]:
    """The run's rows that are still open, and the pool of them; one of each group where that is asked for."""
    rows, pool = pool_of(run, fields, ledger.open, request)
    if request.one_per is None:
        return rows, pool
    keep_one_per(request.one_per, pool, rows, fields, ledger)
    return pool_of(run, fields, ledger.open, request)


def _choose(request: Request, pool: Pool, amount: int) -> Choice:
    if not len(pool):
        return Choice(np.zeros(0, dtype=np.int64))
    rng = np.random.default_rng(request.seed)
    if request.quota is not None:
        return choose_within(request.method, pool, amount, request.quota, rng)
    return request.method.choose(pool, amount, rng)


def _manifest(run: SelectableRun, request: Request, ledger: Ledger, seconds: float) -> dict[str, Any]:
    return {
        "selection": request.as_json(),
        "run": str(run.path.resolve()),
        "dataset": run.manifest.get("dataset"),
        "scorers": {name: scorer["key"] for name, scorer in run.manifest.get("scorers", {}).items()},
        "seconds": round(seconds, 3),
        "rows": ledger.counts(),
        "notes": ledger.notes,
        "versions": {name: version(name) for name in ("vlitq", "numpy")},
    }
