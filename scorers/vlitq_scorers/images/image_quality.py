"""image_quality: resolution, aspect, blur, exposure, entropy and size of the images, judged by their kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Ragged, SampleScorer, Scorer, View
from vlitq.schema import Array
from vlitq_scorers.features.image_statistics import NO_STEP, ImageStatistics, Statistics
from vlitq_scorers.images.image_sizes import ImageSizes
from vlitq_scorers.images.quality_columns import (
    BLURRED,
    BLURRED_EDGES,
    COLUMNS,
    CONSTANT,
    DARK,
    GREY,
    LIGHT,
    LOW_INFORMATION,
    ODD_ASPECT,
)
from vlitq_scorers.maths.picture_kinds import KINDS, kinds
from vlitq_scorers.maths.ragged import segment_reduce


@dataclass(frozen=True)
class ImageQuality(SampleScorer):
    """What the pixels say of a sample's images; where there are several, the worst decides each column by itself.

    Numbers are measured on a thumbnail of at least 128 pixels a side, the size apart. `kind` is a guess from flatness,
    edges and colours: a photo is any picture of continuous tone, paintings and renderings among them; a graphic is
    drawn in flat colours; a document is dark on light with little colour. Photos alone are flagged as too dark, too
    light, blurred or of low information: a chart or a page is as its author drew it.
    """

    name = "image_quality"
    version = 1
    cost = "pixels"
    known_failures = (
        "The kind agrees with the eye on 43 of OwlEval's 50 images and 298 of 300 photographs, where it was tuned: "
        "photographed pages, posters and shaded cartoons pass for photos, a chart or diagram with little "
        "colour for a document.",
        "A document or a chart that is blurred is not flagged; nor is a blurred picture with sharp text on it.",
        "A blur of 0.2 % of the side is hardly seen (AUROC 0.76), of 0.4 % mostly (0.98), of 1 % always (1.00).",
        "A night scene is dark and right; a smooth gradient is blurred by this measure.",
        "A crop that loses what the text speaks of leaves no trace but the size: see alignment.",
        "Where CleanVision calls grey what is stored as one channel, here it is what has no colour.",
    )
    columns = COLUMNS

    def needs(self) -> tuple[View, ...]:
        """The statistics of each image."""
        return (ImageStatistics().each("images"),)

    def score(self, *features: Any) -> Columns:
        """From `Ragged` statistics."""
        images: Ragged = features[0]
        owned = images.owned
        known = ~np.isnan(owned[:, 0])
        rows = np.repeat(np.arange(len(images)), np.diff(images.offsets))[known]
        counts = np.bincount(rows, minlength=len(images))
        statistics = Statistics(*owned[known].T)
        sharpness = np.where(statistics.sharpness == NO_STEP, np.float32(np.nan), statistics.sharpness)
        statistics = statistics._replace(sharpness=sharpness)
        kind = kinds(
            statistics.flat, statistics.edge, statistics.entropy, statistics.background_level, statistics.chroma
        )
        return {
            **_numbers(statistics, counts),
            **_flags(statistics, kind == KINDS.index("photo"), counts),
            "kind": _kind_of_rows(kind, counts),
        }


def _numbers(of: Statistics, counts: Array) -> Columns:
    """The worst of each row's images, column by column; NaN where a row has none."""
    worst = {
        "min_side": np.minimum(of.width, of.height),
        "megapixels": of.width * of.height / 1e6,
        "aspect": _aspect(of),
        "brightness_p99": of.brightness_p99,
        "entropy": of.entropy,
        "edge_score": of.edge_score,
        "chroma": of.chroma,
        "sharpness": np.where(np.isnan(of.sharpness), np.inf, of.sharpness),
    }
    numbers = {name: _reduced(np.minimum, values, counts) for name, values in worst.items()}
    numbers["sharpness"] = np.where(np.isinf(numbers["sharpness"]), np.float32(np.nan), numbers["sharpness"])
    for name, values in {"brightness_p5": of.brightness_p5, "flat": of.flat}.items():
        numbers[name] = _reduced(np.maximum, values, counts)
    return numbers


def _flags(of: Statistics, photo: Array, counts: Array) -> Columns:
    """Whether any of a row's images is at fault; masked where a row has none."""
    flags = {
        "too_dark": photo & (of.brightness_p99 < np.float32(DARK)),
        "too_light": photo & (of.brightness_p5 > np.float32(LIGHT)),
        "blurred": photo & ((of.sharpness < np.float32(BLURRED)) | (of.edge_score < np.float32(BLURRED_EDGES))),
        "low_information": photo & (of.entropy < np.float32(LOW_INFORMATION)),
        "odd_aspect": _aspect(of) < np.float32(ODD_ASPECT),
        "near_constant": of.deviation < CONSTANT,
        "greyscale": of.chroma_p99 < np.float32(GREY),
    }
    none = counts == 0
    return {
        name: np.ma.MaskedArray(np.nan_to_num(segment_reduce(np.maximum, flag.astype(float), counts)) > 0, mask=none)
        for name, flag in flags.items()
    }


def _aspect(of: Statistics) -> Array:
    return np.asarray(np.minimum(of.width, of.height) / np.maximum(of.width, of.height))


def _reduced(extreme: np.ufunc, values: Array, counts: Array) -> Array:
    return segment_reduce(extreme, values, counts).astype(np.float32)


def _kind_of_rows(kind: Array, counts: Array) -> list[str | None]:
    least, most = (segment_reduce(extreme, kind.astype(float), counts) for extreme in (np.minimum, np.maximum))
    return [
        None if np.isnan(low) else KINDS[int(low)] if low == high else "mixed"
        for low, high in zip(least, most, strict=True)
    ]


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `image_quality` and `image_sizes`."""
    return [ImageQuality, ImageSizes]
