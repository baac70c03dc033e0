"""One row of each group: where a column says which rows are copies of each other, the best ranked stands for them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vlitq.counted import counted
from vlitq.schema import Array
from vlitq.selection.fields import Fields
from vlitq.selection.ledger import Ledger
from vlitq.selector import Pool


def keep_one_per(column: str, pool: Pool, rows: Array, first: Array, fields: Fields, ledger: Ledger) -> None:
    """Drop of the pool, which holds the run's `rows`, all but the best of those that share a value of the column.

    A row without a value shares it with no other. Positions `first` of the pool all stay, and no other that shares
    their value.
    """
    best = _best(_codes(column, fields)[rows], pool, first)
    others = np.flatnonzero((best != np.arange(len(pool))) & ~np.isin(np.arange(len(pool)), first))

    def why(at: Array) -> Iterable[str]:
        return (f"one per {column}: {name!r} stands for the group" for name in pool.ids(best[others[at]]))

    ledger.decide(rows[others], "gate", why)
    first_of = "the best ranked" if pool.ranked else "drawn, since nothing ranks"
    ledger.note(f"{counted(len(others), 'row')} dropped: one row is kept of each {column}, {first_of}")


def _codes(column: str, fields: Fields) -> Array:
    """A number for every row of the run, the same for rows that share a value, int64; -1 for those without one."""

    def make() -> Array:
        field = fields[column]
        codes = field.coded.codes if field.is_label else np.unique(field.values, return_inverse=True)[1]
        return np.where(field.null, -1, codes)

    return fields.once(("groups", column), make)


def _best(codes: Array, pool: Pool, first: Array) -> Array:
    """Of each row the position of the best ranked row with the same code, positions `first` before all others; a row of
    code -1 is its own."""
    ranking = pool.ranking()
    best, place = np.arange(len(pool)), np.empty(len(pool), dtype=np.int64)
    place[ranking] = best
    place[first] -= len(pool)  # before all others; as an index into the ranking it is the same
    grouped = np.flatnonzero(codes >= 0)
    best_place = np.full(codes.max(initial=-1) + 1, len(pool))
    np.minimum.at(best_place, codes[grouped], place[grouped])
    best[grouped] = ranking[best_place[codes[grouped]]]
    return best
