"""ZIP: greedily the texts that compress least together, by what deflate makes of them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.ties import picks

LEVEL = 9
SEPARATOR = b"\n"


@dataclass(frozen=True)
class Zipped:
    """`order`, int64, the texts taken; `alone`, float64, the compression ratio of each text by itself."""

    order: Array
    alone: Array


def zip_greedy(texts: Sequence[str], budget: int, k1: int = 10000, k2: int = 200, k3: int = 100) -> Array:
    """Positions of min(budget, n) texts in the order taken, int64: a set of a low compression ratio.

    Yin et al. 2024, arXiv 2407.06645. The ratio of a set is the bytes of its texts, each ended by a line break, by
    those that zlib at level 9 makes of them. Every text has a state, at first its own ratio. A round updates the
    `k1` texts of the lowest state to the ratio of the set taken so far with the text, keeps the `k2` lowest, and of
    these takes `k3`, one at a time, always the one that with those taken in this round has the lowest ratio; the
    lowest position among equals. The last round takes fewer, so that the budget is met. deflate sees 32 KB back and
    no farther: a text that repeats one taken before that passes for new. Very short texts have the lowest ratios by
    themselves, since zlib adds at least 8 bytes.
    The compressor's state is copied for each candidate, so a round compresses k1 + k2 · k3 texts, not sets.
    Raises `ValueError` unless 1 ≤ k3 ≤ k2 ≤ k1.
    """
    return zipped(texts, budget, k1, k2, k3).order


def zipped(texts: Sequence[str], budget: int, k1: int = 10000, k2: int = 200, k3: int = 100) -> Zipped:
    """The texts that `zip_greedy` takes, and how each compresses by itself."""
    if not 1 <= k3 <= k2 <= k1:
        raise ValueError(f"k1 = {k1}, k2 = {k2}, k3 = {k3}: each of k3 ≤ k2 ≤ k1 is a number of texts, 1 or more")
    lines = [text.encode("utf-8", "surrogatepass") + SEPARATOR for text in texts]
    budget, taken = picks(budget, len(lines)), list[int]()
    state = _ratios(_Deflated(), lines, range(len(lines)))
    alone, everything = state.copy(), _Deflated()
    while len(taken) < budget:
        some = np.sort(_lowest(state, k1))
        state[some] = _ratios(everything, lines, some.tolist())
        shortlist = some[np.argsort(state[some], kind="stable")[:k2]]
        found = _one_at_a_time(lines, np.sort(shortlist).tolist(), min(k3, budget - len(taken)))
        for row in found:
            everything.add(lines[row])
        state[found] = np.inf
        taken += found
    return Zipped(np.array(taken, dtype=np.int64), alone)


class _Deflated:
    """What has been compressed so far: a compressor in its state, the bytes it was given, and those it has put out."""

    def __init__(self) -> None:
        self.compressor = zlib.compressobj(LEVEL)
        self.given = self.out = 0

    def add(self, line: bytes) -> None:
        """Compresses one more text."""
        self.given += len(line)
        self.out += len(self.compressor.compress(line))

    def ratio(self, line: bytes) -> float:
        """The ratio if this text came next; nothing is added."""
        then = self.compressor.copy()
        out = self.out + len(then.compress(line)) + len(then.flush())
        return (self.given + len(line)) / out


def _ratios(together: _Deflated, lines: Sequence[bytes], rows: Sequence[int]) -> Array:
    return np.array([together.ratio(lines[row]) for row in rows], dtype=np.float64)


def _lowest(state: Array, count: int) -> Array:
    """Positions of the `count` lowest states that are finite, the first of equals first."""
    order = np.argsort(state, kind="stable")[:count]
    return np.asarray(order[np.isfinite(state[order])])


def _one_at_a_time(lines: Sequence[bytes], rows: list[int], count: int) -> list[int]:
    """Of some rows those that go together with the lowest ratio, greedily, from none on."""
    together, taken = _Deflated(), list[int]()
    while rows and len(taken) < count:
        at = int(np.argmin(_ratios(together, lines, rows)))
        together.add(lines[rows[at]])
        taken.append(rows.pop(at))
    return taken
