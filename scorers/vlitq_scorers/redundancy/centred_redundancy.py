"""centred_redundancy: how like all other images a sample's images are, once what all share is taken off (PRISM)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, CorpusScorer, Feature, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Column
from vlitq.selection.maths.prism import prism
from vlitq_scorers.features.embedded import ConseImage


@dataclass(frozen=True)
class CentredRedundancy(CorpusScorer):
    """PRISM's redundancy R of the images, several of a row as their mean; text-only samples have none.

    The paper takes the mean visual token of a shallow layer of the model to be tuned; here it is the run's image model.
    It keeps the samples of lowest R, and every text-only one.
    """

    name = "centred_redundancy"
    version = 1
    cost = "encoder"
    known_failures = (
        "What is unlike all else is noise as often as news: it decays where low-quality data enters (DICS).",
        "Values lie close to 0, and change with the set: compare within one set only.",
        "It is the mean likeness to all others: two copies of an odd image have a low R both.",
    )
    columns = (
        Column(
            "redundancy",
            "float64",
            "Mean cosine of the sample's image with those of all other samples, about the mean image.",
            unit="cosine",
            bounds=(-1, 1),
            direction="lower",
            axis="redundancy",
            source="Bi et al. 2025, PRISM, arXiv 2502.12119",
            formula="(u · Σ_j u_j − 1) / (N − 1), u the unit vector of F − mean F",
            null="the sample has no image, it could not be encoded, or there is no other",
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())

    def needs(self) -> tuple[View, ...]:
        """One image vector a row."""
        return (self.image.of("images"),)

    def score(self, *features: Any) -> Columns:
        """From vectors, float32 of shape (rows, dim), NaN where a row has none."""
        redundancy = prism(features[0])
        several = np.count_nonzero(~np.isnan(redundancy)) > 1
        return {"redundancy": redundancy if several else np.full(len(redundancy), np.nan)}


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `centred_redundancy`."""
    return [CentredRedundancy]
