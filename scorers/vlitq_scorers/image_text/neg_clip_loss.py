"""neg_clip_loss: the fit of a pair against that of all other pairs (negCLIPLoss), in the log domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Content, CorpusScorer, Feature, Need, Scorer
from vlitq.roles import model_role
from vlitq.schema import Array, Column
from vlitq_scorers.features.embedded import ConseImage, ConseText
from vlitq_scorers.maths.neg_clip_loss import drawn_batches, normaliser
from vlitq_scorers.maths.ragged import pair_cosines

_SOURCE = "Wang et al. 2024, arXiv 2405.19547"
_NULL = "the sample has no image or no response, or one of them could not be encoded"


@dataclass(frozen=True)
class NegClipLoss(CorpusScorer):
    """negCLIPLoss: the cosine of a sample's images and response, less what both score with others at large.

    The normaliser is that of CLIP's training loss over a batch of samples, at `temperature`; the sample's own images
    and response are part of it. Unlike the paper's, it counts each distinct image and each distinct response once, so
    that a response that recurs a thousand times outweighs nothing. Up to `batch` samples of different content it is
    exact; above, it is the mean over `rounds` random partitions into equal batches of at most that size, drawn by
    content and `seed`, whatever the order of rows. Images and turns are pooled: a sample is one pair.
    """

    name = "neg_clip_loss"
    version = 1
    cost = "encoder"
    known_failures = (
        "Other right answers to the same image count as wrong ones: a sample loses to its siblings. Still, it finds "
        "another image's answer with AUROC 0.88 where alignment.cosine has 0.84 (owleval, embedded models).",
        'A short answer ("yes", "two") says nothing of the image, and scores low whether right or wrong.',
        "Scores are relative to the set: those of two sets cannot be compared.",
    )
    columns = (
        Column(
            "score",
            "float32",
            "negCLIPLoss: cosine less normaliser; 0 where nothing else in the batch fits the image or the response.",
            unit="cosine",
            bounds=(None, 0),
            direction="higher",
            axis="correctness",
            source=_SOURCE,
            null=_NULL,
            formula="cos(m_i, t_i) − τ/2 · log Σ_j e^{cos(m_i, t_j)/τ} − τ/2 · log Σ_j e^{cos(m_j, t_i)/τ}",
        ),
        Column(
            "normaliser",
            "float32",
            "How well the sample's images and response fit the responses and images of the batch, its own among them.",
            unit="cosine",
            bounds=(-1, None),
            axis="correctness",
            source=_SOURCE,
            null=_NULL,
            formula="τ/2 · log Σ_j e^{cos(m_i, t_j)/τ} + τ/2 · log Σ_j e^{cos(m_j, t_i)/τ}",
        ),
    )

    image: Feature = model_role("clip_image", ConseImage())
    text: Feature = model_role("clip_text", ConseText())
    temperature: float = 0.01
    batch: int = 32_768
    rounds: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.temperature > 0:
            raise ValueError(f"neg_clip_loss: temperature must be above 0, not {self.temperature}")
        if self.batch < 2 or self.rounds < 1:
            raise ValueError(
                f"neg_clip_loss: batch must be 2 or more and rounds 1 or more, not {self.batch}, {self.rounds}"
            )

    def needs(self) -> tuple[Need, ...]:
        """Pooled images, pooled turns of the response, and digests."""
        return self.image.of("images"), self.text.of("response"), Content()

    def score(self, *features: Any) -> Columns:
        """From arrays of all rows, in the order of `needs()`."""
        image, text, content = features
        rows = np.arange(len(content))
        cosine = pair_cosines(image, text, (rows, rows))
        paired = np.flatnonzero(~np.isnan(cosine))
        normalisers = np.full(len(rows), np.nan)
        normalisers[paired] = self._normalisers(image, text, content, paired)
        return {
            "score": np.minimum(cosine - normalisers, 0).astype(np.float32),
            "normaliser": np.maximum(normalisers, -1).astype(np.float32),
        }

    def _normalisers(self, image: Array, text: Array, content: Array, paired: Array) -> Array:
        """Mean over the batches that each pair is in. Pairs are drawn in the order of their content, copies as one."""
        _, first, which = np.unique(content[paired], axis=0, return_index=True, return_inverse=True)
        rows = paired[first]
        total, times = np.zeros(len(rows)), np.zeros(len(rows))
        for drawn in drawn_batches(len(rows), self.batch, self.rounds, np.random.default_rng(self.seed)):
            total[drawn] += normaliser(image[rows[drawn]], text[rows[drawn]], self.temperature)
            times[drawn] += 1
        return np.asarray((total / times)[which.reshape(-1)])


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `neg_clip_loss`."""
    return [NegClipLoss]
