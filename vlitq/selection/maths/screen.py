"""Upper bounds of cosines that cost a part of the product, for searches in which hardly any cosine is high."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

PARTS = (16, 8, 4, 2)  # of the dimensions that a screen keeps: one in so many
WIDEST = 2048  # dimensions above which finding the directions would cost more than it saves
AGAINST = 4096  # rows of a sample that the others are screened against
ROUNDING = 1e-5  # of a squared length in float32, at most: a bound stays one


@dataclass(frozen=True)
class Screen:
    """`directions` is float32 of shape (dim, kept), orthonormal columns."""

    directions: Array

    def of(self, x: Array) -> Array:
        """Of rows, shape (n, dim), vectors of shape (n, kept + 1) whose products are at least those of the rows.

        The part within the directions, and the length of what is left: by Cauchy and Schwarz the rests' product is at
        most the product of their lengths.
        """
        inside = x @ self.directions
        left = np.einsum("ij,ij->i", x, x) - np.einsum("ij,ij->i", inside, inside)
        rest = np.sqrt(np.maximum(left, 0) + ROUNDING)
        return np.concatenate([inside, rest[:, None]], axis=1, dtype=np.float32)


def screen_for(sample: Array, limit: float) -> Screen | None:
    """The screen that leaves least to do when rows like the unit rows of `sample`, shape (n, dim), are searched for
    cosines above `limit`; None where no screen is worth its products.

    The directions are those in which the sample is longest. What is chosen changes the time, never a result.
    """
    rows, dim = sample.shape
    if rows <= AGAINST or dim > WIDEST:
        return None
    _, directions = np.linalg.eigh(sample.T @ sample)  # ascending
    against, asked = sample[:AGAINST], sample[AGAINST:]
    best, least = None, 1.0  # the share of a full product
    for part in PARTS:
        screen = Screen(np.ascontiguousarray(directions[:, -max(dim // part, 1) :]))
        passes = (screen.of(asked) @ screen.of(against).T > limit).any(axis=1).mean()
        work = 1 / part + float(passes)
        if work < least:
            best, least = screen, work
    return best
