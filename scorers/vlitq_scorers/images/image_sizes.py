"""image_sizes: images that are far larger or smaller than the other images of the set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.node import Columns, CorpusScorer, View
from vlitq.schema import Array, Column
from vlitq_scorers.features.image_size import ImageSize

IQR_FACTOR = 3.0  # CleanVision's iqr_factor
_NO_IMAGE = "the sample has no image"


@dataclass(frozen=True)
class ImageSizes(CorpusScorer):
    """How far an image's size is from the middle half of all sizes, in widths of that half.

    Size is √(width · height), of a row with several images that of their mean width and height. Every row counts.
    """

    name = "image_sizes"
    version = 1
    cost = "pixels"
    known_failures = (
        "Where two sources have images of two sizes, those of the smaller source are odd, though nothing is wrong.",
        "Where more than half of the images have one size, every other size is odd.",
        "One odd image among several of a row may hide in their mean.",
    )
    columns = (
        Column("side", "float32", "Size of the row's images.", unit="pixels", bounds=(0, None), null=_NO_IMAGE,
               formula="√(width · height)"),
        Column("distance", "float32", "How far it is outside the middle half of all sizes, by the width of that half.",
               bounds=(0, None), direction="lower", formula="max(q1 − side, side − q3, 0) / (q3 − q1)",
               null="no image, or more than half of all images have one size"),
        Column("odd_size", "bool", "It is an outlier.", direction="lower", null=_NO_IMAGE,
               source="CleanVision 0.3.7, issue_managers/image_property.py",
               formula=f"side < q1 − {IQR_FACTOR:g} (q3 − q1) or side > q3 + {IQR_FACTOR:g} (q3 − q1)"),
    )  # fmt: skip

    def needs(self) -> tuple[View, ...]:
        """Mean width and height of each row's images."""
        return (ImageSize().of("images"),)

    def score(self, *features: Any) -> Columns:
        """From widths and heights, float32 of shape (rows, 2), NaN where a row has no image."""
        sides = _sides(features[0])
        low, high = _middle_half(sides)
        outside = np.maximum(np.maximum(low - sides, sides - high), 0)
        distance = outside / (high - low) if high > low else np.full(len(sides), np.nan)
        odd = np.nan_to_num(outside) > IQR_FACTOR * (high - low)
        return {
            "side": sides.astype(np.float32),
            "distance": distance.astype(np.float32),
            "odd_size": np.ma.MaskedArray(odd, mask=np.isnan(sides)),
        }

    def summarize(self, *features: Any) -> Mapping[str, float]:
        """The quartiles of all sizes."""
        sides = _sides(features[0])
        if np.isnan(sides).all():
            return {}
        low, high = _middle_half(sides)
        return {"side_q1": low, "side_q3": high}


def _sides(sizes: Array) -> Array:
    return np.asarray(np.sqrt(sizes[:, 0].astype(np.float64) * sizes[:, 1]))


def _middle_half(sides: Array) -> tuple[float, float]:
    known = sides[~np.isnan(sides)]
    if not len(known):
        return 0.0, 0.0
    low, high = np.percentile(known, [25, 75])
    return float(low), float(high)
