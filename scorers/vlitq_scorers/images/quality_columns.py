"""The columns of `image_quality`, and the thresholds of its flags."""

from __future__ import annotations

from functools import partial

import numpy as np

from vlitq.schema import Column

CLEANVISION = "CleanVision 0.3.7, issue_managers/image_property.py"
DARK = 0.32  # 99th percentile of brightness: CleanVision's threshold
LIGHT = 0.95  # 5th percentile of brightness: CleanVision's 1 − 0.05
ODD_ASPECT = 0.35  # CleanVision's threshold
LOW_INFORMATION = 3 - np.log2(3)  # bits: CleanVision's 3 for the three channels' levels told apart
BLURRED_EDGES = 0.29  # CleanVision's threshold of its score of blur
BLURRED = 0.55  # sharpness: of 300 photographs none is below; with a blur of 1 % of their shorter side all but one
CONSTANT = 2.0  # grey levels of standard deviation: less is one colour and the noise of its compression
GREY = 8 / 255  # 99th percentile of chroma that JPEG may leave of a grey picture

_NO_IMAGE = "the sample has no image"


_number = partial(Column, dtype="float32", direction="higher", null=_NO_IMAGE)
_flag = partial(Column, dtype="bool", direction="lower", null=_NO_IMAGE)
_BRIGHTNESS = "√(0.241 R² + 0.691 G² + 0.068 B²) / 255"

COLUMNS = (
    _number(
        "min_side",
        description="Shortest side of any image.",
        unit="pixels",
        bounds=(1, None),
        formula="min(width, height)",
    ),
    _number(
        "megapixels",
        description="Area of the smallest image.",
        unit="megapixels",
        bounds=(0, None),
        formula="width · height / 10⁶",
    ),
    _number(
        "aspect",
        description="Shorter by longer side.",
        bounds=(0, 1),
        source=CLEANVISION,
        formula="min(w/h, h/w)",
    ),
    _number(
        "brightness_p99",
        description="99th percentile of brightness, in the darkest image.",
        bounds=(0, 1),
        source=CLEANVISION,
        formula=f"P99 of {_BRIGHTNESS}",
    ),
    _number(
        "brightness_p5",
        description="5th percentile of brightness, in the lightest image.",
        bounds=(0, 1),
        direction="neutral",
        source=CLEANVISION,
        formula=f"P5 of {_BRIGHTNESS}",
    ),
    _number(
        "entropy",
        description="Entropy of the levels of red, green and blue, the mean of the three.",
        unit="bits",
        bounds=(0, 8),
        formula="mean over R, G, B of −Σ p log₂ p",
    ),
    _number(
        "sharpness",
        description="Step between neighbours by that at half the size: 0.5 is blurred, about 0.8 is sharp.",
        bounds=(0, None),
        null="the sample has no image, or none in which two pixels differ",
        formula="mean |∇| of the thumbnail / mean |∇| of its half",
    ),
    _number(
        "edge_score",
        description="CleanVision's score of blur, by the deviation of the edges at 64 pixels.",
        bounds=(0, 1),
        source=CLEANVISION,
        formula="min(1, b(σ of edges) + [b(σ of histogram) if above 0.18]), b(x) = 1 − exp(−0.01 x)",
    ),
    _number(
        "chroma",
        description="Mean colour, in the least colourful image.",
        bounds=(0, 1),
        direction="neutral",
        formula="mean of (max(R, G, B) − min(R, G, B)) / 255",
    ),
    _number(
        "flat",
        description="Share of pixels that are like their neighbours, in the flattest image.",
        unit="share",
        bounds=(0, 1),
        direction="neutral",
        formula="share of pixels with max(|step right|, |step down|) ≤ 1",
    ),
    Column(
        "kind",
        "string",
        "photo, graphic or document; mixed where the images differ.",
        null=_NO_IMAGE,
        formula="drawn if flat > 0.44, edges among the rest > 0.17, entropy < 6.3; document if light and grey",
    ),
    _flag(
        "too_dark",
        description="A photo is too dark.",
        source=CLEANVISION,
        formula=f"brightness_p99 < {DARK}",
    ),
    _flag(
        "too_light",
        description="A photo is too light.",
        source=CLEANVISION,
        formula=f"brightness_p5 > {LIGHT}",
    ),
    _flag(
        "blurred",
        description="A photo is blurred.",
        formula=f"sharpness < {BLURRED} or edge_score < {BLURRED_EDGES}",
    ),
    _flag(
        "low_information",
        description="A photo has few levels.",
        source=CLEANVISION,
        formula="entropy < 3 − log₂ 3",
    ),
    _flag(
        "odd_aspect",
        description="An image is a strip.",
        source=CLEANVISION,
        formula=f"aspect < {ODD_ASPECT}",
    ),
    _flag(
        "near_constant",
        description="An image is one colour.",
        formula=f"σ of R, G and B all < {CONSTANT:g} levels",
    ),
    _flag(
        "greyscale",
        description="An image has no colour.",
        direction="neutral",
        formula="P99 of max(R, G, B) − min(R, G, B) < 8",
    ),
)
