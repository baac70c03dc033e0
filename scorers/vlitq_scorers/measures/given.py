"""What a run holds for a measure, or None where it does not: columns, vectors, and rows drawn with one seed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from vlitq.measure import Subset
from vlitq.schema import Array
from vlitq.store import RunError

OWN = ("source", "turns", "tokens", "images")  # what every row has before any scorer


def column(subset: Subset, name: str) -> Array | None:
    """A column's values, or None where the run was not scored by it."""
    return subset.column(name) if name in OWN or name in subset.columns else None


def vectors(subset: Subset, names: Sequence[str]) -> Array | None:
    """The first of some features that the run stores, float32 of shape (rows, dim); None where it stores none."""
    for name in names:
        try:
            return subset.feature(name)
        except RunError:  # another name may be stored; that none is, None says
            continue
    return None


def drawn(rows: int, most: int) -> Array:
    """Which of the rows a measure looks at, int64, ascending: all, or `most` of them drawn with seed 0."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).permutation(rows)[:most])


def known(numbers: Mapping[str, float]) -> dict[str, float]:
    """The numbers that apply: NaN is left out."""
    return {name: float(number) for name, number in numbers.items() if not math.isnan(number)}
