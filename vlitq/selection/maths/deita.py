"""DEITA's filter: down a ranking, what is too close to a row already kept is skipped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import rows_of
from vlitq.selection.maths.rows import unit
from vlitq.selection.maths.screen import AGAINST, Screen, products_above, screen_for
from vlitq.selection.maths.ties import picks

BLOCK = 512  # rows compared at a time
CHUNK = 2048  # kept rows a block meets at a time: 4 MiB of cosines
SCREENED_FROM = 4 * CHUNK  # kept rows: below, all products take seconds, and finding a screen is not worth it
ROUNDING = 1e-6  # error of a float32 cosine; a row exactly at the threshold is kept on every machine


def deita(x: Array, budget: int, threshold: float = 0.9, *, fill: bool = True) -> Array:
    """The first rows of `x`, the best first, that have no cosine above `threshold` to a row taken before: the REPR
    filter of Liu et al. 2023, arXiv 2312.15685.

    x: unit rows of shape (n, dim), any float type, in memory or memory-mapped; a row of NaN or zeros is close to none.
    Positions int64, in the order taken: exactly min(budget, n), as the best of the skipped rows follow where too few
    differ; with `fill` False there may be fewer, as in the paper.
    """
    x = rows_of(x)
    budget = picks(budget, len(x))
    walk = Walk(threshold)
    taken = np.zeros(len(x), dtype=bool)
    for start in range(0, len(x), BLOCK):
        left = budget - walk.kept
        if not left:
            break
        block = unit(x[start : start + BLOCK])
        taken[start : start + BLOCK] = walk.visit(block, np.ones(len(block), np.int64), left).kept
    first, rest = np.flatnonzero(taken), np.flatnonzero(~taken)
    return np.concatenate([first, rest[: budget - len(first)]]) if fill else first


@dataclass(frozen=True)
class Verdicts:
    """Of each row of a block: `kept`, bool; `cosine`, float32, to the kept row it was found close to; `near`, int64,
    the number of that row among all visited, −1 for a row close to none."""

    kept: Array
    cosine: Array
    near: Array


class Walk:
    """The rows kept on the way down a ranking.

    Time grows with rows visited × rows kept, memory with rows kept × dim.
    """

    def __init__(self, threshold: float) -> None:
        self.limit = threshold + ROUNDING
        self._visited = 0
        self._numbers: list[int] = []
        self._kept = _Kept(self.limit)

    @property
    def kept(self) -> int:
        """How many rows are kept, those without a vector among them."""
        return len(self._numbers)

    def visit(self, x: Array, cost: Array, left: int) -> Verdicts:
        """Keep or skip the next rows, float32 unit rows of shape (n, dim), or NaN; of those that differ, what
        `left` still pays for, each with its `cost`."""
        known = np.isfinite(x.sum(axis=1))
        x = np.where(known[:, None], x, np.float32(0))
        cosine, near = self._kept.closest(x)
        among = x @ x.T
        among[~known] = among[:, ~known] = -np.inf
        kept = np.zeros(len(x), dtype=bool)
        for row, (price, closeness, earlier) in enumerate(
            zip(cost.tolist(), cosine.tolist(), _earlier(among, self.limit), strict=True)
        ):
            close = [one for one in earlier if kept[one]]
            if close and among[row, close].max() > closeness:
                best = close[int(among[row, close].argmax())]
                cosine[row], near[row] = among[row, best], self._visited + best
            elif closeness <= self.limit and 0 < left >= price:
                kept[row], left = True, left - price
        self._note(x, kept, known)
        return Verdicts(kept, cosine, near)

    def _note(self, x: Array, kept: Array, known: Array) -> None:
        self._numbers += (self._visited + np.flatnonzero(kept)).tolist()
        compared = np.flatnonzero(kept & known)
        self._kept.add(x[compared], self._visited + compared)
        self._visited += len(x)


def _earlier(among: Array, limit: float) -> list[list[int]]:
    """Of each row of a block the earlier rows that are closer to it than the limit."""
    later, earlier = np.nonzero((among > limit) & np.tri(len(among), k=-1, dtype=bool))
    found: list[list[int]] = [[] for _ in among]
    for row, other in zip(later.tolist(), earlier.tolist(), strict=True):
        found[row].append(other)
    return found


class _Kept:
    """The vectors kept, in chunks that are never copied, their numbers, and what screens them."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._count = 0
        self._chunks: list[Array] = []
        self._screened: list[Array] = []
        self._numbers: list[Array] = []
        self._screen: Screen | None = None

    def add(self, x: Array, numbers: Array) -> None:
        """Keep some rows."""
        while len(x):
            at = self._count % CHUNK
            if at == 0:
                self._new_chunk(x.shape[1])
            some = x[: CHUNK - at]
            self._chunks[-1][at : at + len(some)] = some
            self._numbers[-1][at : at + len(some)] = numbers[: len(some)]
            if self._screen:
                self._screened[-1][at : at + len(some)] = self._screen.of(some)
            self._count += len(some)
            x, numbers = x[len(some) :], numbers[len(some) :]

    def closest(self, x: Array) -> tuple[Array, Array]:
        """A cosine above the limit to a kept row and that row's number, for rows that have one; else −inf, −1. The
        highest in the first chunk of kept rows that has any."""
        cosine, near = np.full(len(x), -np.inf, np.float32), np.full(len(x), -1, np.int64)
        bounds = self._screen.of(x) if self._screen else None
        for number, chunk in enumerate(self._chunks):
            met = chunk[: min(self._count - number * CHUNK, CHUNK)]
            rows = np.flatnonzero(near < 0)
            cap = x[rows] @ met.T if bounds is None else bounds[rows] @ self._screened[number][: len(met)].T
            found = products_above(x[rows], met, cap, self._limit, exact=bounds is None)
            at = rows[found.row]
            cosine[at], near[at] = found.product, self._numbers[number][found.column]
        return cosine, near

    def _new_chunk(self, dim: int) -> None:
        if self._count == SCREENED_FROM:
            self._screen = screen_for(np.concatenate(self._chunks[: AGAINST // CHUNK + 1]), self._limit)
            self._screened = [self._screen.of(chunk) for chunk in self._chunks] if self._screen else []
        self._chunks.append(np.empty((CHUNK, dim), np.float32))
        self._numbers.append(np.empty(CHUNK, np.int64))
        if self._screen:
            self._screened.append(np.empty((CHUNK, self._screen.directions.shape[1] + 1), np.float32))
