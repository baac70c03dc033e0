"""image_sizes: images that are far larger or smaller than the other images of the set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.node import Columns, CorpusScorer, Ragged, View
from vlitq.schema import Array, Column
from vlitq_scorers.features.image_statistics import ImageStatistics, Statistics
from vlitq_scorers.maths.ragged import segment_reduce

IQR_FACTOR = 3.0  # CleanVision's iqr_factor
_NO_IMAGE = "the sample has no image"


@dataclass(frozen=True)
class ImageSizes(CorpusScorer):
    """How far an image's size is from the middle half of all sizes, in widths of that half.

    Size is √(width · height). Every image of every row counts, one that recurs as often as it does. Where a row has
    several images the oddest decides.
    """

    name = "image_sizes"
    version = 1
    cost = "pixels"
    known_failures = (
        "Where two sources have images of two sizes, those of the smaller source are odd, though nothing is wrong.",
        "Where more than half of the images have one size, every other size is odd.",
    )
    columns = (
        Column("side", "float32", "Size of the row's oddest image.", unit="pixels", bounds=(0, None), null=_NO_IMAGE,
               formula="√(width · height)"),
        Column("distance", "float32", "How far it is outside the middle half of all sizes, by the width of that half.",
               bounds=(0, None), direction="lower", formula="max(q1 − side, side − q3, 0) / (q3 − q1)",
               null="no image, or more than half of all images have one size"),
        Column("odd_size", "bool", "It is an outlier.", direction="lower", null=_NO_IMAGE,
               source="CleanVision 0.3.7, issue_managers/image_property.py",
               formula=f"side < q1 − {IQR_FACTOR:g} (q3 − q1) or side > q3 + {IQR_FACTOR:g} (q3 − q1)"),
    )  # fmt: skip

    def needs(self) -> tuple[View, ...]:
        """The statistics of each image."""
        return (ImageStatistics().each("images"),)

    def score(self, *features: Any) -> Columns:
        """From `Ragged` statistics."""
        sides, counts = _sides(features[0])
        low, high = _middle_half(sides)
        outside = np.maximum(np.maximum(low - sides, sides - high), 0)
        worst = segment_reduce(np.maximum, outside, counts)
        # Of the images of a row the first that is as far outside as any.
        oddest = segment_reduce(np.maximum, np.where(outside == np.repeat(worst, counts), sides, -1), counts)
        distance = worst / (high - low) if high > low else np.full(len(worst), np.nan)
        odd = np.nan_to_num(worst) > IQR_FACTOR * (high - low)
        return {
            "side": oddest.astype(np.float32),
            "distance": distance.astype(np.float32),
            "odd_size": np.ma.MaskedArray(odd, mask=counts == 0),
        }

    def summarize(self, *features: Any) -> Mapping[str, float]:
        """The quartiles of all sizes."""
        sides, _ = _sides(features[0])
        if not len(sides):
            return {}
        low, high = _middle_half(sides)
        return {"side_q1": low, "side_q3": high}


def _sides(images: Ragged) -> tuple[Array, Array]:
    """The size of each image that was measured, float64, and how many of them a row has."""
    owned = np.asarray(images.values[images.offsets[0] : images.offsets[-1]], np.float64)
    known = ~np.isnan(owned[:, 0])
    rows = np.repeat(np.arange(len(images)), np.diff(images.offsets))[known]
    width, height = (owned[known, Statistics._fields.index(side)] for side in ("width", "height"))
    return np.sqrt(width * height), np.bincount(rows, minlength=len(images))


def _middle_half(sides: Array) -> tuple[float, float]:
    if not len(sides):
        return 0.0, 0.0
    low, high = np.percentile(sides, [25, 75])
    return float(low), float(high)
