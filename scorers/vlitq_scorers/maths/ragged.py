"""Arithmetic on varying numbers of values a row, without a loop over rows."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array

PAIRS = 16384  # pairs of vectors that are multiplied at a time


def pair_indices(left_counts: Array, right_counts: Array) -> tuple[Array, Array]:
    """Every left item with every right item of its row, by row and left item: two int64 arrays of item numbers.

    Items are numbered through all rows; the counts, int64 of shape (rows,), say how many a row has.
    """
    partners = np.repeat(right_counts, left_counts)
    left = np.repeat(np.arange(len(partners)), partners)
    within = np.arange(len(left)) - np.repeat(np.cumsum(partners) - partners, partners)
    first = np.repeat(np.cumsum(right_counts) - right_counts, left_counts)
    return left, first[left] + within


def pair_cosines(left: Array, right: Array, pairs: tuple[Array, Array]) -> Array:
    """Cosines of pairs of unit vectors, float64 of shape (pairs,) in [−1, 1]; NaN where either is NaN."""
    cosines = np.empty(len(pairs[0]))
    for start in range(0, len(cosines), PAIRS):
        some = slice(start, start + PAIRS)
        cosines[some] = np.einsum("nd,nd->n", left[pairs[0][some]], right[pairs[1][some]])
    return cosines.clip(-1, 1)


def segment_reduce(reduction: np.ufunc, values: Array, counts: Array) -> Array:
    """`reduction` of consecutive segments of `values`, float64 of shape (segments,); NaN of an empty one, or of NaN."""
    reduced = np.full(len(counts), np.nan)
    filled = counts > 0
    if filled.any():
        starts = np.cumsum(counts) - counts
        reduced[filled] = reduction.reduceat(values, starts[filled], dtype=np.float64)
    return reduced


def segment_mean(values: Array, counts: Array) -> Array:
    """Mean of consecutive segments of `values`, float64 of shape (segments,); NaN of an empty one, or of NaN."""
    return segment_reduce(np.add, values, counts) / np.maximum(counts, 1)


def segment_argmin(values: Array, counts: Array) -> Array:
    """Place within its segment of the smallest value, the first of equals, int64 of shape (segments,); −1 of an empty
    segment, or of one with a NaN."""
    smallest = np.repeat(segment_reduce(np.minimum, values, counts), counts)
    owner, starts = np.repeat(np.arange(len(counts)), counts), np.cumsum(counts) - counts
    hits = np.flatnonzero(values == smallest)[::-1]  # the first of equals is written last, and stays
    place = np.full(len(counts), -1)
    place[owner[hits]] = hits - starts[owner[hits]]
    return place
