"""aesthetics: a linear head over image embeddings, such as an aesthetic predictor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Column
from vlitq_scorers.features.embedded import ConseImage
from vlitq_scorers.features.linear_head import LinearHead
from vlitq_scorers.maths.ragged import segment_reduce


@dataclass(frozen=True)
class Aesthetics(SampleScorer):
    """What a linear head says of a sample's images; of several the lowest value counts.

    `head` names the file: weight of shape (1, dim) and bias of shape (1,), trained on unit-length embeddings of the
    image model of the run. LAION's aesthetic predictor (github LAION-AI/aesthetic-predictor, MIT) has heads for
    ViT-L-14-quickgelu/openai, ViT-B-32-quickgelu/openai and ViT-B-16-quickgelu/openai.
    """

    name = "aesthetics"
    version = 1
    cost = "encoder"
    known_failures = (
        "Of documents, charts and screenshots it says nothing, or the opposite of what makes them worth training on.",
        "A head says nonsense of another model's embeddings, and only a different length gives that away.",
    )
    columns = (
        Column(
            "score",
            "float32",
            "The head's rating of the image; of several images the lowest.",
            unit="rating",
            direction="higher",
            axis="validity",
            source="github LAION-AI/aesthetic-predictor",
            null="the sample has no image, or one could not be encoded",
            formula="w·m + b",
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    head: str = ""

    def needs(self) -> tuple[View, ...]:
        """The rating of each image."""
        return (LinearHead(self.image, self.head).each("images"),)

    def score(self, *features: Any) -> Columns:
        """From `Ragged` ratings."""
        ratings, counts = features[0].owned[:, 0], np.diff(features[0].offsets)
        return {"score": segment_reduce(np.minimum, ratings, counts).astype(np.float32)}


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `aesthetics`."""
    return [Aesthetics]
