"""sentence_alignment: how well each sentence of the response fits the images, and which fits worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Column
from vlitq_scorers.features.chunks import TextFeature
from vlitq_scorers.features.embedded import ConseImage, ConseText
from vlitq_scorers.image_text.fits import OverImages, fits, require_rule
from vlitq_scorers.maths.ragged import segment_argmin, segment_mean, segment_reduce

_NULL = "the sample has no image or its response no sentence, or one of them could not be encoded"


def _cosine(name: str, description: str, formula: str) -> Column:
    return Column(
        name,
        "float32",
        description,
        unit="cosine",
        bounds=(-1, 1),
        direction="higher",
        axis="correctness",
        null=_NULL,
        formula=formula,
    )


def _number(name: str, description: str, unit: str, null: str) -> Column:
    return Column(name, "int32", description, unit=unit, bounds=(0, None), axis="correctness", null=null)


@dataclass(frozen=True)
class SentenceAlignment(SampleScorer):
    """Cosines of the response's sentences with the sample's images.

    The sentences are those of the assistant's turns, in order, numbered through from 0. Each is compared with every
    image; `over_images` makes one number a sentence of them, as in `alignment`. `prefix` stands before each sentence.
    """

    name = "sentence_alignment"
    version = 1
    cost = "encoder"
    known_failures = (
        'A sentence that says nothing of the image ("I hope this helps.") is the worst, however right it is.',
        "The minimum falls with the number of sentences: it finds another image's answer with AUROC 0.76, the mean "
        "with 0.83, alignment.cosine with 0.84 (owleval, embedded models).",
        "A sentence of another image's answer among those of a right one is found with AUROC 0.67 by the minimum and "
        "0.56 by the mean; it is the worst in 56 of 100 answers, by chance in 18 (owleval, embedded models).",
        "Sentences end at punctuation; past the 64th, the rest of a turn is one sentence.",
    )
    columns = (
        _cosine("mean", "Cosine of image and sentence, mean over the response's sentences.", "mean_s fit(s)"),
        _cosine("minimum", "Cosine of image and sentence in the sentence that fits worst.", "min_s fit(s)"),
        _number("worst", "The sentence that fits worst, counted from 0; the first of equals.", "sentence", _NULL),
        Column(
            "spread",
            "float32",
            "How far the worst sentence lies below the best; a response of another image has a small one too.",
            unit="cosine",
            bounds=(0, 2),
            axis="correctness",
            null="the response has fewer than two sentences, or it has no image, or one could not be encoded",
            formula="max_s fit(s) − min_s fit(s)",
        ),
        _number("sentences", "Sentences of the response.", "sentences", "the record is no sample"),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: TextFeature = model_role("clip_text", ConseText())
    over_images: OverImages = "max"
    prefix: str = ""

    def __post_init__(self) -> None:
        require_rule(self.name, self.over_images)

    def needs(self) -> tuple[View, ...]:
        """All images and all sentences of the response."""
        return self.image.each("images"), self.text.prefixed(self.prefix).each("sentences")

    def score(self, *features: Any) -> Columns:
        """From `Ragged` images and sentences."""
        images, sentences = features
        cosines, counts = fits(sentences, images, self.over_images), np.diff(sentences.offsets)
        least, most = (segment_reduce(end, cosines, counts) for end in (np.minimum, np.maximum))
        worst = segment_argmin(cosines, counts)
        return {
            "mean": segment_mean(cosines, counts).astype(np.float32),
            "minimum": least.astype(np.float32),
            "worst": np.ma.MaskedArray(worst.astype(np.int32), mask=worst < 0),
            "spread": np.where(counts > 1, most - least, np.nan).astype(np.float32),
            "sentences": counts.astype(np.int32),
        }


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `sentence_alignment`."""
    return [SentenceAlignment]
