"""Every pair of rows whose cosine is above a threshold, and no other: an exact search, in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.rows import BLOCK, Directions

STRIP = 1024  # rows that meet a block at a time: 16 MiB of cosines

Hits = tuple[Array, Array]
Search = Callable[[Array, Array, float], Hits]


class Pairs(NamedTuple):
    """`left` < `right`, int64, and their cosine `similarity`, float64: one entry a pair."""

    left: Array
    right: Array
    similarity: Array


def pairs_above(
    x: Array, threshold: float, *, block: int = BLOCK, inclusive: bool = True, device: str = "cpu"
) -> Pairs:
    """Every pair of the rows of `x`, shape (n, dim), whose cosine is at least `threshold`, in order of left and right.

    x: unit rows of float32, float16 or float64, in memory or memory-mapped; a row of zeros or NaN is in no pair.
    inclusive: False leaves out pairs whose cosine is the threshold itself. device: "cpu", computed with numpy, or
    torch's ("cuda", "torch:cpu"). The answer has the same bits for every block size and device, and, but for the rows'
    numbers, for every order of the rows: what float32 products cannot tell is settled in float64, a pair by itself.
    """
    return joined_pairs(pair_blocks(x, threshold, block=block, inclusive=inclusive, device=device))


def pair_blocks(
    x: Array, threshold: float, *, block: int = BLOCK, inclusive: bool = True, device: str = "cpu"
) -> Iterator[Pairs]:
    """The pairs of `pairs_above`, each once, in portions, for more pairs than fit into memory at once."""
    rows = Directions.of(x)
    with searcher(device) as search:
        for left, right in candidates(rows, threshold, block, search):
            yield settled(rows, left, right, threshold, inclusive)


def joined_pairs(portions: Iterator[Pairs]) -> Pairs:
    """All portions as one, in order of left and right."""
    none = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    left, right, similarity = (np.concatenate(part) for part in zip(none, *portions, strict=True))
    order = np.lexsort((right, left))
    return Pairs(left[order], right[order], similarity[order])


def candidates(rows: Directions, threshold: float, block: int, search: Search) -> Iterator[Hits]:
    """Positions left < right of all pairs that may reach the threshold, a strip of the upper triangle at a time."""
    floor = threshold - rows.margin
    for start in range(0, len(rows), block):
        asked = rows.block(start, start + block)
        for other in range(start, len(rows), block):
            against = asked if other == start else rows.block(other, other + block)
            for strip in range(0, len(asked), STRIP):
                # On the diagonal, what is left of the strip has been met by the strips above.
                skipped = strip if other == start else 0
                left, right = search(asked[strip : strip + STRIP], against[skipped:], floor)
                left, right = left + (start + strip), right + (other + skipped)
                once = left < right
                yield left[once], right[once]


def settled(rows: Directions, left: Array, right: Array, threshold: float, inclusive: bool) -> Pairs:
    """Of candidates those whose cosine in float64 is above the threshold."""
    cosine = rows.cosines(left, right)
    above = cosine >= threshold if inclusive else cosine > threshold
    return Pairs(left[above], right[above], cosine[above])


def search_numpy(left: Array, right: Array, floor: float) -> Hits:
    """Where a row of `left` and a row of `right` have a product of at least `floor`."""
    return where_above(left @ right.T, floor)


def where_above(product: Array, floor: float) -> Hits:
    """Row and column of all products of at least `floor`."""
    if not product.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    some = np.flatnonzero(product.max(axis=1) >= floor)
    row, column = np.nonzero(product[some] >= floor)
    return some[row], column


@contextmanager
def searcher(device: str) -> Iterator[Search]:
    """The search of blocks on a device: numpy's on the "cpu", else torch's, without reduced precision (TF32)."""
    if device == "cpu":
        yield search_numpy
        return
    import torch

    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield _search_torch(torch.device(device.removeprefix("torch:")))
    finally:
        torch.set_float32_matmul_precision(before)


def _search_torch(device: Any) -> Search:
    import torch

    def search(left: Array, right: Array, floor: float) -> Hits:
        on_device = [torch.from_numpy(np.array(rows)).to(device) for rows in (left, right)]
        row, column = torch.nonzero(on_device[0] @ on_device[1].T >= floor, as_tuple=True)
        return row.cpu().numpy(), column.cpu().numpy()

    return search
