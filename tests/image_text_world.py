"""A small world of images and texts that point somewhere: cosines can be worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vlitq.node import Ragged

Vector = tuple[float, float]
Rows = Sequence[Sequence[Vector]]

UP, RIGHT, LEFT, DOWN, TILTED = (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.6, 0.8)
MISSING = (math.nan, math.nan)  # what could not be encoded


def ragged(rows: Rows) -> Ragged:
    """The vectors of each row."""
    values = np.array([vector for row in rows for vector in row], np.float32).reshape(-1, 2)
    return Ragged(values, np.cumsum([0, *map(len, rows)]))


def rounded(values: Sequence[float]) -> list[float | None]:
    """To five digits, null as None."""
    return [None if value is np.ma.masked or math.isnan(value) else round(float(value), 5) for value in values]
