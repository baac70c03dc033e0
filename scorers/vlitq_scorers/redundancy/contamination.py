"""contamination: how much of a benchmark a sample gives away: its images, its questions, its words."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Ragged, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Array, Column
from vlitq_scorers.features.benchmark import Benchmark
from vlitq_scorers.features.benchmark_ngrams import BenchmarkNgrams
from vlitq_scorers.features.embedded import ConseImage
from vlitq_scorers.features.file_digest import FileDigest
from vlitq_scorers.features.perceptual_hash import PerceptualHash
from vlitq_scorers.features.text_embedding import TextEmbedding
from vlitq_scorers.maths.nearest_in import hash_bits, nearest_in
from vlitq_scorers.maths.ragged import segment_argmin, segment_reduce

_NO_IMAGE = "the sample or the benchmark has no image, or one could not be read"
_NO_TEXT = "the sample or the benchmark has no text"
_NGRAMS = "Brown et al. 2020, arXiv 2005.14165, appendix C (n-grams of 8 to 13 words; there a test example's)"
BITS = 64  # of a perceptual hash


@dataclass(frozen=True)
class Contamination(SampleScorer):
    """Overlap with a benchmark, which is a scored run: `benchmark` is its folder.

    Score it with `copies` and `duplicates` and the same models. Of a sample's several images the nearest counts; the
    images of one benchmark sample count as their mean. N-grams that more than ten of the benchmark's texts share are
    taken for its prompt and left out.
    """

    name = "contamination"
    version = 1
    cost = "encoder"
    known_failures = (
        "It sees copies and near-copies: a paraphrase or a translation shows in text_cosine at best.",
        "A question or answer of fewer words than an n-gram is no evidence: short questions are alike by chance.",
        "A prompt that ten or fewer of the benchmark's texts share counts as content.",
        "Plain images have the same perceptual hash, and an image of a common thing a high cosine: look first.",
        "Of a benchmark sample with several images, files and hashes are not compared.",
    )
    columns = (
        Column("image_bits", "int32", "Bits by which the perceptual hash differs from the nearest benchmark image's.",
               unit="bits", bounds=(0, BITS), direction="higher", axis="redundancy",
               null=f"{_NO_IMAGE}, or the benchmark's run keeps no perceptual hashes"),
        Column("same_file", "bool", "An image file is, byte for byte, one of the benchmark's.",
               direction="lower", axis="redundancy",
               null=f"{_NO_IMAGE}, or the benchmark's run keeps no digests of files"),
        Column("image_cosine", "float32", "Cosine of the image with the nearest benchmark sample's.",
               unit="cosine", bounds=(-1, 1), direction="lower", axis="redundancy", null=_NO_IMAGE),
        Column("image_nearest", "string", "The id of that benchmark sample; the first of equals.",
               axis="redundancy", null=_NO_IMAGE),
        Column("text_cosine", "float32", "Cosine of the dialogue with the nearest benchmark sample's.",
               unit="cosine", bounds=(-1, 1), direction="lower", axis="redundancy", null=_NO_TEXT),
        Column("text_nearest", "string", "The id of that benchmark sample; the first of equals.",
               axis="redundancy", null=_NO_TEXT),
        Column("ngram_share", "float32", "Share of the word n-grams of question and answer that the benchmark has too.",
               unit="share", bounds=(0, 1), direction="lower", axis="redundancy", source=_NGRAMS,
               null="neither the question nor the answer has as many words as an n-gram",
               formula="n-grams of the sample that are in the benchmark / n-grams of the sample"),
    )  # fmt: skip

    image: Feature = model_role("clip_image", ConseImage())
    text: Feature = model_role("text_embedding", TextEmbedding())
    benchmark: str = ""
    ngram: int = 8

    def __post_init__(self) -> None:
        if self.ngram < 1:
            raise ValueError(f"contamination: ngram is at least 1 word, not {self.ngram}")

    def needs(self) -> tuple[View, ...]:
        """Hashes, digests and vectors of each image, one vector of the dialogue, and the n-grams counted."""
        image, text, *others = self._compared
        ngrams = BenchmarkNgrams(self.benchmark, self.ngram, (image, text), tuple(others))
        each = (view.feature.each("images") for view in (*others, image))
        return (*each, text, ngrams.of("sample"))

    def score(self, *features: Any) -> Columns:
        """From ragged hashes, digests and image vectors, pooled text vectors, and counts of n-grams."""
        hashes, files, images, texts, ngrams = features
        image, text, of_hash, of_file = self._compared
        held = Benchmark(self.benchmark)
        image_cosine, image_row = _of_images(images, held.vectors(image))
        near = nearest_in(texts, held.vectors(text))
        ids = held.ids()
        return {
            "image_bits": _fewest_bits(hashes, held.vectors(of_hash)),
            "same_file": _same_file(files, held.digests(of_file)),
            "image_cosine": image_cosine,
            "image_nearest": _named(image_row, ids),
            "text_cosine": near.cosine,
            "text_nearest": _named(near.position, ids),
            "ngram_share": np.divide(
                ngrams[:, 1], ngrams[:, 0], out=np.full(len(ngrams), np.nan, np.float32), where=ngrams[:, 0] > 0
            ),
        }

    @property
    def _compared(self) -> tuple[View, View, View, View]:
        """The views of sample and benchmark that are held against each other: image, text, hash, file."""
        image, text = self.image.of("images"), self.text.of("dialogue")
        return image, text, PerceptualHash().of("images"), FileDigest().of("images")


def _of_images(images: Ragged, others: Array) -> tuple[Array, Array]:
    """The cosine of each row's image that is nearest to a benchmark sample's, and that sample's row, −1 for none."""
    counts = np.diff(images.offsets)
    near = nearest_in(images.owned, others)
    place = segment_argmin(-near.cosine, counts)
    found = place >= 0
    item = (np.cumsum(counts) - counts + place)[found]
    cosine, row = np.full(len(images), np.nan, np.float32), np.full(len(images), -1, np.int64)
    cosine[found], row[found] = near.cosine[item], near.position[item]
    return cosine, row


def _fewest_bits(hashes: Ragged, others: Array) -> np.ma.MaskedArray[Any, Any]:
    bits = segment_reduce(np.minimum, hash_bits(hashes.owned, others), np.diff(hashes.offsets))
    return np.ma.MaskedArray(np.nan_to_num(bits).astype(np.int32), mask=np.isnan(bits))


def _same_file(files: Ragged, known: Set[bytes]) -> np.ma.MaskedArray[Any, Any]:
    """Whether one of a row's digests is known; null where one is missing, or none are known."""
    same = np.array([row.tobytes() in known for row in files.owned], np.float64)
    same[np.isnan(files.owned).any(axis=1)] = np.nan
    found = segment_reduce(np.maximum, same, np.diff(files.offsets))
    return np.ma.MaskedArray(found == 1, mask=np.isnan(found) | (not known))


def _named(rows: Array, ids: Sequence[str]) -> list[str | None]:
    """The ids of rows; None for −1."""
    return [ids[row] if 0 <= row < len(ids) else None for row in rows.tolist()]


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `contamination`."""
    return [Contamination]
