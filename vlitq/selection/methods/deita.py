"""The method of DEITA: walk down the ranking and skip what is too close to what is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.methods.spending import filled
from vlitq.selection.vectors import JOINT
from vlitq.selector import Choice, Pool, SelectionError, Selector

BLOCK = 1024  # candidates compared at a time
CHUNK = 16384  # kept vectors a candidate block is multiplied with at a time: 64 MiB of cosines
ROUNDING = 1e-6  # error of a float32 cosine; a row exactly at the threshold is kept on every machine


@dataclass(frozen=True)
class Deita(Selector):
    """Rows in order of score, each kept only if its cosine to every row kept so far is at most `threshold`.

    feature: the vectors compared, a stored feature or `joint` (image and text). A row without a vector is taken by
    its rank.
    fill: where the filter runs dry before the budget is spent, spend the rest on the best of the skipped rows.
    Time grows with rows walked x rows kept, memory with rows kept x dim.
    """

    name = "deita"
    description = "The highest scores, skipping rows too close to one already taken."
    source = "Liu et al. 2023, arXiv 2312.15685 (REPR filter, threshold 0.9)"

    threshold: float = 0.9
    feature: str = JOINT
    fill: bool = True

    def __post_init__(self) -> None:
        if not -1 <= self.threshold <= 1:
            raise SelectionError(f"method 'deita': threshold {self.threshold} is not a cosine, between -1 and 1")

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:  # noqa: ARG002  # nothing is random
        """The best rows that differ, then, with `fill`, the best of the others."""
        walk = _Walk(self, pool, budget)
        ranking = pool.ranking()
        for start in range(0, len(ranking), BLOCK):
            if walk.left == 0:
                break
            walk.visit(ranking[start : start + BLOCK])
        choice = walk.choice()
        return filled(pool, choice.order, budget, "no other row is far enough", choice.reasons) if self.fill else choice


class _Walk:
    """What is taken and skipped on the way down a ranking, and what is left of the budget."""

    def __init__(self, method: Deita, pool: Pool, budget: int) -> None:
        self.method, self.pool, self.left = method, pool, budget
        self.limit = method.threshold + ROUNDING
        self.taken: list[int] = []
        self.reasons: dict[int, str] = {}
        self._kept = _Kept()

    def choice(self) -> Choice:
        return Choice(np.array(self.taken, dtype=np.int64), self.reasons)

    def visit(self, block: Array) -> None:
        """Take or skip the candidates of a block, positions in the pool with the best first."""
        vectors = self.pool.feature(self.method.feature, block)
        known = np.isfinite(vectors.sum(axis=1))
        vectors = np.where(known[:, None], vectors, np.float32(0))
        cosine, nearest = self._kept.nearest(vectors, self.limit)
        among = vectors @ vectors.T
        cosine[~known] = among[~known] = among[:, ~known] = -np.inf
        for i, position in enumerate(block.tolist()):
            if cosine[i] > self.limit:
                self._skip(position, cosine[i], int(nearest[i]))
            elif self.pool.cost[position] <= self.left and self.left:
                self._take(position, vectors[i] if known[i] else None)
                closer = among[i] > cosine
                cosine[closer], nearest[closer] = among[i][closer], position

    def _skip(self, position: int, cosine: float, nearest: int) -> None:
        self.reasons[position] = (
            f"its cosine to {self.pool.ids[nearest]!r}, which is kept, is {cosine:.3f}, above {self.method.threshold:g}"
        )

    def _take(self, position: int, vector: Array | None) -> None:
        self.taken.append(position)
        self.left -= int(self.pool.cost[position])
        if vector is None:
            self.reasons[position] = f"it has no {self.method.feature} vector, so it is compared with nothing"
        else:
            self._kept.add(position, vector)


class _Kept:
    """The vectors kept, in chunks that are never copied, and the positions they belong to."""

    def __init__(self) -> None:
        self._positions: list[int] = []
        self._chunks: list[Array] = []

    def add(self, position: int, vector: Array) -> None:
        row = len(self._positions) % CHUNK
        if row == 0:
            self._chunks.append(np.empty((CHUNK, len(vector)), dtype=np.float32))
        self._chunks[-1][row] = vector
        self._positions.append(position)

    def nearest(self, vectors: Array, limit: float) -> tuple[Array, Array]:
        """The highest cosine to a kept vector, and its position; a row is done at the first chunk above `limit`."""
        cosine, nearest = np.full(len(vectors), -np.inf), np.zeros(len(vectors), dtype=np.int64)
        for start, chunk in zip(range(0, len(self._positions), CHUNK), self._chunks, strict=True):
            positions = np.array(self._positions[start : start + CHUNK])
            open_rows = np.flatnonzero(cosine <= limit)
            cosines = vectors[open_rows] @ chunk[: len(positions)].T
            best = cosines.argmax(axis=1)
            highest = cosines[np.arange(len(open_rows)), best]
            closer = highest > cosine[open_rows]
            cosine[open_rows[closer]], nearest[open_rows[closer]] = highest[closer], positions[best[closer]]
        return cosine, nearest


METHODS: tuple[type[Selector], ...] = (Deita,)
