"""clip_iqa: image quality by antonym prompts (CLIP-IQA)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Column, Direction
from vlitq_scorers.features.antonyms import AntonymFit, Antonyms
from vlitq_scorers.features.chunks import TextFeature
from vlitq_scorers.features.embedded import ConseImage, ConseText
from vlitq_scorers.maths.ragged import segment_reduce

SCALE = 100.0  # CLIP's logit scale


def _column(name: str, first: str, second: str, direction: Direction = "higher") -> Column:
    return Column(
        name,
        "float32",
        f'How far the image is like "{first}" rather than "{second}"; of several images the least.',
        unit="probability",
        bounds=(0, 1),
        direction=direction,
        axis="validity",
        source="Wang, Chan & Loy 2023, arXiv 2207.12396",
        null="the sample has no image, or one could not be encoded",
        formula="e^{s·cos(m, a)} / (e^{s·cos(m, a)} + e^{s·cos(m, b)}), s = scale",
    )


@dataclass(frozen=True)
class ClipIqa(SampleScorer):
    """CLIP-IQA of a sample's images: which of two opposite prompts each is like.

    A prompt pair is a parameter of its column's name, the good one first. Unlike the paper's, the model keeps its
    position embedding and sees the image at its own input size (the paper takes it off from a ResNet-50, so that the
    image need not be resized). Of several images the lowest value counts.
    """

    name = "clip_iqa"
    version = 1
    cost = "encoder"
    known_failures = (
        "With the embedded models it knows no quality, their image being a mixture of the names of things: of 300 "
        "photographs against the same blurred, darkened or noisy, quality had an AUROC of 0.32, 0.52 and 0.47.",
        "The input of most models is 224 pixels wide: blur and noise finer than that are gone before it looks.",
        "Charts, documents and drawings are no photographs, and score by that.",
    )
    columns = (
        _column("quality", "Good photo.", "Bad photo."),
        _column("brightness", "Bright photo.", "Dark photo.", "neutral"),
        _column("noisiness", "Clean photo.", "Noisy photo."),
        _column("sharpness", "Sharp photo.", "Blurry photo."),
        _column("contrast", "High contrast photo.", "Low contrast photo.", "neutral"),
        _column("colorfulness", "Colorful photo.", "Dull photo.", "neutral"),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: TextFeature = model_role("clip_text", ConseText())
    quality: Antonyms = ("Good photo.", "Bad photo.")
    brightness: Antonyms = ("Bright photo.", "Dark photo.")
    noisiness: Antonyms = ("Clean photo.", "Noisy photo.")
    sharpness: Antonyms = ("Sharp photo.", "Blurry photo.")
    contrast: Antonyms = ("High contrast photo.", "Low contrast photo.")
    colorfulness: Antonyms = ("Colorful photo.", "Dull photo.")
    scale: float = SCALE

    def __post_init__(self) -> None:
        for column, pair in zip(self.columns, self._pairs, strict=True):
            if not isinstance(pair, tuple) or len(pair) != 2 or not all(isinstance(prompt, str) for prompt in pair):
                raise ValueError(f"clip_iqa: {column.name} is a pair of prompts, not {pair!r}")

    def needs(self) -> tuple[View, ...]:
        """A probability a pair of prompts, of each image."""
        return (AntonymFit(self.image, self.text, self._pairs, self.scale).each("images"),)

    def score(self, *features: Any) -> Columns:
        """From `Ragged` probabilities."""
        values, counts = features[0].owned, np.diff(features[0].offsets)
        return {
            column.name: segment_reduce(np.minimum, values[:, place], counts).astype(np.float32)
            for place, column in enumerate(self.columns)
        }

    @property
    def _pairs(self) -> tuple[Antonyms, ...]:
        return tuple(getattr(self, column.name) for column in self.columns)


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `clip_iqa`."""
    return [ClipIqa]
