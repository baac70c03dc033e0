"""Pairs above a threshold by k-means cells: most of them at a fraction of the time, and how many is measured.

Each row is compared with the rows of its own cell and of the cells whose centroids are next nearest to it, so that a
pair is met when either row looks into the cell of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.kmeans import members, spherical_kmeans
from vlitq.selection.maths.nearest_before import Before, improve, spread
from vlitq.selection.maths.pairs import STRIP, Hits, Pairs, joined_pairs, settled, where_above
from vlitq.selection.maths.recall import Recall, pairs_of
from vlitq.selection.maths.rows import BLOCK, Directions

TARGET = 0.99
CELLS_PER_ROOT = 2  # cells for each unit of √rows: finding the cells costs about what looking into them does
ITERATIONS, PER_CELL = 5, 32  # of the k-means: cells need to be small, not optimal
FIRST_SAMPLE, SAMPLE = 50, 1000  # rows compared with all, twice: to choose the probes, and to state the recall
ENOUGH_PAIRS, MOST_PAIRS = 300, 20_000  # pairs that a sample should have, and that are looked at
DEFAULT_PROBES = 16  # where the samples have no pair above the threshold to learn from


@dataclass(frozen=True)
class Partitions:
    """Rows in cells. `rows` are those that have a direction, `places` their positions among all, int64.

    `home` int64, the cell of each; `probes` int32 of shape (rows, m), the cells it is compared with, its own first;
    `cells` the rows of each cell; `recall` the share of pairs above the threshold it was made for that are met.
    """

    rows: Directions
    places: Array
    home: Array
    probes: Array
    cells: list[Array]
    recall: Recall

    @property
    def share(self) -> float:
        """How many of all pairs of rows are compared, about, in [0, 1]."""
        sizes = np.array([len(cell) for cell in self.cells], np.float64)
        return float(sizes[self.probes].sum() / max(len(self.rows), 1) ** 2)


@dataclass(frozen=True)
class Approximate:
    """The pairs that were met, their estimated `recall`, and the partitions used."""

    pairs: Pairs
    recall: Recall
    cells: int
    probes: int


def partition_pairs(
    x: Array, threshold: float, rng: np.random.Generator, *, target: float = TARGET, inclusive: bool = True
) -> Approximate:
    """Pairs of rows of `x`, shape (n, dim), with a cosine of at least `threshold`: no other, and nearly all.

    The recall is measured on an exact search for some of the rows; the cells that a row looks into are as many as
    bring it to `target`. What a pair's cosine is, and whether it counts, is settled as in `pairs_above`.
    """
    made = partitioned(Directions.of(x), threshold, rng, target)
    return Approximate(
        joined_pairs(partition_blocks(made, threshold, inclusive)), made.recall, len(made.cells), made.probes.shape[1]
    )


def partitioned(rows: Directions, threshold: float, rng: np.random.Generator, target: float = TARGET) -> Partitions:
    """Rows in cells, each with as many cells to look into as the target asks for pairs above the threshold."""
    places = rows.directed
    rows = rows.among(places)
    centroids = _centroids(rows, rng)
    recall, probes = Recall(0, 0), 1
    if len(rows) > 1:
        recall, probes = _probes_needed(rows, centroids, threshold, rng, target)
    home, looked = _nearest_cells(rows, centroids, min(probes, len(centroids)))
    return Partitions(rows, places, home, looked, members(home, len(centroids)), recall)


def partition_blocks(made: Partitions, threshold: float, inclusive: bool = True) -> Iterator[Pairs]:
    """The pairs of `partition_pairs`, each once, a strip of a cell at a time, in no order."""
    for asked, against, product in meetings(made):
        row, column = where_above(product, threshold - made.rows.margin)
        left, right = asked[row], against[column]
        once = _met_here_first(made, left, right)
        left, right = left[once], right[once]
        found = settled(made.rows, np.minimum(left, right), np.maximum(left, right), threshold, inclusive)
        yield Pairs(made.places[found.left], made.places[found.right], found.similarity)


def ranked_limit(rows: Directions, keep: int, rng: np.random.Generator) -> float:
    """About the cosine above which a row is removed, where `keep` of the rows, which count as they stand, shall stay.

    From an exact search of what comes before each of `SAMPLE` rows.
    """
    some = np.sort(rng.permutation(len(rows))[:SAMPLE])
    asked, best = rows.take(some), np.full(len(some), -1.0)
    for other in range(0, len(rows), BLOCK):
        product = asked @ rows.block(other, other + BLOCK).T
        product[np.arange(other, other + product.shape[1]) >= some[:, None]] = -1
        best = np.maximum(best, product.max(axis=1))
    return float(np.quantile(best, min(keep / max(len(rows), 1), 1.0))) if len(some) else 1.0


def partition_nearest_before(made: Partitions, count: int) -> Before:
    """Of each of `count` rows the most similar earlier row that it meets: `nearest_before`, by cells."""
    found = Before.none(len(made.rows))
    for asked, against, product in meetings(made):
        for later, earlier, cosine in ((asked, against, product), (against, asked, product.T)):
            improve(found, made.rows, later, earlier, np.where(earlier < later[:, None], cosine, np.float32(-np.inf)))
    return spread(found, made.places, count)


def meetings(made: Partitions) -> Iterator[tuple[Array, Array, Array]]:
    """Rows that look into a cell, rows of the cell, both ascending, and their float32 products: a strip at a time."""
    visits = np.argsort(made.probes.ravel(), kind="stable")
    bounds = np.searchsorted(made.probes.ravel()[visits], np.arange(len(made.cells) + 1))
    visitors = visits // made.probes.shape[1]
    for number, cell in enumerate(made.cells):
        looking = visitors[bounds[number] : bounds[number + 1]]
        for block in range(0, len(cell), BLOCK):
            against = cell[block : block + BLOCK]
            rows = made.rows.take(against)
            for strip in range(0, len(looking), STRIP):
                asked = looking[strip : strip + STRIP]
                yield asked, against, made.rows.take(asked) @ rows.T


def _met_here_first(made: Partitions, left: Array, right: Array) -> Array:
    """Of pairs (a row that looks into a cell, a row of the cell) one of the two visits, where each visits the other."""
    mutual = (made.probes[right] == made.home[left][:, None]).any(axis=1)
    return np.asarray(np.where(mutual, left < right, left != right))


def _centroids(rows: Directions, rng: np.random.Generator) -> Array:
    """Unit centroids, float32 of shape (cells, dim)."""
    cells = max(1, round(CELLS_PER_ROOT * np.sqrt(len(rows))))
    some = np.sort(rng.permutation(len(rows))[: cells * PER_CELL])
    if not len(rows):
        return np.zeros((1, rows.x.shape[1]), np.float32)
    return spherical_kmeans(rows.take(some), cells, rng, ITERATIONS, PER_CELL).centroids


def _nearest_cells(rows: Directions, centroids: Array, probes: int) -> tuple[Array, Array]:
    """The nearest centroid of each row, int64, and the `probes` nearest, int32 of shape (rows, probes)."""
    home, looked = np.empty(len(rows), np.int64), np.empty((len(rows), probes), np.int32)
    for start in range(0, len(rows), BLOCK):
        cosine = rows.block(start, start + BLOCK) @ centroids.T
        here = slice(start, start + len(cosine))
        nearest = np.argpartition(cosine, len(centroids) - probes, axis=1)[:, len(centroids) - probes :]
        best = np.take_along_axis(cosine, nearest, axis=1).argmax(axis=1)
        home[here], looked[here] = nearest[np.arange(len(best)), best], nearest
    return home, looked


def _probes_needed(
    rows: Directions, centroids: Array, threshold: float, rng: np.random.Generator, target: float
) -> tuple[Recall, int]:
    """How many cells to look into: chosen by one sample, the recall stated by another, and raised if it falls short."""
    choosing, stating = (_needed(rows, centroids, threshold, rng) for _ in range(2))
    probes = max(_enough(choosing, target), _enough(stating, target))
    return Recall(int((stating <= probes).sum()), len(stating)), probes


def _enough(needed: Array, target: float) -> int:
    """The least number that covers the target's share of what is needed; a default where nothing is known."""
    if not len(needed):
        return DEFAULT_PROBES
    return int(np.sort(needed)[int(np.ceil(target * len(needed))) - 1])


def _needed(rows: Directions, centroids: Array, threshold: float, rng: np.random.Generator) -> Array:
    """For each pair that a sample of the rows is in, how many cells have to be looked into to meet it; int64.

    A few rows tell how many it takes to have enough pairs; no more than `SAMPLE` are taken, or 1 in 200.
    """
    most = min(max(SAMPLE, len(rows) // 200), len(rows))
    one, other = _sampled(rows, min(FIRST_SAMPLE, most), threshold, rng)
    if len(one) < ENOUGH_PAIRS:
        size = FIRST_SAMPLE * ENOUGH_PAIRS // max(len(one), 1)
        one, other = _sampled(rows, min(2 * size, most), threshold, rng)
    needed = [_ranks(rows, centroids, one[some], other[some]) for some in _slices(len(one))]
    return np.concatenate([np.zeros(0, np.int64), *needed])


def _sampled(rows: Directions, size: int, threshold: float, rng: np.random.Generator) -> Hits:
    return pairs_of(rows, rng.permutation(len(rows))[:size], threshold, MOST_PAIRS, rng)


def _ranks(rows: Directions, centroids: Array, one: Array, other: Array) -> Array:
    """The rank of the other row's cell among the cells by nearness, 1 the nearest, from whichever side it is less."""
    cosine = [rows.take(side) @ centroids.T for side in (one, other)]
    home = [side.argmax(axis=1) for side in cosine]
    each = np.arange(len(one))
    ranks = [(cosine[a] > cosine[a][each, home[1 - a], None]).sum(axis=1) + 1 for a in (0, 1)]
    return np.asarray(np.minimum(*ranks))


def _slices(count: int) -> Iterator[slice]:
    for start in range(0, count, BLOCK):
        yield slice(start, start + BLOCK)
