"""How well each text of a row fits the row's images: one rule for every scorer that compares the two."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vlitq.node import Ragged
from vlitq.schema import Array
from vlitq_scorers.maths.ragged import pair_cosines, pair_indices, segment_mean, segment_reduce

OverImages = Literal["max", "mean"]


def fits(texts: Ragged, images: Ragged, over_images: OverImages) -> Array:
    """One cosine a text, float64 of shape (texts,): with the image it fits best, or the mean over the row's images.

    NaN where the row has no image, or where an image of it or the text itself could not be encoded.
    """
    text_counts, image_counts = np.diff(texts.offsets), np.diff(images.offsets)
    cosines = pair_cosines(texts.owned, images.owned, pair_indices(text_counts, image_counts))
    images_a_text = np.repeat(image_counts, text_counts)
    if over_images == "max":
        return segment_reduce(np.maximum, cosines, images_a_text)
    return segment_mean(cosines, images_a_text)


def require_rule(scorer: str, over_images: str) -> None:
    """Raises `ValueError` where the rule over images is unknown."""
    if over_images not in {"max", "mean"}:
        raise ValueError(f"{scorer}: over_images is 'max' or 'mean', not {over_images!r}")
