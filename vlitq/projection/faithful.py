"""How far a map can be trusted: which share of the nearest neighbours of some samples are its nearest on the map."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array

ASKED = 500  # samples whose neighbours are looked at
NEIGHBOURS = 10


class Nearest:
    """The nearest rows of some others by cosine, found as the vectors pass by block after block."""

    def __init__(self, vectors: Array, positions: Array) -> None:
        """`vectors` are those of the rows asked about, of unit length, which stand at `positions`."""
        self._asked, self._positions = vectors, positions
        self.cosines = np.full((len(positions), NEIGHBOURS), -np.inf, dtype=np.float32)
        self.found = np.full((len(positions), NEIGHBOURS), -1, dtype=np.int64)

    def meet(self, start: int, block: Array) -> None:
        """Take in the vectors at the positions from `start` on."""
        cosines = self._asked @ block.T
        itself = np.flatnonzero((self._positions >= start) & (self._positions < start + len(block)))
        cosines[itself, self._positions[itself] - start] = -np.inf
        kept = min(NEIGHBOURS, len(block))
        best = np.argpartition(-cosines, kept - 1, axis=1)[:, :kept]
        cosines = np.concatenate([self.cosines, np.take_along_axis(cosines, best, axis=1)], axis=1)
        found = np.concatenate([self.found, best + start], axis=1)
        order = np.argsort(-cosines, axis=1, kind="stable")[:, :NEIGHBOURS]
        self.cosines = np.take_along_axis(cosines, order, axis=1)
        self.found = np.take_along_axis(found, order, axis=1)


def kept_share(found: Array, positions: Array, places: Array) -> float:
    """Of the true neighbours `found` of the points at `positions`, shape (asked, neighbours), the share that are among
    as many nearest on the map of `places`, shape (points, 2)."""
    import faiss

    count = found.shape[1]
    index = faiss.IndexFlatL2(2)
    index.add(np.ascontiguousarray(places, dtype=np.float32))
    _, near = index.search(np.ascontiguousarray(places[positions], dtype=np.float32), count + 1)
    others = [row[row != own][:count] for row, own in zip(near, positions, strict=True)]
    return float(np.mean([np.isin(own, other).mean() for own, other in zip(found, others, strict=True)]))
