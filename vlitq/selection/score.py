"""Turns an expression into one score a row: ranks within strata, oriented so that 1 is the best, then fused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.counted import counted
from vlitq.schema import Array
from vlitq.selection.expression import Expression, Ranked
from vlitq.selection.fields import Field, Fields
from vlitq.selection.ledger import Ledger
from vlitq.selection.missing import Missing, fill_ranks
from vlitq.selection.ranks import Order, mid_ranks
from vlitq.selection.strata import Strata, strata_of_run
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


def better_end_up(column: Ranked, fields: Fields) -> Array:
    """The values of all rows, float64, those of a column of which low ones rank first negated; NaN where null."""
    field = fields[column.name]
    return field.values if high_is_better(column, field) else -field.values


def ranks_among(column: Ranked, fields: Fields, rows: Array, stratify: str) -> Array:
    """Quantiles in (0, 1) of some rows of a run among each other, within the strata of the run that `stratify` makes,
    the best end at 1; NaN where null."""

    def make() -> Order:
        return Order(better_end_up(column, fields), strata_of_run(fields, stratify).codes)

    order = fields.once(("order", column.sign + column.name, stratify), make)
    return order.quantiles(rows)


def score_rows(
    expression: Expression, fields: Fields, rows: Array, strata: Strata, missing: Missing | None = None
) -> Scores:
    """Scores of some rows of a run, ranked among themselves, each within its stratum."""

    def everywhere(column: Ranked) -> Array:
        return fill_ranks(ranks_among(column, fields, rows, ""), fields[column.name], rows, missing)

    def within(column: Ranked) -> Array:
        if strata.by is None:
            ranks = mid_ranks(better_end_up(column, fields)[rows], strata.codes).quantile
        else:
            ranks = ranks_among(column, fields, rows, strata.by)
        return fill_ranks(ranks, fields[column.name], rows, missing)

    second = {column: everywhere(column) for column in expression.columns()}
    score = expression.score(second.__getitem__ if strata.by == "" else within, strata.codes)
    return Scores(score, np.add.reduce(list(second.values())) / len(second))


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
            ledger.note(f"{counted(len(rows), 'row')} got the middle rank in {field.name}: {field.column.null}")
