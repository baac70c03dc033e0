"""MinHash: signatures whose agreement estimates the Jaccard similarity of sets, and the pairs that locality finds.

Broder 1997, doi 10.1109/SEQUEN.1997.666900; bands: Leskovec, Rajaraman & Ullman, Mining of Massive Datasets, 3.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq_scorers.maths.shingles import Shingles

BITS = 24  # of a signature's numbers, which float32 holds exactly
NONE = -1.0  # all numbers of the signature of an empty set
MOST_TOGETHER = 64  # rows after it in a bucket that a row is compared with, and the first: work stays linear
PAIRS = 1 << 16  # compared at a time: 64 MiB of signatures of 128
STEPS = 1000  # of the numeric integral over similarities

_HASHED = 1 << 13  # values hashed at a time: 8 MiB of products for 128 hashes
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ by the golden ratio


@dataclass(frozen=True)
class Bands:
    """How a signature is cut: `bands` runs of `rows` numbers. Sets that agree in one whole run are candidates."""

    bands: int
    rows: int

    def probability(self, similarity: Array | float) -> Array:
        """That two sets of this Jaccard similarity become candidates: 1 − (1 − sʳ)ᵇ."""
        return np.asarray(1 - (1 - np.asarray(similarity, np.float64) ** self.rows) ** self.bands)


def signatures(sets: Shingles, num_perm: int, seed: int) -> Array:
    """Of each set the least of its values under each of `num_perm` hashes, float32 of shape (sets, num_perm).

    A hash is multiply-add of the upper 32 bits in 64, seeded (Dietzfelbinger 1996: strongly universal in its upper
    half). Kept of the least is a fingerprint of 24 bits, so that by chance one number in 2²⁴ agrees. Those of an empty
    set are all −1.
    """
    factors, terms = _hashes(num_perm, seed)
    values = sets.values >> np.uint64(32)
    some = np.flatnonzero(np.diff(sets.offsets))
    starts = sets.offsets[some]
    least = np.full((len(some), num_perm), np.iinfo(np.uint64).max, np.uint64)
    for begin in range(0, len(values), _HASHED):
        hashed = values[begin : begin + _HASHED, None] * factors + terms
        first, last = np.searchsorted(starts, [begin, begin + len(hashed)])
        first -= first == len(starts) or starts[first] > begin
        cuts = np.maximum(starts[first:last] - begin, 0)
        least[first:last] = np.minimum(least[first:last], np.minimum.reduceat(hashed, cuts, axis=0))
    out = np.full((len(sets), num_perm), NONE, np.float32)
    out[some] = (least * _ODD) >> np.uint64(64 - BITS)
    return out


def standard_error(similarity: float, num_perm: int) -> float:
    """Of the estimate of a Jaccard similarity from `num_perm` hashes: √(s (1 − s) / k)."""
    return float(np.sqrt(similarity * (1 - similarity) / num_perm))


def optimal_bands(
    threshold: float, num_perm: int, false_positive_weight: float = 0.5, false_negative_weight: float = 0.5
) -> Bands:
    """The cut with the least weighted sum of ∫₀ᵗ P(s) ds, pairs compared in vain, and ∫ₜ¹ 1 − P(s) ds, pairs missed.

    The weights and the integrals are those of datasketch and text-dedup. Of equal sums the fewest bands.
    """
    weights = false_positive_weight, false_negative_weight
    cuts = (Bands(bands, rows) for bands in range(1, num_perm + 1) for rows in range(1, num_perm // bands + 1))
    return min(cuts, key=lambda cut: _error(cut, threshold, weights))


def _error(cut: Bands, threshold: float, weights: tuple[float, float]) -> float:
    middles = (np.arange(STEPS) + 0.5) / STEPS
    below = cut.probability(threshold * middles).mean() * threshold
    above = (1 - cut.probability(threshold + (1 - threshold) * middles)).mean() * (1 - threshold)
    return float(weights[0] * below + weights[1] * above)


def candidates(signed: Array, rows: Array, cut: Bands) -> Iterator[tuple[Array, Array]]:
    """Rows (left, right), left before right, that agree in all numbers of a band; some pairs more than once.

    Only `rows`, ascending, meet. In a bucket of more than `MOST_TOGETHER` a row meets that many after it and the
    bucket's first. `signed` may be memory-mapped: besides it some 40 bytes a row are held, and one portion of pairs.
    """
    for band in range(cut.bands):
        keys = fingerprints(signed, rows, slice(band * cut.rows, (band + 1) * cut.rows))
        order = np.argsort(keys, kind="stable")
        yield from _of_buckets(keys[order], rows[order])


def fingerprints(signed: Array, rows: Array, part: slice) -> Array:
    """64 bits for part of the signature of each of some rows, uint64 of shape (rows,): equal parts have equal ones."""
    out = np.empty(len(rows), np.uint64)
    for begin in range(0, len(rows), PAIRS):
        block = np.asarray(signed[rows[begin : begin + PAIRS]])[:, part].astype(np.int64).astype(np.uint64)
        value = np.zeros(len(block), np.uint64)
        for column in block.T:
            value = (value ^ column) * _ODD
            value ^= value >> np.uint64(32)
        out[begin : begin + PAIRS] = value
    return out


def similarities(signed: Array, left: Array, right: Array) -> Array:
    """The share of hashes in which two signatures agree, float32: estimates the Jaccard similarity of their sets."""
    return np.asarray((signed[left] == signed[right]).mean(axis=1, dtype=np.float32))


def _of_buckets(keys: Array, order: Array) -> Iterator[tuple[Array, Array]]:
    """Pairs of rows with equal keys, which are sorted; `order` are the rows, ascending where keys are equal."""
    at = np.arange(len(keys))
    for step in range(1, MOST_TOGETHER + 1):
        at = at[at + step < len(keys)]
        at = at[keys[at] == keys[at + step]]
        if not len(at):
            return
        yield from _portions(order[at], order[at + step])
    first = np.searchsorted(keys, keys[at])
    yield from _portions(order[first], order[at + MOST_TOGETHER])


def _portions(left: Array, right: Array) -> Iterator[tuple[Array, Array]]:
    for begin in range(0, len(left), PAIRS):
        yield left[begin : begin + PAIRS], right[begin : begin + PAIRS]


def _hashes(number: int, seed: int) -> tuple[Array, Array]:
    """Factors and terms, uint64 of shape (number,): raw draws, which no version of numpy changes."""
    drawn = np.random.PCG64(seed).random_raw(2 * number)
    return drawn[:number], drawn[number:]
