"""Writes a text for each row out of pieces, all rows at once: a reason for each of a million rows takes a second."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq.schema import Array

ARRAYS = (pa.Array, pa.ChunkedArray)
TEXT = pa.large_string()  # the offsets of a plain string array end at 2 GiB of text
_DOUBTFUL = 1e-6  # of a thousandth: so near the middle of two, a product in float64 may round to the wrong one
_THOUSANDTHS = pa.array([f"{number / 1000:.3f}" for number in range(1001)], TEXT)


def joined(*pieces: str | pa.Array, rows: int) -> pa.Array:
    """The pieces of each row after each other; a `str` is the same in every row."""
    if not any(isinstance(piece, ARRAYS) for piece in pieces):
        return pa.array(["".join(map(str, pieces))] * rows, TEXT)
    parts = [pa.scalar(piece, TEXT) if isinstance(piece, str) else piece.cast(TEXT) for piece in pieces]
    return pc.binary_join_element_wise(*parts, pa.scalar("", TEXT))


def three_decimals(values: Array) -> pa.Array:
    """Each value of a float64 array as `f"{value:.3f}"` writes it."""
    scaled = values * 1000
    plain = (values >= 0) & (values <= 1) & (np.abs(scaled - np.floor(scaled) - 0.5) > _DOUBTFUL)
    texts = _THOUSANDTHS.take(pa.array(np.where(plain, np.rint(scaled), 0).astype(np.int64)))
    if plain.all():
        return texts
    others = pa.array([f"{value:.3f}" for value in values[~plain].tolist()], TEXT)
    return pc.replace_with_mask(texts, pa.array(~plain), others)


def by_code(texts: tuple[str, ...], codes: Array) -> pa.Array:
    """The text of each code."""
    return pa.array(texts, TEXT).take(pa.array(codes))
