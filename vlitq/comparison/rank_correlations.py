"""Spearman's rank correlation of many columns with each other, over the rows that each two of them share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from vlitq.comparison.rank_correlation import unit_ranks
from vlitq.schema import Array

FEWEST = 10  # rows that two columns share: fewer say nothing


def rank_correlations(values: Sequence[Array]) -> Array:
    """Spearman's correlations, float64 of shape (columns, columns) in [-1, 1], of arrays of shape (rows,).

    NaN is no value. NaN is answered for two columns that share fewer than `FEWEST` rows, or where either is constant
    on those. Columns with the same nulls are ranked together, once for every other set of nulls.
    """
    found = np.full((len(values), len(values)), np.nan)
    blocks = list(_blocks(values))
    for at, (mask, columns) in enumerate(blocks):
        for other_mask, others in blocks[: at + 1]:
            shared = mask & other_mask
            if shared.sum() >= FEWEST:
                left, right = _ranked(values, columns, shared), _ranked(values, others, shared)
                found[np.ix_(columns, others)] = np.clip(left @ right.T, -1, 1)
                found[np.ix_(others, columns)] = found[np.ix_(columns, others)].T
    return found


def _blocks(values: Sequence[Array]) -> Iterator[tuple[Array, list[int]]]:
    """Which rows have a value, bool of shape (rows,), and the columns of which just these have one."""
    known: dict[bytes, tuple[Array, list[int]]] = {}
    for column, one in enumerate(values):
        mask = ~np.isnan(one)
        known.setdefault(np.packbits(mask).tobytes(), (mask, []))[1].append(column)
    yield from known.values()


def _ranked(values: Sequence[Array], columns: Sequence[int], rows: Array) -> Array:
    """`unit_ranks` of some columns over some rows, a line each; NaN for a constant column."""
    found = np.full((len(columns), int(rows.sum())), np.nan)
    for at, column in enumerate(columns):
        if (ranks := unit_ranks(values[column][rows])) is not None:
            found[at] = ranks
    return found
