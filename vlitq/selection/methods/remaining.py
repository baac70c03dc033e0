"""Which rows SemDeDup leaves, by an exact search or by cells, and what is to be said of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.nearest_before import Before, first_copies, spread
from vlitq.selection.maths.pairs import Pairs, joined_pairs
from vlitq.selection.maths.partitions import partition_blocks, partition_nearest_before, partitioned, ranked_limit
from vlitq.selection.maths.recall import Recall
from vlitq.selection.maths.rows import Directions
from vlitq.selection.maths.semdedup import nearest_preferred, semdedup, semdedup_cut, semdedup_groups
from vlitq.selection.maths.survivors import Rule, surviving_pairs
from vlitq.selector import SelectionError

_NEEDS_EPSILON = (
    "method 'semdedup': among so many rows rule {!r} needs an epsilon, such as epsilon=0.05; or set rule=ranked, or "
    "search=exact, which takes long"
)
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
    row is to it; above `limit` rows are copies; `recall` of the search, None where it was exact."""

    stays: Array
    other: Array
    cosine: Array
    what: str
    limit: float
    recall: Recall | None = None

    def told(self, ids: Array) -> Mapping[int, str]:
        """A reason for each row that was compared, by its position."""
        search = f" (search by cells, which meets this share of such pairs: {self.recall})" if self.recall else ""
        limit = f"; copies are above {self.limit:.3f}{search}"
        return {
            row: f"its cosine to {ids[self.other[row]]!r}, {self.what}, is {self.cosine[row]:.3f}"
            + ("" if self.stays[row] else limit)
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
        limit = 1 - wanted.epsilon
        stays = before.similarity <= limit
    else:
        stays = np.zeros(len(wanted.x), dtype=bool)
        stays[np.lexsort((wanted.rank, before.similarity))[: wanted.target]] = True
        limit = float(before.similarity[stays].max(initial=-1))
    return Remaining(stays, before.row, before.similarity, "which counts before it", limit, recall)


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
    return Remaining(
        stays, np.where(stays, -1, groups.representative), groups.similarity, "which stands for it", 1 - epsilon
    )


def _by_cells(wanted: Wanted, rng: np.random.Generator) -> Remaining:
    """Cells of the distinct rows: an exact copy goes under every rule, and removes nothing that the first does not."""
    rows = Directions.of(wanted.x, wanted.order)
    first = first_copies(rows)
    copy = first < np.arange(len(rows))
    distinct = rows.among(np.flatnonzero(~copy))
    limit = ranked_limit(distinct, wanted.target, rng) if wanted.epsilon is None else 1 - wanted.epsilon
    made = partitioned(distinct, limit, rng)
    stays = None
    if wanted.epsilon is None:
        if wanted.rule != "ranked":
            raise SelectionError(_NEEDS_EPSILON.format(wanted.rule))
        met = partition_nearest_before(made, len(distinct))
    else:
        pairs = joined_pairs(partition_blocks(made, limit, inclusive=False))
        met = _nearest(pairs, len(distinct))
        stays = np.full(len(rows), limit >= 1)
        stays[~copy] = surviving_pairs(wanted.rule, pairs, np.arange(len(distinct)))
        stays = stays[wanted.rank]
    before = spread(met, np.flatnonzero(~copy), len(rows))
    before.similarity[copy], before.row[copy] = 1.0, first[copy]
    found = _ranked(wanted, _placed(before, wanted.order), made.recall)
    return found if stays is None else replace(found, stays=stays)


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
