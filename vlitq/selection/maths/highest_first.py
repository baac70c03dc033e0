"""The row of the highest value, again and again, each pick lowering the values of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

import numpy as np

from vlitq.schema import Array

Losses = Iterable[tuple[int, float]]  # which rows lose by a pick, and how much


def highest_first(value: list[float], budget: int, losses: Callable[[int, list[bool]], Losses]) -> Array:
    """Positions of `budget` rows, at most as many as there are, in the order taken, int64; the first of equals.

    `losses(row, free)` tells what other free rows lose by the pick of `row`; `free` says of each row whether it is not
    taken. `value` is changed in place. A heap entry that no longer holds its row's value is passed over, so that a pick
    costs the logarithm of the rows for each row it lowers.
    """
    heap = [(-worth, row) for row, worth in enumerate(value)]
    heapify(heap)
    free, order = [True] * len(value), list[int]()
    while len(order) < budget:
        negative, row = heappop(heap)
        if not free[row] or -negative != value[row]:
            continue
        free[row] = False
        order.append(row)
        for other, loss in losses(row, free):
            value[other] -= loss
            heappush(heap, (-value[other], other))
    return np.array(order, dtype=np.int64)
