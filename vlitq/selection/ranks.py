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
    """Ranks of values of shape (rows,), each within the rows that share its stratum code."""
    order = np.argsort(values)
    order = order[np.argsort(strata[order], kind="stable")]  # a third of the time of one sort by both
    ranks, sizes = np.empty(len(values)), np.empty(len(values))
    new_stratum = _changes(strata[order])
    new_value = new_stratum | _changes(values[order])
    first, length = _blocks(new_stratum)
    tie_first, tie_length = _blocks(new_value)
    ranks[order] = tie_first - first + (tie_length + 1) / 2
    sizes[order] = length
    return MidRanks(ranks, sizes)


def _changes(values: Array) -> Array:
    changes = np.ones(len(values), dtype=bool)
    changes[1:] = values[1:] != values[:-1]
    return changes


def _blocks(starts: Array) -> tuple[Array, Array]:
    """Where the block of each entry begins, and how long it is, given which entries start a block."""
    first = np.flatnonzero(starts)
    length = np.diff(np.append(first, len(starts)))
    return np.repeat(first, length), np.repeat(length, length)
