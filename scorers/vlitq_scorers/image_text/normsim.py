"""normsim: how near the images are to a target set (NormSim)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Column
from vlitq_scorers.features.embedded import ConseImage
from vlitq_scorers.features.target_set import TargetNorms
from vlitq_scorers.maths.ragged import segment_reduce

_SOURCE = "Wang et al. 2024, arXiv 2405.19547"
_NULL = "the sample has no image, or one could not be encoded"


@dataclass(frozen=True)
class NormSim(SampleScorer):
    """NormSim of a sample's images: the norm of their cosines with all images of a target set.

    `target` names the set: a .npy file of unit vectors of the same image model, or a folder of images. As in the
    authors' code (github ypwang61/negCLIPLoss_NormSim), the norm is not divided by the number of targets, so that
    `norm_2` compares samples against one target only. Of several images the nearest counts.
    """

    name = "normsim"
    version = 1
    cost = "encoder"
    known_failures = (
        "It says whether an image is like the target, never whether the text beside it is right.",
        "A target with many images of one kind draws norm_2 to that kind; for norm_inf one outlier in it is enough.",
        "A norm knows no sign: an image opposite to the target counts as near.",
        "Text-only samples have no score, and are no worse for it.",
    )
    columns = (
        Column(
            "norm_2",
            "float32",
            "NormSim₂: root of the sum of squared cosines with all targets; of several images the largest.",
            bounds=(0, None),
            direction="higher",
            axis="balance",
            source=_SOURCE,
            null=_NULL,
            formula="√ Σ_t cos(m, t)²",
        ),
        Column(
            "norm_inf",
            "float32",
            "NormSim∞: absolute cosine with the nearest target; of several images the largest.",
            unit="cosine",
            bounds=(0, 1),
            direction="higher",
            axis="balance",
            source=_SOURCE,
            null=_NULL,
            formula="max_t |cos(m, t)|",
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    target: str = ""

    def needs(self) -> tuple[View, ...]:
        """Both norms of each image."""
        return (TargetNorms(self.image, self.target).each("images"),)

    def score(self, *features: Any) -> Columns:
        """From `Ragged` norms."""
        values, counts = features[0].owned, np.diff(features[0].offsets)
        norms = (segment_reduce(np.maximum, values[:, norm], counts).astype(np.float32) for norm in range(2))
        return dict(zip(("norm_2", "norm_inf"), norms, strict=True))


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `normsim`."""
    return [NormSim]
