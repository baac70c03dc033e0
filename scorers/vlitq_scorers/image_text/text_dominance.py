"""text_dominance: how much of the alignment is left when the text in the image is masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Ragged, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Array, Column
from vlitq_scorers.features.chunks import TextFeature
from vlitq_scorers.features.embedded import ConseImage, ConseText
from vlitq_scorers.features.text_masked import TextArea, TextMasked
from vlitq_scorers.image_text.fits import OverImages, fits, require_rule
from vlitq_scorers.maths.ragged import segment_mean, segment_reduce

_SOURCE = "after Maini et al. 2023, arXiv 2307.03132 (T-MARS), with another detector"
_NULL = "the sample has no image or no response, or one of them could not be encoded"


@dataclass(frozen=True)
class TextDominance(SampleScorer):
    """The alignment of the response with the images once their text is masked, and how much that takes from it.

    After T-MARS, which finds text with a trained detector (FAST), masks it, and filters by the cosine that is left.
    Here text is found by the shape of its strokes, without a model, and filled with the mean colour around it. Where
    nothing is found, nothing is lost. The loss is a difference: a ratio has no meaning for a cosine near 0. Turns and
    images are pooled as in `alignment`.
    """

    name = "text_dominance"
    version = 1
    cost = "encoder"
    known_failures = (
        "Handwriting, faint, slanted or curved text, words of one or two letters and letters below 6 pixels (of 640) "
        "are not found; of text drawn on 150 photographs 87 % of the area was.",
        "What looks like a row of letters (stripes, railings, windows) is masked too: of 150 photographs, few of them "
        "with text, 15 % had anything masked, 7 % more than a twentieth of their area.",
        "Of a document, a chart or a sign the text is the content: a loss there is no fault.",
        "The embedded models read no text: with them the columns tell what the masking hides, not what was read.",
    )
    columns = (
        Column(
            "cosine_masked",
            "float32",
            "Cosine of the response and the images with their text masked, mean over the assistant's turns.",
            unit="cosine",
            bounds=(-1, 1),
            direction="higher",
            axis="correctness",
            source=_SOURCE,
            null=_NULL,
            formula="cos(masked(m), t)",
        ),
        Column(
            "lost",
            "float32",
            "How far the cosine of response and images falls when the text in them is masked; 0 where none is found.",
            unit="cosine",
            bounds=(-2, 2),
            direction="lower",
            axis="visual dependence",
            source=_SOURCE,
            null=_NULL,
            formula="cos(m, t) − cos(masked(m), t)",
        ),
        Column(
            "text_area",
            "float32",
            "Share of the image's area that looks like text; of several images the largest.",
            unit="share",
            bounds=(0, 1),
            direction="neutral",
            axis="validity",
            null="the sample has no image, or one could not be read",
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: TextFeature = model_role("clip_text", ConseText())
    over_images: OverImages = "max"

    def __post_init__(self) -> None:
        require_rule(self.name, self.over_images)

    def needs(self) -> tuple[View, ...]:
        """All images as they are, with their text masked, and the share of it; all turns of the response."""
        image, masked, area = self.image, TextMasked(self.image), TextArea()
        return image.each("images"), masked.each("images"), area.each("images"), self.text.each("response")

    def score(self, *features: Any) -> Columns:
        """From `Ragged` images, masked images, shares and turns."""
        images, masked, areas, turns = features
        left = Ragged(_masked_or_plain(masked.owned, images.owned), images.offsets - images.offsets[0])
        plain, remaining = (_pooled(fits(turns, of, self.over_images), turns) for of in (images, left))
        return {
            "cosine_masked": remaining.astype(np.float32),
            "lost": (plain - remaining).astype(np.float32),
            "text_area": segment_reduce(np.maximum, areas.owned[:, 0], np.diff(areas.offsets)).astype(np.float32),
        }


def _masked_or_plain(masked: Array, images: Array) -> Array:
    """The plain vector where there was nothing to mask."""
    return np.where(masked.any(axis=1, keepdims=True), masked, images)


def _pooled(cosines: Array, turns: Ragged) -> Array:
    return segment_mean(cosines, np.diff(turns.offsets))


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `text_dominance`."""
    return [TextDominance]
