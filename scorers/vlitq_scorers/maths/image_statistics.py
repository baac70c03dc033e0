"""Statistics of a picture's grey levels, colours and steps between neighbouring pixels, from 8-bit arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

LEVELS = 256
BRIGHTNESS_WEIGHTS = (0.241, 0.691, 0.068)  # of the squares of red, green and blue: CleanVision's brightness
FLAT_STEP, EDGE_STEP = 1, 48  # grey levels: up to the one two neighbours are alike, above the other they are an edge
MODE_WIDTH = 9  # grey levels that count as one background


@dataclass(frozen=True)
class Steps:
    """How neighbours differ: shares of pixels by the larger of the steps right and down, and the mean of both steps.

    What is neither `flat` nor `edge`, in [0, 1], is texture. `mean` is in grey levels.
    """

    flat: float
    edge: float
    mean: float


def brightness_histogram(rgb: Array) -> Array:
    """Pixels at each of 256 levels of √(0.241 R² + 0.691 G² + 0.068 B²), from uint8 of shape (height, width, 3)."""
    squares = rgb.reshape(-1, 3).astype(np.float32)
    squares *= squares
    levels = np.sqrt(squares @ np.array(BRIGHTNESS_WEIGHTS, np.float32))
    return np.bincount((levels + np.float32(0.5)).astype(np.uint8), minlength=LEVELS)


def percentile(histogram: Array, percent: float) -> int:
    """The least level below or at which `percent` of the pixels lie."""
    cumulative = np.cumsum(histogram)
    return int(np.searchsorted(cumulative, percent / 100 * cumulative[-1]))


def deviation(histogram: Array) -> float:
    """Standard deviation of the levels."""
    levels, shares = np.arange(len(histogram)), histogram / histogram.sum()
    mean = levels @ shares
    return float(np.sqrt((levels - mean) ** 2 @ shares))


def entropy(histogram: Array) -> float:
    """Shannon entropy of the levels in bits, 0 to log₂ of their number."""
    counts = histogram[histogram > 0]
    shares = counts / counts.sum()
    return max(0.0, float(-shares @ np.log2(shares)))


def background(histogram: Array) -> tuple[int, float]:
    """The middle of the nine neighbouring levels that hold most pixels, and the share of the pixels that they hold."""
    windows = np.convolve(histogram, np.ones(MODE_WIDTH, np.int64), "same")
    level = int(np.argmax(windows))
    return level, float(windows[level] / histogram.sum())


def steps(grey: Array) -> Steps:
    """Of neighbouring pixels, right and down; from uint8 of shape (height, width)."""
    if min(grey.shape) < 2:
        return Steps(1.0, 0.0, 0.0)
    corner = grey[:-1, :-1]
    right, down = _absolute(grey[:-1, 1:], corner), _absolute(grey[1:, :-1], corner)
    larger = np.maximum(right, down)
    flat, edge = np.count_nonzero(larger <= FLAT_STEP), np.count_nonzero(larger > EDGE_STEP)
    total = int(right.sum(dtype=np.uint32)) + int(down.sum(dtype=np.uint32))
    return Steps(flat / larger.size, edge / larger.size, total / (2 * larger.size))


def sharpness(whole: Steps, half: Steps) -> float:
    """Mean step of a picture by that of the same picture at half its size; NaN where there is no step.

    A ramp has the half of its step at twice the size: 0.5 for a blurred picture. Where neighbours are unlike at every
    scale it is 1 and more. Contrast and brightness cancel.
    """
    return whole.mean / half.mean if half.mean > 0 else float("nan")


def _absolute(left: Array, right: Array) -> Array:
    """|left − right| without leaving uint8."""
    difference: Array = np.maximum(left, right) - np.minimum(left, right)
    return difference
