"""Interchanges after greedy cover: a row taken gives way to the one that adds most where it was.

After Teitz and Bart 1968, Operations Research 16, 955–961. The best and the second-best row taken are known for every
row, so that to take one out touches only the rows that it represents, rows / budget on average.
"""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.greedy_cover import Cover, Similarities, added_up
from vlitq.selection.maths.ties import first_of_largest


def interchanged(similarities: Similarities, found: Cover, tolerance: float) -> Cover:
    """One pass over what is taken, in its order: each is exchanged for the candidate that adds most without it, the
    first of equals, where that adds more than `tolerance` above it. The newcomer gets its place in the order.

    Σ_i max_{j taken} s_ij never falls. `gain` is what each adds to those before it in the order, and may rise on the
    way. A single row taken stays.
    """
    if len(found.order) < 2:  # without another nothing represents the rows of one taken out
        return found
    values, scale = similarities.values, similarities.scale
    order, gains = found.order.copy(), found.left * scale
    gains[order] = 0
    held = _BestTwo(similarities, order)
    for place, old in enumerate(order.tolist()):
        rows = np.flatnonzero(held.nearest == old)
        low = held.second[rows]
        without = gains + added_up(values, rows, low, held.first[rows]) - _sum(low)
        new = _better(without, old, order, tolerance * scale)
        if new is None:
            continue
        order[place] = new
        column, cover = similarities.column(new), held.first.copy()
        cover[rows] = low
        closer = np.flatnonzero(column > cover)
        before = cover[closer]
        gains = without - (added_up(values, closer, before, column[closer]) - _sum(before))
        held.replace(old, new, column, order)
    gains[order] = -np.inf
    return _in_order(similarities, order, gains / scale)


def _better(gains: Array, old: int, order: Array, tolerance: float) -> int | None:
    """Who of those not in `order` gains most, if that is more than `old` does."""
    free = gains.copy()
    free[order] = -np.inf
    return first_of_largest(free, tolerance) if free.max() > gains[old] + tolerance else None


def _in_order(similarities: Similarities, order: Array, left: Array) -> Cover:
    """The cover by candidates at positions `order`, each with what it adds to those before it."""
    gain = np.empty(len(order))
    cover, nearest = similarities.column(order[0]).copy(), np.full(len(similarities.values), order[0])
    gain[0] = _sum(cover)
    for place, one in enumerate(order[1:].tolist(), start=1):
        column = similarities.column(one)
        closer = np.flatnonzero(column > cover)
        gain[place] = _sum(column[closer]) - _sum(cover[closer])
        cover[closer], nearest[closer] = column[closer], one
    scale = np.float64(similarities.scale)
    return Cover(order, gain / scale, nearest, cover / scale, left)


class _BestTwo:
    """Of every row how similar the most similar one taken is, `first`, and which that is, `nearest`; `second` and
    `next` say the same of the others taken."""

    def __init__(self, similarities: Similarities, order: Array) -> None:
        self._similarities = similarities
        columns = [similarities.column(one) for one in order[:2]]
        lower = columns[1] > columns[0]
        self.first, self.second = np.where(lower, columns[1], columns[0]), np.where(lower, columns[0], columns[1])
        self.nearest, self.next = np.where(lower, order[1], order[0]), np.where(lower, order[0], order[1])
        for one in order[2:].tolist():
            self.put_in(one, similarities.column(one))

    def put_in(self, one: int, column: Array) -> None:
        """Take a candidate more, whose similarity to every row is `column`."""
        better = np.flatnonzero(column > self.second)
        best = column[better] > self.first[better]
        top, other = better[best], better[~best]
        self.second[top], self.next[top] = self.first[top], self.nearest[top]
        self.first[top], self.nearest[top] = column[top], one
        self.second[other], self.next[other] = column[other], one

    def replace(self, old: int, new: int, column: Array, order: Array) -> None:
        """Take `new`, whose similarity to every row is `column`, for `old`; `order` is what is taken then."""
        rows = np.flatnonzero((self.nearest == old) | (self.next == old))
        self.put_in(new, column)
        near = self._similarities.values[np.ix_(rows, order)]
        each, best = np.arange(len(rows)), near.argmax(axis=1)
        self.first[rows], self.nearest[rows] = near[each, best], order[best]
        near[each, best] = _least(near)
        near_next = near.argmax(axis=1)
        self.second[rows], self.next[rows] = near[each, near_next], order[near_next]


def _least(values: Array) -> float:
    """What no value of their type is below."""
    whole = np.issubdtype(values.dtype, np.integer)
    return np.iinfo(values.dtype).min if whole else -np.inf


def _sum(values: Array) -> float:
    return float(values.sum(dtype=np.float64))
