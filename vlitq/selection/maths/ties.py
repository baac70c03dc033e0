"""Which of the largest values is taken: the first of those that rounding cannot tell apart."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array


def first_of_largest(values: Array, tolerance: float = 0.0) -> int:
    """The lowest position whose value is within `tolerance` of the largest; values hold no NaN and are not empty."""
    return int(np.argmax(values >= values.max() - tolerance))


def picks(budget: int, rows: int) -> int:
    """How many rows a budget buys of so many. Raises `ValueError` where the budget is negative."""
    if budget < 0:
        raise ValueError(f"budget {budget} is negative")
    return min(budget, rows)
