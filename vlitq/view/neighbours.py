"""The samples whose vectors are nearest to one's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq.selection.vectors import JOINT, reader
from vlitq.selector import SelectionError
from vlitq.store import Run
from vlitq.view.errors import NotThere

MOST = 200_000  # rows that are compared: of more, so many are drawn
BLOCK = 8192  # rows read at a time
NO_VECTORS = "nothing: neither the image nor the text of this sample could be embedded"


@dataclass(frozen=True)
class Neighbours:
    """Row numbers, the nearest first, int64; their cosines in [-1, 1], float64; and how they were found, in words."""

    rows: Array
    cosines: Array
    how: str


def neighbours(run: Run, row: int, count: int, most: int = MOST) -> Neighbours:
    """The nearest rows by the cosine of their joint vectors, the first of equals before the others.

    Exact up to `most` rows; of more, those among `most` drawn rows, the same each time; none of a row without vectors.
    Raises `NotThere` where the run stores none at all.
    """
    others = _compared(len(run), row, most)
    read = reader(run, np.append(others, row))
    try:
        own = read(JOINT, np.array([len(others)]))[0]
    except SelectionError as error:
        raise NotThere(str(error)) from error
    if not np.isfinite(own).all():
        return Neighbours(np.zeros(0, dtype=np.int64), np.zeros(0), NO_VECTORS)
    blocks = range(0, len(others), BLOCK)
    cosines = [read(JOINT, np.arange(at, min(at + BLOCK, len(others)))) @ own for at in blocks]
    near = np.nan_to_num(np.concatenate([*cosines, np.zeros(0)]).astype(np.float64), nan=-np.inf)
    best = _largest(near, count)
    return Neighbours(others[best], np.clip(near[best], -1, 1), _how(len(run), len(others)))


def _compared(rows: int, row: int, most: int) -> Array:
    """The rows to compare one with, ascending."""
    every = np.delete(np.arange(rows), row)
    if rows <= most:
        return every
    return np.sort(np.random.default_rng(0).choice(every, most, replace=False))


def _largest(values: Array, count: int) -> Array:
    """Positions of the largest values above −∞, the largest first, ties in order."""
    count = min(count, int((values > -np.inf).sum()))
    if not count:
        return np.zeros(0, dtype=np.int64)
    least = np.partition(values, len(values) - count)[len(values) - count]
    candidates = np.flatnonzero(values >= least)
    return candidates[np.argsort(-values[candidates], kind="stable")][:count]


def _how(rows: int, compared: int) -> str:
    by = f"by the cosine of {JOINT} vectors of image and text"
    if compared + 1 == rows:
        return f"{by}, of all {rows:,} samples"
    return f"{by}, of {compared:,} samples drawn of {rows:,}: nearer ones may be among the others"
