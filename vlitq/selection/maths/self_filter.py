"""Self-Filter's selection: the most difficult rows, each of which makes its nearest neighbours count for less."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.d2 import nearest_neighbours
from vlitq.selection.maths.given import require_finite
from vlitq.selection.maths.highest_first import Losses, highest_first
from vlitq.selection.maths.ties import picks

LISTED = 2  # neighbours listed for each that is lowered: as many again may be taken before all are searched once more

_Near = Iterable[tuple[int, float]]


@dataclass(frozen=True)
class Filtered:
    """`order`, int64, the rows taken; `difficulty`, float64 of shape (n,), what taken neighbours left of each row's."""

    order: Array
    difficulty: Array


def self_filter(
    difficulty: Array, neighbours: Array, cosines: Array, budget: int, gamma: float = 1.0, k: int | None = None
) -> Array:
    """Positions of min(budget, n) rows in the order taken, int64 (Chen et al. 2024, arXiv 2402.12501).

    difficulty: (n,), finite. neighbours, cosines: (n, m), positions, the nearest first, and their cosines; −1 where a
    row has fewer. The row i that is most difficult, the first of equals, is taken, and of the first `k` of its
    neighbours that are not taken yet (all of those listed where `k` is None) each loses γ · d_i · cos²(i, j), d_i as
    lowered so far. So a row of negative difficulty raises its neighbours: use difficulties of 0 and more, and expect
    that of rows taken last. Time O(n + budget · k · log n). Raises `ValueError` for a difficulty that is no number.
    """
    listed, similar = np.asarray(neighbours).tolist(), np.asarray(cosines, np.float64).tolist()

    def near(row: int, free: list[bool]) -> _Near:
        found = [(j, c) for j, c in zip(listed[row], similar[row], strict=True) if j >= 0 and free[j]]
        return found[:k]

    return _most_difficult(difficulty, near, budget, gamma).order


def self_filter_of(difficulty: Array, x: Array, budget: int, gamma: float = 1.0, k: int = 10) -> Filtered:
    """The same with the exact `k` nearest by cosine of those not taken; `x` is (n, d), float32 of unit rows.

    Time O(n² · d) in blocks for the graph, and one product of `x` and a row where too many of its neighbours are taken.
    """
    graph = nearest_neighbours(x, LISTED * k)

    def near(row: int, free: list[bool]) -> _Near:
        listed = zip(graph.index[row].tolist(), graph.cosine[row].tolist(), strict=True)
        found = [(j, c) for j, c in listed if free[j]][:k]
        return found if len(found) == k or graph.index.shape[1] >= len(x) - 1 else _searched(x, row, free, k)

    return _most_difficult(difficulty, near, budget, gamma)


def _searched(x: Array, row: int, free: list[bool], k: int) -> _Near:
    """The `k` rows nearest to one among those that are free, by a look at all."""
    at = np.flatnonzero(free)
    cosine = x[at] @ x[row]
    order = np.argsort(-cosine, kind="stable")[:k]
    return zip(at[order].tolist(), cosine[order].tolist(), strict=True)


def _most_difficult(difficulty: Array, near: Callable[[int, list[bool]], _Near], budget: int, gamma: float) -> Filtered:
    """Always the highest value; what is near it and free loses by it."""
    difficulty = np.asarray(difficulty, np.float64)
    require_finite(difficulty, "difficulty: row")
    value: list[float] = difficulty.tolist()

    def losses(row: int, free: list[bool]) -> Losses:
        return [(other, gamma * value[row] * cosine * cosine) for other, cosine in near(row, free)]

    order = highest_first(value, picks(budget, len(value)), losses)
    return Filtered(order, np.array(value))
