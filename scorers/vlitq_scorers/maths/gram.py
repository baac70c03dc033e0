"""Products of many rows with themselves, in float64 and in blocks: what measures of whole sets begin with."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vlitq.schema import Array

BLOCK = 8192  # rows of a product: 32 MiB at 512 dimensions; fewer are slower, more are not faster
STRIP = 256  # rows that are cast and scaled at a time, in the processor's cache


def cosine_gram(features: Array) -> tuple[Array, int]:
    """The smaller of U Uᵀ and Uᵀ U, float64, and how many rows U has: the rows of `features` scaled to unit length.

    Rows of NaN or of zeros are left out. `features` has shape (n, dim); never more than a block of it is in float64.
    """
    if len(features) <= features.shape[1]:
        rows = np.concatenate([np.empty((0, features.shape[1])), *(block.copy() for block in unit_blocks(features))])
        return rows @ rows.T, len(rows)
    gram, count = np.zeros((features.shape[1],) * 2), 0
    for block in unit_blocks(features):
        gram += block.T @ block  # NumPy sees that both are one matrix and computes half of it (syrk)
        count += len(block)
    return gram, count


def unit_blocks(features: Array, size: int = BLOCK) -> Iterator[Array]:
    """The rows with a length, float64, scaled to 1, in blocks; each block is overwritten by the next."""
    room = np.empty((min(size, len(features)), features.shape[1]))
    for start in range(0, len(features), size):
        rows = room[: len(features) - start]
        for at in range(0, len(rows), STRIP):
            strip = rows[at : at + STRIP]
            strip[...] = features[start + at : start + at + len(strip)]
            squares = np.einsum("nd,nd->n", strip, strip)
            squares[~((squares > 0) & (squares < np.inf))] = np.nan
            strip *= (1 / np.sqrt(squares))[:, None]
        known = ~np.isnan(rows[:, 0])
        yield rows if known.all() else rows[known]
