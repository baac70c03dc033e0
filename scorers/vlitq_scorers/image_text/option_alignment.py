"""option_alignment: in multiple choice, how well the chosen option fits the images beside the others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer, View
from vlitq.options import choice
from vlitq.roles import model_role
from vlitq.sample import Sample
from vlitq.schema import Array, Column
from vlitq_scorers.features.chunks import TextFeature
from vlitq_scorers.features.embedded import ConseImage, ConseText
from vlitq_scorers.image_text.fits import fits

_NULL = "no question offers options, the answer chooses none of them, or the sample has no image"


@dataclass(frozen=True)
class OptionAlignment(SampleScorer):
    """Cosine of the images with the option that the answer chooses, and its lead over the best of the others.

    An answer such as "B" says nothing to an image–text model; the text that stands behind the letter does. Of several
    images each option has the one it fits best. The first question that offers options counts.
    """

    name = "option_alignment"
    version = 1
    cost = "encoder"
    known_failures = (
        "Options that name no thing to see (years, numbers, sentences) are told apart by chance.",
        "Of options that are alike to the model (a spaniel, another spaniel) the wrong one may lead.",
    )
    columns = (
        Column(
            "fit",
            "float32",
            "Cosine of the images and the chosen option.",
            unit="cosine",
            bounds=(-1, 1),
            direction="higher",
            axis="correctness",
            null=_NULL,
            formula="max over images of cos(image, chosen option)",
        ),
        Column(
            "lead",
            "float32",
            "By how much the chosen option fits better than the best of the others; below 0 another fits better.",
            unit="cosine",
            bounds=(-2, 2),
            direction="higher",
            axis="correctness",
            null=_NULL,
            formula="fit of the chosen option − max of the others' fits",
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: TextFeature = model_role("clip_text", ConseText())

    def needs(self) -> tuple[Feature | View, ...]:
        """The samples, all images, and the options offered."""
        return Samples(), self.image.each("images"), self.text.each("options")

    def score(self, *features: Any) -> Columns:
        """From samples, and `Ragged` images and options."""
        samples, images, options = features
        bounds = pairwise(options.offsets - options.offsets[0])
        cosines = fits(options, images, "max")
        rows = [_fit_and_lead(sample, cosines[a:b]) for sample, (a, b) in zip(samples, bounds, strict=True)]
        values = np.array(rows, np.float32).reshape(-1, 2)
        return {"fit": values[:, 0], "lead": values[:, 1]}


def _fit_and_lead(sample: Sample, options: Array) -> tuple[float, float]:
    """From the fit of each option."""
    asked = choice(sample)
    if asked is None or asked.chosen is None or len(options) < 2:
        return float("nan"), float("nan")
    return float(options[asked.chosen]), float(options[asked.chosen] - np.delete(options, asked.chosen).max())


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `option_alignment`."""
    return [OptionAlignment]
