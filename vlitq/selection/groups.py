"""One row of each group: where a column says which rows are copies of each other, the best ranked stands for them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vlitq.schema import Array
from vlitq.selection.fields import Field, Fields
from vlitq.selection.ledger import Ledger, counted
from vlitq.selector import Pool


def keep_one_per(column: str, pool: Pool, rows: Array, first: Array, fields: Fields, ledger: Ledger) -> None:
    """Drop of the pool, which holds the run's `rows`, all but the best of those that share a value of the column.

    A row without a value shares it with no other. Positions `first` of the pool all stay, and no other that shares
    their value.
    """
    field = fields[column]
    best = _best(_codes(field, rows), pool, first)
    others = np.flatnonzero((best != np.arange(len(pool))) & ~np.isin(np.arange(len(pool)), first))

    def why(at: Array) -> Iterable[str]:
        return (f"one per {column}: {name!r} stands for the group" for name in pool.ids[best[others[at]]])

    ledger.decide(rows[others], "gate", why)
    ledger.note(f"{counted(len(others))} dropped: one row is kept of each {column}, the best ranked")


def _codes(field: Field, rows: Array) -> Array:
    """A number a row, the same for rows that share a value, int64."""
    null = field.null[rows]
    if field.is_label:
        codes = field.coded.codes[rows]
    else:
        codes = np.unique(field.values[rows], return_inverse=True)[1].astype(np.int64)
    codes[null] = codes.max(initial=0) + 1 + np.arange(null.sum())
    return codes


def _best(codes: Array, pool: Pool, first: Array) -> Array:
    """Of each row the position of the best ranked row with the same code, positions `first` before all others."""
    ranking = pool.ranking()
    ranking = np.concatenate([first, ranking[~np.isin(ranking, first)]])
    best = ranking[np.unique(codes[ranking], return_index=True)[1]]  # of each code, in the order of the codes
    return np.asarray(best[np.unique(codes, return_inverse=True)[1]])
