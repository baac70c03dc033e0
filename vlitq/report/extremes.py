"""Picks a few samples at an end of some values: no copies of each other, and of different sources where values tie."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from vlitq.schema import Array

LOOKED_AT = 200  # samples of equal value
_SPARE = 4  # times as many as asked for are looked at, for some may be copies


@dataclass(frozen=True, eq=False)
class Picker:
    """Picks among the rows of a run. sources: object, content: uint64, the same for copies, both of shape (rows,)."""

    sources: Array = field(repr=False)
    content: Array = field(repr=False)

    def highest(self, values: Array, count: int) -> list[int]:
        """At most `count` rows with the highest values, the highest first; rows whose value is NaN are never picked.

        Of copies one is picked; of rows that tie those of a source that has been picked least.
        """
        among = self._candidates(values, count)
        taken: list[int] = []
        while among and len(taken) < count:
            tied = [row for row in among if values[row] == values[among[0]]]
            used = Counter(self.sources[row] for row in taken)
            best = min(tied, key=lambda row: used[self.sources[row]])
            taken.append(best)
            among = [row for row in among if self.content[row] != self.content[best]]
        return taken

    def _candidates(self, values: Array, count: int) -> list[int]:
        """The rows with the highest values, the highest first; of many that tie at the end a random part."""
        known = np.flatnonzero(~np.isnan(values))
        if not len(known):
            return []
        last = min(_SPARE * count, len(known)) - 1
        floor = -np.partition(-values[known], last)[last]
        tied = known[values[known] == floor]
        if len(tied) > LOOKED_AT:
            tied = np.random.default_rng(0).choice(tied, LOOKED_AT, replace=False)
        above = known[values[known] > floor]
        return [int(row) for row in [*above[np.argsort(-values[above], kind="stable")], *tied]]
