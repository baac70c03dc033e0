"""64-bit perceptual hashes of small grey pictures: by the cosine transform, and by the steps between neighbours."""

from __future__ import annotations

from functools import cache

import numpy as np

from vlitq.schema import Array

HASH_SIDE = 8  # bits a side of a hash
DCT_SIDE = 32  # pixels a side of what the transform sees
_EXACT = 6  # decimals: what the transform leaves of a coefficient that is nought is far below


def phash(grey: Array) -> Array:
    """Bits of the 8 × 8 lowest frequencies above their median, bool of shape (8, 8); from grey of shape (32, 32).

    The median is that of all 64, the constant term among them, so that half of the bits are set where no two
    frequencies are equally strong.
    """
    basis = _lowest_frequencies()
    strengths = np.round(basis @ grey.astype(np.float64) @ basis.T, _EXACT)
    bits: Array = strengths > np.median(strengths)
    return bits


def dhash(grey: Array) -> Array:
    """Bits of where a pixel is brighter than its left neighbour, bool of shape (8, 8); from grey of shape (8, 9)."""
    bits: Array = grey[:, 1:] > grey[:, :-1]
    return bits


def signs(bits: Array) -> Array:
    """Bits along the last axis as unit vectors of ±1/√bits, float32.

    The cosine of two is 1 − 2 · Hamming distance / bits.
    """
    unit = np.float32(1 / np.sqrt(bits.shape[-1]))
    return np.where(bits, unit, -unit)


@cache
def _lowest_frequencies() -> Array:
    """The first 8 rows of the cosine transform (DCT-II, unscaled) of 32 values."""
    frequency, place = np.arange(HASH_SIDE)[:, None], np.arange(DCT_SIDE)[None, :]
    basis: Array = np.cos(np.pi * frequency * (2 * place + 1) / (2 * DCT_SIDE))
    return basis
