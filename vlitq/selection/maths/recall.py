"""How much of what there is was found: a share with Wilson's interval, and an exact search for a sample of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.pairs import STRIP, Hits, search_numpy, settled
from vlitq.selection.maths.rows import BLOCK, Directions

Z = 1.959963984540054  # of the normal distribution, for an interval of 95 %


@dataclass(frozen=True)
class Recall:
    """Of `true` pairs, all that a sample of the rows has, `met` are met by a search.

    The interval takes the pairs as drawn one by one. They come by rows, and pairs of one group are met or missed
    together: where groups are large it is too narrow.
    """

    met: int
    true: int

    @property
    def share(self) -> float:
        """The estimate, in [0, 1]; NaN where the sample has no pair."""
        return self.met / self.true if self.true else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 % (1927, doi 10.1080/01621459.1927.10502953); (0, 1) where the sample has no pair."""
        if not self.true:
            return 0.0, 1.0
        middle = (self.share + Z**2 / (2 * self.true)) / (1 + Z**2 / self.true)
        spread = Z * np.sqrt(self.share * (1 - self.share) / self.true + Z**2 / (4 * self.true**2))
        half = float(spread) / (1 + Z**2 / self.true)
        return max(middle - half, 0.0), min(middle + half, 1.0)

    def __str__(self) -> str:
        if not self.true:
            return "not known, as the rows looked at have no such pair"
        low, high = self.interval
        return f"{self.share:.4f} [{low:.4f}, {high:.4f}] ({self.met} of {self.true} pairs)"


def pairs_of(rows: Directions, some: Array, threshold: float, most: int, rng: np.random.Generator) -> Hits:
    """Every pair (one of `some`, another row) with a cosine of at least `threshold`: positions, int64 both.

    A random `most` of them, where there may be more.
    """
    found: list[Hits] = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for other in range(0, len(rows), BLOCK):
        against = rows.block(other, other + BLOCK)
        for start in range(0, len(some), STRIP):
            asked = some[start : start + STRIP]
            row, column = search_numpy(rows.take(asked), against, threshold - rows.margin)
            found.append((asked[row], column + other))
    one, another = (np.concatenate(side) for side in zip(*found, strict=True))
    kept = np.flatnonzero(one != another)
    kept = rng.permutation(kept)[:most]
    pairs = settled(rows, one[kept], another[kept], threshold, inclusive=True)
    return pairs.left, pairs.right
