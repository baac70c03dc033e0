"""Which rows SemDeDup leaves, by an exact search or by cells, and what is to be said of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.nearest_before import Before
from vlitq.selection.maths.pairs import Pairs, joined_pairs
from vlitq.selection.maths.partitions import partition_blocks, partition_nearest_before, partitioned, ranked_limit
from vlitq.selection.maths.recall import Recall
from vlitq.selection.maths.rows import Directions
from vlitq.selection.maths.semdedup import nearest_preferred, semdedup, semdedup_cut, semdedup_groups
from vlitq.selection.maths.survivors import Rule, surviving_pairs
from vlitq.selector import SelectionError

_ALL_GO = 2.5  # an epsilon above every distance


@dataclass(frozen=True)
class Wanted:
    """Rows `x`, the `order` in which they count, int64 positions, their `clusters` or None, and how they are thinned:
    by `epsilon`, or, where it is None, to `target` rows."""

    x: Array
    order: Array
    clusters: Array | None
    rule: Rule
    epsilon: float | None
    target: int

    @property
    def rank(self) -> Array:
        """Of each row its place in the order."""
        return np.argsort(self.order)


@dataclass(frozen=True)
class Remaining:
    """`stays`, bool a row. `other` is the row that it is told of, −1 where there is none, `cosine` theirs, `what` that
    row is to it; `recall` of the search, None where it was exact."""

    stays: Array
    other: Array
    cosine: Array
    what: str
    recall: Recall | None = None

    def told(self, ids: Array) -> Mapping[int, str]:
        """A reason for each row that was compared, by its position."""
        search = f" (search by cells, which meets this share of such pairs: {self.recall})" if self.recall else ""
        return {
            row: f"its cosine to {ids[self.other[row]]!r}, {self.what}, is {self.cosine[row]:.3f}{search}"
            for row in np.flatnonzero(self.other >= 0).tolist()
        }


def remaining(wanted: Wanted, rng: np.random.Generator | None) -> Remaining:
    """Compares all with all, or within clusters; with `rng`, within cells."""
    if rng is not None and len(wanted.x):
        return _by_cells(wanted, rng)
    if wanted.rule == "ranked":
        return _ranked(wanted, nearest_preferred(wanted.x, order=wanted.order, clusters=wanted.clusters))
    return _grouped(wanted)


def _ranked(wanted: Wanted, before: Before, recall: Recall | None = None) -> Remaining:
    if wanted.epsilon is not None:
        stays = before.similarity <= 1 - wanted.epsilon
    else:
        stays = np.zeros(len(wanted.x), dtype=bool)
        stays[np.lexsort((wanted.rank, before.similarity))[: wanted.target]] = True
    return Remaining(stays, before.row, before.similarity, "which counts before it", recall)


def _grouped(wanted: Wanted) -> Remaining:
    x, rule, order, clusters = wanted.x, wanted.rule, wanted.order, wanted.clusters
    epsilon = wanted.epsilon
    if epsilon is None:
        try:
            epsilon = semdedup_cut(x, wanted.target, rule, order=order, clusters=clusters).epsilon
        except ValueError:  # the budget does not buy even the rows that nothing can remove
            epsilon = _ALL_GO
    stays = semdedup(x, epsilon, rule, order=order, clusters=clusters)
    groups = semdedup_groups(x, epsilon, rule, order=order, clusters=clusters)
    return Remaining(stays, np.where(stays, -1, groups.representative), groups.similarity, "which stands for it")


def _by_cells(wanted: Wanted, rng: np.random.Generator) -> Remaining:
    rows = Directions.of(wanted.x, wanted.order)
    if wanted.epsilon is None:
        if wanted.rule != "ranked":
            raise SelectionError(
                f"method 'semdedup': for more than a few rows, rule {wanted.rule!r} needs an epsilon, such as "
                "epsilon=0.05; or set rule=ranked, or search=exact, which takes long"
            )
        made = partitioned(rows, ranked_limit(rows, wanted.target, rng), rng)
        return _ranked(wanted, _placed(partition_nearest_before(made, len(rows)), wanted.order), made.recall)
    made = partitioned(rows, 1 - wanted.epsilon, rng)
    pairs = joined_pairs(partition_blocks(made, 1 - wanted.epsilon, inclusive=False))
    stays = np.empty(len(rows), dtype=bool)
    stays[wanted.order] = surviving_pairs(wanted.rule, pairs, np.arange(len(rows)))
    nearest = _placed(_nearest(pairs, len(rows)), wanted.order)
    return Remaining(stays, nearest.row, nearest.similarity, "which counts before it", made.recall)


def _nearest(pairs: Pairs, count: int) -> Before:
    """Of each row the most similar of those before it, from a list of pairs in order of rank."""
    found = Before.none(count)
    order = np.lexsort((pairs.left, -pairs.similarity, pairs.right))
    right, first = np.unique(pairs.right[order], return_index=True)
    found.row[right], found.similarity[right] = pairs.left[order][first], pairs.similarity[order][first]
    return found


def _placed(before: Before, order: Array) -> Before:
    """What was found of places in the order, told of the rows."""
    found = Before.none(len(order))
    found.similarity[order] = before.similarity
    found.row[order] = np.where(before.row >= 0, order[before.row], -1)
    return found
