"""Rows without a score they should have: refused when they are many, left out or given a rank when the user says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Literal

import numpy as np

from vlitq.counted import counted
from vlitq.schema import Array, Status
from vlitq.selection.fields import Field, Fields
from vlitq.selection.ledger import Ledger, tally
from vlitq.selector import SelectionRefused

Missing = Literal["drop", "last", "middle"]

MAX_MISSING = (
    0.05  # share of the rows a column applies to; with more, the subset would tell of the failures, not of the data
)
MIDDLE = 0.5  # the rank of a column that does not apply: neither for nor against the row
RANK_OF_MISSING: Mapping[Missing, float] = {"last": 0.0, "middle": MIDDLE}


def check_missing(fields: Fields, names: Iterable[str]) -> None:
    """Raise `SelectionRefused` for the first column that is missing for more than 5 % of the rows it applies to.

    Every valid record counts, also one that the validity gate drops: images that were not found must be heard of.
    """
    valid = ~fields["status"].coded.equal(Status.INVALID.value)
    for name in names:
        field = fields[name]
        if not field.missing.any():
            continue
        applies, missing = valid & ~field.not_applicable, valid & field.missing
        if missing.sum() > MAX_MISSING * applies.sum():
            raise SelectionRefused(_refusal(field, missing, int(applies.sum())))


def _refusal(field: Field, missing: Array, applies: int) -> str:
    count = int(missing.sum())
    return (
        f"column {field.name!r} is missing for {count} of the {applies} rows it applies to "
        f"({count / applies:.1%}, the limit is {MAX_MISSING:.0%}): {tally(field.status[missing])}. "
        "Mend the cause and score again, or say how to treat them: missing='drop' (--missing drop) leaves them out, "
        "'last' ranks them lowest in this column, 'middle' gives them rank 0.5"
    )


def treat_missing(fields: Fields, names: Iterable[str], treatment: Missing | None, ledger: Ledger) -> None:
    """Drop the open rows that miss a score, unless they are to be ranked all the same; say which."""
    for name in names:
        field, rows = fields[name], ledger.open
        rows = rows[field.missing[rows]]
        if not len(rows):
            continue
        states = tally(field.status[rows])
        if treatment in ("last", "middle"):
            ledger.say(rows, f"{name} is missing, treated as {treatment}")
            ledger.note(f"{counted(len(rows), 'row')} without {name} treated as {treatment}: {states}")
        else:
            ledger.decide(rows, "missing", partial(_why_missing, field, rows))
            ledger.note(f"{counted(len(rows), 'row')} dropped because {name} is missing: {states}")


def _why_missing(field: Field, rows: Array, at: Array) -> Iterable[str]:
    return (f"{field.name} is missing: {field.status[row]}" for row in rows[at])


def fill_ranks(ranks: Array, field: Field, rows: Array, treatment: Missing | None) -> Array:
    """Ranks of `rows` with the middle where the column does not apply, and the treatment's rank where it is missing."""
    rank_of_missing = RANK_OF_MISSING[treatment] if treatment in ("last", "middle") else np.nan
    filled = np.where(np.isnan(ranks), MIDDLE, ranks)
    if field.missing.any():
        filled[field.missing[rows]] = rank_of_missing
    return filled
