"""Ranks within strata: how numbers of different units become comparable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array


@dataclass(frozen=True)
class MidRanks:
    """Ascending ranks from 1 within each stratum, ties at their mean, and the stratum's size; float64, (rows,)."""

    rank: Array
    size: Array

    @property
    def quantile(self) -> Array:
        """(rank − ½) / size, in (0, 1): 0.5 for a row alone and for a constant column."""
        return (self.rank - 0.5) / self.size

    @property
    def from_best(self) -> Array:
        """Ranks with the highest value first, from 1."""
        return self.size + 1 - self.rank


def mid_ranks(values: Array, strata: Array) -> MidRanks:
    """Ranks of values of shape (rows,), each within the rows that share its stratum code, an integer from 0 up."""
    order, strata = np.argsort(values), strata.astype(np.int64, copy=False)
    new_stratum = np.zeros(len(values), dtype=bool)
    new_stratum[:1] = True
    if strata.any():
        codes = _narrow(strata)[order]
        by_stratum = np.argsort(codes, kind="stable")
        order = order[by_stratum]
        new_stratum = _changes(codes[by_stratum])
    tie_first = np.flatnonzero(new_stratum | _changes(values[order]))
    tie_length = np.diff(np.append(tie_first, len(values)))
    first = np.flatnonzero(new_stratum)[np.cumsum(new_stratum[tie_first]) - 1]  # row of the stratum, for each tie
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(tie_first - first + (tie_length + 1) / 2, tie_length)
    return MidRanks(ranks, np.bincount(strata)[strata].astype(np.float64))


def _narrow(codes: Array) -> Array:
    """The codes in 16 bits where they fit, which NumPy sorts by radix: in a fifth of the time."""
    return codes.astype(np.uint16) if codes.max() < 2**16 else codes


def _changes(values: Array) -> Array:
    changes = np.ones(len(values), dtype=bool)
    changes[1:] = values[1:] != values[:-1]
    return changes
