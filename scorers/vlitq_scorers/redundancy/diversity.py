"""diversity: how far each sample is from its nearest others, and how many different samples the set amounts to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, CorpusScorer, Feature, Need, Scorer
from vlitq.roles import model_role
from vlitq.schema import Column
from vlitq_scorers.features.embedded import ConseImage
from vlitq_scorers.features.text_embedding import TextEmbedding
from vlitq_scorers.maths.vendi import vendi
from vlitq_scorers.redundancy.neighbours import NEAR, K, Neighbours


@dataclass(frozen=True)
class Diversity(CorpusScorer):
    """Distance to the k nearest samples by image and text, and the Vendi score of the set.

    A distance is 1 − the mean of the cosines of the images and of the dialogues. Samples without images (or without
    text) are compared with samples like them, by what they have.
    """

    name = "diversity"
    version = 1
    cost = "encoder"
    known_failures = (
        "What is unlike everything else may be noise: broken and mislabelled samples score as diverse.",
        "It is measured in one embedding: what the model does not tell apart does not count.",
        "Above 50,000 rows neighbours are searched by cells: a farther one may stand for one that was missed.",
    )
    columns = (
        Column(
            "knn_distance",
            "float32",
            "Mean cosine distance to the k nearest other samples, or to all others where there are fewer.",
            unit="cosine distance",
            bounds=(0, 2),
            direction="higher",
            axis="diversity",
            source="Angiulli & Pizzuti 2002, doi 10.1007/3-540-45681-3_2 (there the sum over the k nearest)",
            null="there is no other sample with the same parts, or a part could not be encoded",
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: Feature = model_role("text_embedding", TextEmbedding())
    k: int = K

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError(f"diversity: k must be at least 1, not {self.k}")

    def needs(self) -> tuple[Need, ...]:
        """Neighbours by image and text, and both vectors a row."""
        image, text = self.image.of("images"), self.text.of("dialogue")
        return Neighbours((image, text), self.k, "auto", NEAR), image, text

    def score(self, *features: Any) -> Columns:
        """From the neighbours; the vectors are for the summary."""
        similarity = features[0]["similarity"]
        found = np.isfinite(similarity)
        total = np.where(found, similarity, 0).sum(axis=1, dtype=np.float64)
        distance = 1 - total / np.maximum(found.sum(axis=1), 1)
        return {"knn_distance": np.where(found.any(axis=1), distance.clip(0, 2), np.nan).astype(np.float32)}

    def summarize(self, *features: Any) -> Mapping[str, float]:
        """Vendi scores of order 1 under the cosine: the effective number of different images, and of dialogues.

        Friedman & Dieng 2023, arXiv 2210.02410. Samples that share an image count it each. Left out is what no
        sample has.
        """
        scores = {"vendi_image": vendi(features=features[1]), "vendi_text": vendi(features=features[2])}
        return {name: score for name, score in scores.items() if not np.isnan(score)}


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `diversity`."""
    return [Diversity]
