"""Which rows SemDeDup keeps of some that count in a given order: three rules for what a near copy removes."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.components import alone, joined
from vlitq.selection.maths.nearest_before import nearest_before
from vlitq.selection.maths.pairs import STRIP, Pairs
from vlitq.selection.maths.rows import BLOCK, Directions

Rule = Literal["ranked", "greedy", "components"]
RULES: tuple[Rule, ...] = ("ranked", "greedy", "components")


def surviving(rule: Rule, x: Array, order: Array, limit: float) -> Array:
    """Which of the rows `order` (positions in `x`, the preferred first) stay, bool of shape (order,).

    limit: two rows are near copies when their cosine is above it; a row of zeros or NaN is no copy and stays. Memory
    is bounded by a block.
    """
    if rule == "ranked":
        return np.asarray(nearest_before(x, order).similarity <= limit)
    if rule == "greedy":
        rows = Directions.of(x, order)
        stays = np.ones(len(rows), dtype=bool)
        stays[rows.directed] = _walked(rows.among(rows.directed), limit)
        return stays
    labels = component_labels(x, order, limit)
    return np.asarray(labels == np.arange(len(labels)))


def surviving_pairs(rule: Rule, pairs: Pairs, rank: Array) -> Array:
    """The same from a list of all near copies: `rank` of each row, int64, 0 the preferred; bool of shape (rank,)."""
    forward = rank[pairs.left] < rank[pairs.right]
    earlier, later = np.where(forward, pairs.left, pairs.right), np.where(forward, pairs.right, pairs.left)
    kept = np.ones(len(rank), dtype=bool)
    if rule == "components":
        by_rank = np.argsort(rank)
        labels = joined(alone(len(rank)), earlier, later)[by_rank]
        kept[:] = False
        kept[by_rank[np.unique(labels, return_index=True)[1]]] = True
    elif rule == "ranked":
        kept[later] = False
    else:
        _remove_in_turn(kept, earlier, later, rank)
    return kept


def _remove_in_turn(kept: Array, earlier: Array, later: Array, rank: Array) -> None:
    """In order of rank, a row goes when one of its near copies before it has stayed."""
    turn = np.argsort(rank[later], kind="stable")
    earlier, later = earlier[turn], later[turn]
    start = np.flatnonzero(np.r_[True, later[1:] != later[:-1]]) if len(later) else np.zeros(0, np.int64)
    for row, copies in zip(later[start].tolist(), np.split(earlier, start[1:]), strict=False):
        kept[row] = not kept[copies].any()


def component_labels(x: Array, order: Array, limit: float) -> Array:
    """Of each row of `order` the smallest place in `order` of its connected component, int64 of shape (order,)."""
    every = Directions.of(x, order)
    places = every.directed
    labels = alone(len(every))
    labels[places] = places[_components(every.among(places), limit)]
    return labels


def _components(rows: Directions, limit: float) -> Array:
    labels = alone(len(rows))
    for start in range(0, len(rows), STRIP):
        asked = rows.block(start, start + STRIP)
        left = np.arange(start, start + len(asked))
        for other in range(start, len(rows), BLOCK):
            against = rows.block(other, other + BLOCK)
            right = np.arange(other, other + len(against))
            labels = _linked(labels, rows, left, right, asked @ against.T, limit)
    return labels


def _linked(labels: Array, rows: Directions, left: Array, right: Array, product: Array, limit: float) -> Array:
    """Labels after adding the links of a block: the certain ones first, so that few of the others need settling."""
    for floor, certain in ((limit + rows.margin, True), (limit - rows.margin, False)):
        some = np.flatnonzero(product.max(axis=1) > floor)
        near = product[some] > floor
        near &= labels[left[some]][:, None] != labels[right]
        row, column = np.nonzero(near)
        one, other = left[some[row]], right[column]
        if not certain:
            above = rows.cosines(one, other) > limit
            one, other = one[above], other[above]
        labels = joined(labels, one, other)
    return labels


def _walked(rows: Directions, limit: float) -> Array:
    """Down the order: a row goes when its cosine to a row that has stayed is above the limit."""
    stays = np.zeros(len(rows), dtype=bool)
    for start in range(0, len(rows), STRIP):
        here = np.arange(start, min(start + STRIP, len(rows)))
        kept = np.flatnonzero(stays)
        for chunk in range(0, len(kept), BLOCK):
            here = here[~_near_copies(rows, here, kept[chunk : chunk + BLOCK], limit).any(axis=1)]
        near = np.triu(_near_copies(rows, here, here, limit), 1)
        gone = np.zeros(len(here), dtype=bool)
        for place in range(len(here)):
            if not gone[place]:
                gone |= near[place]
        stays[here[~gone]] = True
    return stays


def _near_copies(rows: Directions, left: Array, right: Array, limit: float) -> Array:
    """Which cosines of some rows with some others are above the limit, bool of shape (left, right)."""
    product = rows.take(left) @ rows.take(right).T
    near = product > limit + rows.margin
    row, column = np.nonzero((product > limit - rows.margin) & ~near)
    near[row, column] = rows.cosines(left[row], right[column]) > limit
    return np.asarray(near)
