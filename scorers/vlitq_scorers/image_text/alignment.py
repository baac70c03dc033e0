"""alignment: how well the response describes the images, turn by turn."""

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
from vlitq_scorers.features.seen import TextSeen
from vlitq_scorers.image_text.fits import OverImages, fits, require_rule
from vlitq_scorers.maths.ragged import segment_mean, segment_reduce

CLIPSCORE_WEIGHT = 2.5  # w of Hessel et al. 2021, section 3
_SOURCE = "Hessel et al. 2021, arXiv 2104.08718"
_NULL = "the sample has no image or no response, or one of them could not be encoded"


def _cosine(name: str, description: str, formula: str) -> Column:
    return Column(
        name,
        "float32",
        description,
        unit="cosine",
        bounds=(-1, 1),
        direction="higher",
        axis="correctness",
        source=_SOURCE,
        null=_NULL,
        formula=formula,
    )


@dataclass(frozen=True)
class Alignment(SampleScorer):
    """Cosines of the assistant's turns with the sample's images.

    Every turn is compared with every image. `over_images` makes one number a turn of them: "max", the image it fits
    best (a turn mostly speaks of one), or "mean". Over the turns the columns are the mean and the minimum.

    `clipscore` is the CLIPScore of Hessel et al. for the pooled cosine. It differs from theirs in that the text is
    the response, not a caption; has no prefix unless `prefix` says so (theirs is "A photo depicts "; it stands before
    each turn, in all columns); and is read to its end, in several chunks where the model's context is too short, where
    theirs is cut. The model is another where it is not OpenAI's ViT-B/32. Compare values of one model only.
    """

    name = "alignment"
    version = 1
    cost = "encoder"
    known_failures = (
        'A short answer ("yes", "two") says nothing of the image, and scores low whether right or wrong.',
        "CLIP hardly sees negation, counts or relations: a wrong number in a right caption scores as well.",
        "Text in the image draws the cosine up for an answer that repeats it: see text_dominance.",
        "Top-k by it lost to random selection on LLaVA-665K (91.2 against 95.8, ICONS, arXiv 2501.00654).",
    )
    columns = (
        _cosine("cosine", "Cosine of image and response, mean over the assistant's turns.", "mean_turn fit(turn)"),
        _cosine("cosine_min", "Cosine of image and response in the turn that fits worst.", "min_turn fit(turn)"),
        Column(
            "clipscore",
            "float32",
            "CLIPScore of the response: 2.5 × cosine, and 0 where that is negative.",
            bounds=(0, CLIPSCORE_WEIGHT),
            direction="higher",
            axis="correctness",
            source=_SOURCE,
            null=_NULL,
            formula="2.5 · max(cosine, 0)",
        ),
        Column(
            "text_seen",
            "float32",
            "Share of the response's characters that the model saw, mean over the assistant's turns.",
            unit="share",
            bounds=(0, 1),
            direction="neutral",
            axis="validity",
            null=_NULL,
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: TextFeature = model_role("clip_text", ConseText())
    over_images: OverImages = "max"
    prefix: str = ""

    def __post_init__(self) -> None:
        require_rule(self.name, self.over_images)

    def needs(self) -> tuple[View, ...]:
        """All images, all turns of the response, and the share of each turn that the model saw."""
        text = self.text.prefixed(self.prefix)
        return self.image.each("images"), text.each("response"), TextSeen(text).each("response")

    def score(self, *features: Any) -> Columns:
        """From `Ragged` images, turns and shares of turns."""
        images, turns, seen = features
        cosines, turn_counts = fits(turns, images, self.over_images), np.diff(turns.offsets)
        cosine = segment_mean(cosines, turn_counts).astype(np.float32)
        text_seen = segment_mean(seen.owned[:, 0], np.diff(seen.offsets))
        return {
            "cosine": cosine,
            "cosine_min": segment_reduce(np.minimum, cosines, turn_counts).astype(np.float32),
            "clipscore": CLIPSCORE_WEIGHT * np.maximum(cosine, np.float32(0)),
            "text_seen": np.where(np.isnan(cosine), np.nan, text_seen).astype(np.float32),
        }


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `alignment`."""
    return [Alignment]
