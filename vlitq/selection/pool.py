"""Makes the pool a method chooses from: what each row costs, which stratum it is in, its score, and how ties break."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array
from vlitq.selection.budget import Unit
from vlitq.selection.fields import Fields
from vlitq.selection.grammar import parse_column
from vlitq.selection.request import Request
from vlitq.selection.score import Scores, better_end_up, score_rows
from vlitq.selection.strata import strata_among
from vlitq.selection.vectors import reader
from vlitq.selector import Pool, SelectableRun


def costs(fields: Fields, unit: Unit) -> Array:
    """What each row of the run takes from a budget, int64: 1, its tokens or its images."""
    return np.ones(len(fields), dtype=np.int64) if unit == "rows" else fields.row(unit).astype(np.int64)


def pool_of(run: SelectableRun, fields: Fields, rows: Array, request: Request) -> tuple[Array, Pool]:
    """Some rows of the run, ascending, in an order of their own, int64, and the pool of them; without an expression all
    scores are zero."""
    rows = fields.in_order_of_ties(rows)
    tie = fields.ties[rows]
    strata = strata_among(fields, request.stratify or "", rows)
    scores = _no_scores(len(rows))
    if request.expression:
        scores = score_rows(request.expression, fields, rows, strata, request.missing)
    pool = Pool(
        score=scores.score,
        second=scores.second,
        tie=tie,
        cost=costs(fields, request.unit)[rows],
        strata=strata.codes,
        stratum_names=strata.names,
        ids=lambda at: fields.row("id")[rows[at]],
        feature=reader(run, rows),
        column=lambda name: fields[name].values[rows],
        texts=lambda part: run.texts(part, rows),
        ranked=_ranked(request),
        better=lambda name: better_end_up(parse_column(name), fields)[rows],
    )
    return rows, pool


def _ranked(request: Request) -> tuple[str, ...]:
    return tuple(column.sign + column.name for column in request.expression.columns()) if request.expression else ()


def _no_scores(rows: int) -> Scores:
    return Scores(np.zeros(rows), np.zeros(rows))
