"""Strokes: connected components of a picture that may be letters, measured."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.components import alone, joined

LEAST_HEIGHT = 6  # pixels of a letter
MOST_HEIGHT = 0.5  # of the picture
LONGEST = 12  # height to width and width to height: an l, a word whose letters touch
LEAST_FILLED = 0.12  # of its box
THICKNESS = (0.04, 0.45)  # of the height


@dataclass(frozen=True)
class Strokes:
    """Connected components: an array a field, a number a component."""

    left: Array
    top: Array
    right: Array  # past the last column
    bottom: Array  # past the last row
    area: Array  # pixels
    runs: Array  # of pixels side by side
    thickness: Array  # mean, in pixels
    shade: Array  # mean grey
    spread: Array  # standard deviation of the grey within
    contrast: Array  # mean grey levels between it and its surroundings

    def __len__(self) -> int:
        return len(self.left)

    def __getitem__(self, which: Array) -> Strokes:
        return Strokes(*(getattr(self, field.name)[which] for field in fields(self)))

    @property
    def width(self) -> Array:
        """In pixels."""
        return np.asarray(self.right - self.left)

    @property
    def height(self) -> Array:
        """In pixels."""
        return np.asarray(self.bottom - self.top)


@dataclass(frozen=True)
class _Runs:
    """Pixels side by side, from `starts` to before `ends` in a picture read row by row, `wide` pixels a row.

    A picture is read with a column of nothing on either side: no run goes on in the next row.
    """

    starts: Array
    ends: Array
    wide: int
    component: Array
    perimeter: Array  # of each component, in pixel sides


def strokes_of(mask: Array, grey: Array, around: Array) -> Strokes:
    """The connected components of a mask, corners counting as connection; `around` is the mean grey around a pixel."""
    runs = _connected(mask)
    if not len(runs.starts):
        return Strokes(*(np.empty(0) for _ in fields(Strokes)))
    order = np.argsort(runs.component, kind="stable")
    firsts = np.flatnonzero(np.diff(runs.component[order], prepend=-1))
    rows, columns = np.divmod(runs.starts[order], runs.wide)
    area = np.bincount(runs.component, runs.ends - runs.starts)
    shade, square, surroundings = (_mean(runs, area, of) for of in (grey, grey.astype(np.int32) ** 2, around))
    return Strokes(
        left=np.minimum.reduceat(columns, firsts) - 1,
        top=np.minimum.reduceat(rows, firsts),
        right=np.maximum.reduceat(runs.ends[order] % runs.wide, firsts) - 1,
        bottom=np.maximum.reduceat(rows, firsts) + 1,
        area=area,
        runs=np.bincount(runs.component),
        thickness=2 * area / runs.perimeter,
        shade=shade,
        spread=np.sqrt(np.maximum(square - shade**2, 0)),
        contrast=np.abs(shade - surroundings),
    )


def letter_like(strokes: Strokes, picture: int) -> Strokes:
    """Those of the size and the shape of a letter, or of a few that touch, in a picture of so many rows."""
    height, width = strokes.height, strokes.width
    least, most = THICKNESS
    return strokes[
        (height >= LEAST_HEIGHT)
        & (height <= MOST_HEIGHT * picture)
        & (width <= LONGEST * height)
        & (height <= LONGEST * width)
        & (strokes.area >= LEAST_FILLED * width * height)
        & (strokes.thickness <= most * height)
        & (strokes.thickness >= least * height)
    ]


def _connected(mask: Array) -> _Runs:
    wide = mask.shape[1] + 2
    steps = np.diff(_framed(mask).astype(np.int8), prepend=0)
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    # Of the next row a run touches those that end at its first column or after, and start at its end or before.
    first, last = np.searchsorted(ends, starts + wide), np.searchsorted(starts, ends + wide, side="right")
    touched = last - first
    upper = np.repeat(np.arange(len(starts)), touched)
    lower = np.arange(len(upper)) + np.repeat(first - (np.cumsum(touched) - touched), touched)
    _, component = np.unique(joined(alone(len(starts)), upper, lower), return_inverse=True)
    shared = np.maximum(
        np.minimum(ends[upper] + wide, ends[lower]) - np.maximum(starts[upper] + wide, starts[lower]), 0
    )
    sides = np.bincount(component, ends - starts + 1)
    return _Runs(starts, ends, wide, component, 2 * (sides - np.bincount(component[upper], shared, len(sides))))


def _mean(runs: _Runs, area: Array, values: Array) -> Array:
    """Of the values in each component."""
    sums = np.concatenate([[0], np.cumsum(_framed(values), dtype=np.int64)])
    return np.asarray(np.bincount(runs.component, sums[runs.ends] - sums[runs.starts]) / area)


def _framed(values: Array) -> Array:
    return np.pad(values, ((0, 0), (1, 1))).ravel()
