"""refclipscore: RefCLIPScore, the fit of the response to the images and to reference answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Array, Column
from vlitq_scorers.features.chunks import TextFeature
from vlitq_scorers.features.embedded import ConseImage, ConseText
from vlitq_scorers.image_text.alignment import CLIPSCORE_WEIGHT
from vlitq_scorers.image_text.fits import OverImages, fits, require_rule
from vlitq_scorers.maths.ragged import segment_mean

_SOURCE = "Hessel et al. 2021, arXiv 2104.08718"


@dataclass(frozen=True)
class RefClipScore(SampleScorer):
    """RefCLIPScore of the response: the harmonic mean of its CLIPScore and its cosine with the nearest reference.

    The references are the texts of the record's field `references`. Over several assistant turns, the cosine with the
    images and the cosine with the nearest reference are each the mean. As in the authors' code (github
    jmhessel/clipscore), a prefix stands before references too ("A photo depicts " is theirs), and the cosine of texts
    has no weight. As in their paper, it is 0 where it is negative; their code leaves it negative.
    """

    name = "refclipscore"
    version = 1
    cost = "encoder"
    known_failures = (
        "A right answer in other words than every reference scores low: give several.",
        "A harmonic mean follows its smaller part: with CLIP that is often the image's, as 2.5 × cosine is below 0.9.",
        "The cosine of texts hardly sees a negation or a changed number.",
    )
    columns = (
        Column(
            "score",
            "float32",
            "RefCLIPScore of the response.",
            bounds=(0, 2 * CLIPSCORE_WEIGHT / (CLIPSCORE_WEIGHT + 1)),
            direction="higher",
            axis="correctness",
            source=_SOURCE,
            null="the record has no references, no image or no response, or one of them could not be encoded",
            formula="2ab / (a + b), a = 2.5 · max(cos(response, image), 0), b = max(max_r cos(response, r), 0)",
        ),
        Column(
            "reference_cosine",
            "float32",
            "Cosine of the response with the nearest reference, mean over the assistant's turns.",
            unit="cosine",
            bounds=(-1, 1),
            direction="higher",
            axis="correctness",
            source=_SOURCE,
            null="the record has no references or no response, or one of them could not be encoded",
            formula="max_r cos(response, r)",
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: TextFeature = model_role("clip_text", ConseText())
    over_images: OverImages = "max"
    prefix: str = ""

    def __post_init__(self) -> None:
        require_rule(self.name, self.over_images)

    def needs(self) -> tuple[View, ...]:
        """All images, all turns of the response, all references."""
        text = self.text.prefixed(self.prefix)
        return self.image.each("images"), text.each("response"), text.each("references")

    def score(self, *features: Any) -> Columns:
        """From `Ragged` images, turns and references."""
        images, turns, references = features
        counts = np.diff(turns.offsets)
        by_image = segment_mean(fits(turns, images, self.over_images), counts)
        by_reference = segment_mean(fits(turns, references, "max"), counts)
        clipscore = CLIPSCORE_WEIGHT * np.maximum(by_image, 0)
        return {
            "score": _harmonic_mean(clipscore, np.maximum(by_reference, 0)).astype(np.float32),
            "reference_cosine": by_reference.astype(np.float32),
        }


def _harmonic_mean(one: Array, other: Array) -> Array:
    """Of numbers of at least 0: 0 where either is 0."""
    total = one + other
    return np.asarray(2 * one * other / np.where(total == 0, 1, total))


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `refclipscore`."""
    return [RefClipScore]
