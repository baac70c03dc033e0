"""Where the bins of a histogram lie: whole numbers, constant columns and long tails are each seen to."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

FEWEST, MOST = 20, 40  # bins; few values get few, by Rice's rule: 2 n^(1/3)
TAIL = 2.0  # core spans: what lies farther out than this is gathered in one bin, or the core would be a line
CORE = 0.01  # of the values at either end are no part of the core
CONSTANT = 1e-9  # of the values: what differs by less is rounding
_ROUNDING = 1e-6  # of a bin: 0.3 in float32 belongs to the bin that begins at 0.3
_STEPS, _WHOLE_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0), (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Bins:
    """Bins of one width. The first and the last also hold what lies beyond them.

    first: where the first is drawn from. step: the width. number: how many. whole: true where the values are whole
    numbers, and a bin is drawn half a unit beyond them. least, greatest: of all values. below, above: true where the
    first or the last gathers a long tail.
    """

    first: float
    step: float
    number: int
    whole: bool
    least: float
    greatest: float
    below: bool = False
    above: bool = False

    @property
    def edges(self) -> Array:
        """Where the bins are drawn, float64 of shape (number + 1,)."""
        return self._rounded(self.first + self.step * np.arange(self.number + 1))

    @property
    def low(self) -> Array:
        """The values from which each bin holds, float64 of shape (number,)."""
        low = self.edges[:-1] + (0.5 if self.whole else 0)
        return np.where((np.arange(self.number) == 0) & self.below, self.least, low)

    @property
    def high(self) -> Array:
        """The values up to which each bin holds: of whole numbers the last one, else where the next bin begins."""
        high = self.edges[1:] - (0.5 if self.whole else 0)
        return np.where((np.arange(self.number) == self.number - 1) & self.above, self.greatest, high)

    def count(self, values: Array) -> Array:
        """How many of some finite values lie in each bin, int64 of shape (number,)."""
        places = np.clip((values - self.first) / self.step + _ROUNDING, 0, self.number - 1).astype(np.int64)
        return np.bincount(places, minlength=self.number)

    def _rounded(self, edges: Array) -> Array:
        """Without the digits that multiplying leaves behind: 0.3, not 0.30000000000000004."""
        digits = 3 - math.floor(math.log10(self.step))
        return np.round(edges, digits) if digits < 300 else edges


def bins_for(values: Array, whole: bool) -> Bins:
    """Bins for finite values of shape (rows,), of which there is at least one; `whole` where they are whole numbers."""
    least, greatest = float(values.min()), float(values.max())
    if whole and greatest - least < MOST:
        return Bins(least - 0.5, 1.0, int(greatest - least) + 1, True, least, greatest)
    if greatest - least <= CONSTANT * max(abs(least), abs(greatest)):
        return _one(least, greatest)
    low, high = _core(values, least, greatest)
    most = min(max(math.ceil(2 * len(values) ** (1 / 3)), FEWEST), MOST)
    step = _step((high - low) / most, whole)
    first = math.floor(low / step + _ROUNDING) * step
    number = math.floor((high - first) / step) + 1 if whole else math.ceil((high - first) / step - _ROUNDING)
    below, above = low > least, high < greatest
    return Bins(
        first - below * step - 0.5 * whole,
        step,
        max(number, 1) + below + above,
        whole,
        least,
        greatest,
        below,
        above,
    )


def _one(least: float, greatest: float) -> Bins:
    """A bin around the one value there is."""
    width = max(abs(least), abs(greatest)) / 10 or 1.0
    return Bins(least - width / 2, width, 1, False, least, greatest)


def _core(values: Array, least: float, greatest: float) -> tuple[float, float]:
    """From where to where the bins are even: all values, or without the tails that lie far out."""
    beyond = int(CORE * len(values))  # values on either side; the ends are values too, so that a core of 0 has no width
    low, high = np.partition(values, [beyond, len(values) - 1 - beyond])[[beyond, len(values) - 1 - beyond]].tolist()
    far = TAIL * (high - low)
    if not far:
        return least, greatest
    return (low if low - least > far else least), (high if greatest - high > far else greatest)


def _step(width: float, whole: bool) -> float:
    """The next width that people count in: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    steps = _WHOLE_STEPS if whole else _STEPS
    found: float = power * next(step for step in (*steps, 20.0) if step * power >= width * (1 - _ROUNDING))
    return max(found, 1.0) if whole else found
