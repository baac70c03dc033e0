"""Groups of sets that are nearly the same, and of each the most similar other, from their MinHash signatures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.components import alone, joined
from vlitq_scorers.maths.minhash import NONE, Bands, candidates, fingerprints, similarities


@dataclass(frozen=True)
class NearSets:
    """Of each row: the first of its group, int64, −1 of an empty set; the most similar other it met, int64, −1 where it
    met none; and the estimated similarity of the two, float32 in [0, 1], NaN where it met none."""

    group: Array
    nearest: Array
    similarity: Array


def near_sets(signed: Array, cut: Bands, threshold: float) -> NearSets:
    """Links rows whose signatures agree in a share of `threshold` of their numbers, among those that share a band.

    `signed` is float32 of shape (rows, hashes), memory-mapped or not: about 100 bytes a row are held besides it. A row
    that is NaN, or −1 of an empty set, meets none.
    """
    first, counts = _equal(signed)
    labels = np.where(first >= 0, first, alone(len(first)))
    nearest, similarity = np.full(len(first), -1, np.int64), np.full(len(first), np.nan, np.float32)
    distinct = np.flatnonzero(first == np.arange(len(first)))
    for left, right in candidates(signed, distinct, cut):
        estimate = similarities(signed, left, right)
        _improve(nearest, similarity, np.r_[left, right], np.r_[right, left], np.r_[estimate, estimate])
        linked = estimate >= np.float32(threshold)
        labels = joined(labels, left[linked], right[linked])
    repeated = counts > 1
    nearest[repeated], similarity[repeated] = _next_equal(first)[repeated], 1
    return NearSets(np.where(first >= 0, labels, -1), nearest, similarity)


def _equal(signed: Array) -> tuple[Array, Array]:
    """Of each row the first row with its signature, −1 where it has none, and how many have it."""
    first, counts = np.full(len(signed), -1, np.int64), np.zeros(len(signed), np.int64)
    there = np.flatnonzero(np.asarray(signed[:, 0]) > NONE)  # false of NaN too
    keys = fingerprints(signed, there, slice(None))
    _, start, kind, sizes = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    first[there], counts[there] = there[start[kind]], sizes[kind]
    return first, counts


def _next_equal(first: Array) -> Array:
    """Of each row the first other row with the same `first`; of a row alone, whatever comes."""
    order = np.argsort(first, kind="stable")
    following = np.empty_like(first)
    following[order] = np.roll(order, -1)
    return np.where(first == np.arange(len(first)), following, first)


def _improve(nearest: Array, similarity: Array, row: Array, other: Array, estimate: Array) -> None:
    """Put in what is more similar than what stands there; of equals the first row."""
    order = np.lexsort((other, -estimate, row))
    row, other, estimate = row[order], other[order], estimate[order]
    best = np.flatnonzero(np.diff(row, prepend=-1))
    row, other, estimate = row[best], other[best], estimate[best]
    before = similarity[row]
    better = ~(estimate < before) & ((estimate != before) | (other < nearest[row]))
    nearest[row[better]], similarity[row[better]] = other[better], estimate[better]
