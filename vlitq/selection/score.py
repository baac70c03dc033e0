"""Turns an expression into one score a row: ranks within strata, oriented so that 1 is the best, then fused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.expression import Expression, Ranked
from vlitq.selection.fields import Field, Fields
from vlitq.selection.ledger import Ledger, counted
from vlitq.selection.missing import Missing, fill_ranks
from vlitq.selection.ranks import mid_ranks
from vlitq.selector import SelectionError


@dataclass(frozen=True)
class Scores:
    """Both float64 of shape (rows,), in [0, 1]. `second` breaks ties: the mean rank of the columns, strata ignored."""

    score: Array
    second: Array


def high_is_better(column: Ranked, field: Field) -> bool:
    """Whether high values rank first. A sign decides; without one the direction does.

    Raises `SelectionError` for labels, and for a neutral column without a sign.
    """
    if field.is_label:
        raise SelectionError(f"{field.name!r} holds labels, which do not rank; use it in a gate or to stratify")
    if column.sign:
        return column.sign == "+"
    if field.column.direction == "neutral":
        raise SelectionError(
            f"{field.name!r} has no better end; write +{field.name} to prefer high values, -{field.name} to prefer low"
        )
    return field.column.direction == "higher"


def better_end_up(column: Ranked, fields: Fields, rows: Array) -> Array:
    """The values of some rows, float64, those of a column of which low ones rank first negated; NaN where null."""
    values = fields[column.name].values[rows]
    return values if high_is_better(column, fields[column.name]) else -values


def oriented_ranks(values: Array, strata: Array, *, high: bool) -> Array:
    """Quantiles in (0, 1) of values of shape (rows,) within strata, the best end at 1; NaN where the value is NaN."""
    known = ~np.isnan(values)
    ranks = np.full(len(values), np.nan)
    ranks[known] = mid_ranks(values[known] if high else -values[known], strata[known]).quantile
    return ranks


def score_rows(
    expression: Expression, fields: Fields, rows: Array, strata: Array, missing: Missing | None = None
) -> Scores:
    """Scores of some rows of a run, ranked among themselves, each within its stratum."""
    everyone = np.zeros(len(rows), dtype=np.int64)

    def ranks(column: Ranked, within: Array) -> Array:
        field = fields[column.name]
        oriented = oriented_ranks(field.values[rows], within, high=high_is_better(column, field))
        return fill_ranks(oriented, field, rows, missing)

    score = expression.score(lambda column: ranks(column, strata), strata)
    second = np.add.reduce([ranks(column, everyone) for column in expression.columns()])
    return Scores(score, second / len(expression.columns()))


def note_directions(expression: Expression, fields: Fields, what: str, ledger: Ledger) -> None:
    """Say what is ranked, and which end of each column comes first."""
    ends = ("high" if high_is_better(column, fields[column.name]) else "low" for column in expression.columns())
    named = (f"{end} {column.name}" for end, column in zip(ends, expression.columns(), strict=True))
    ledger.note(f"{what}: {', '.join(named)}")


def explain_middle_ranks(expression: Expression, fields: Fields, ledger: Ledger) -> None:
    """Say of the open rows to which a column does not apply that they have its middle rank, and why."""
    for column in expression.columns():
        field = fields[column.name]
        rows = ledger.open[field.not_applicable[ledger.open]]
        if len(rows):
            ledger.say(rows, f"middle rank in {field.name}: {field.column.null}")
            ledger.note(f"{counted(len(rows))} got the middle rank in {field.name}: {field.column.null}")
