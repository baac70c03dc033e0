"""Geometry of boxes and points: whether they are possible, inside, and the same."""

from __future__ import annotations

from collections.abc import Sequence

Numbers = Sequence[float]  # four of a box (left, top, right, bottom), two of a point


def is_possible(numbers: Numbers) -> bool:
    """True of every point, and of a box that has an area: left before right and top above bottom."""
    return len(numbers) == 2 or (numbers[0] < numbers[2] and numbers[1] < numbers[3])


def is_inside(numbers: Numbers, width: float, height: float, slack: float = 0.0) -> bool:
    """True when no coordinate lies beyond the frame by more than `slack`."""
    across, down = numbers[0::2], numbers[1::2]
    least = min(numbers) >= -slack
    return least and max(across) <= width + slack and max(down) <= height + slack


def iou(one: Numbers, other: Numbers) -> float:
    """Intersection over union of two boxes, in [0, 1]; 0 where one has no area."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0 or not (is_possible(one) and is_possible(other)):
        return 0.0
    shared = across * down
    return min(1.0, shared / (_area(one) + _area(other) - shared))


def _area(box: Numbers) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
