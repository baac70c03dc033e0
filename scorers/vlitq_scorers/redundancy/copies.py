"""copies: what a sample has exactly like another: its dialogue, question, answer, image files, pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, CorpusScorer, Scorer, View
from vlitq.schema import Array, Column
from vlitq_scorers.features.digest import DIGEST_DIM
from vlitq_scorers.features.file_digest import FileDigest
from vlitq_scorers.features.perceptual_hash import PerceptualHash
from vlitq_scorers.features.pixel_digest import PixelDigest
from vlitq_scorers.features.text_digest import TextDigest
from vlitq_scorers.maths.repeats import repeats

_NO_IMAGE = "the sample has no image, or one could not be read"
_TEXTS = {
    "dialogue": "turns of the human and the assistant, in order",
    "question": "turns of the human",
    "answer": "turns of the assistant",
}
_IMAGES = {
    "file": "image files, byte for byte and in order",
    "pixel": "images by size and decoded pixels, in order",
    "hash": "images by their 64-bit perceptual hash (phash), in any order",
}


def _columns(what: str, meaning: str, null: str) -> tuple[Column, Column]:
    return (
        Column(f"{what}_copies", "int64", f"Other samples with the same {meaning}.", unit="samples", bounds=(0, None),
               direction="lower", axis="redundancy", null=null),
        Column(f"{what}_first", "int64", f"The first sample with the same {meaning}; itself where it is the first.",
               unit="row", bounds=(0, None), axis="redundancy", null=null),
    )  # fmt: skip


@dataclass(frozen=True)
class Copies(CorpusScorer):
    """Exact repeats by text, by image file and by pixels, and images of equal perceptual hash.

    Texts are compared in Unicode NFKC and case folding, with white space and punctuation as one space; punctuation
    within a number and before it, and symbols, count. Pixels are compared as every model sees them: RGB, upright.
    """

    name = "copies"
    version = 1
    cost = "pixels"
    known_failures = (
        'Punctuation outside of numbers does not count: "Eats, shoots" is "eats shoots", and 50% is 50.',
        "A picture saved as JPEG again, scaled or cropped has other pixels: then only the hash may agree.",
        "Plain and nearly plain images share a perceptual hash, whatever little they show.",
        "The same question over different images is no fault: read the columns together.",
    )
    columns = tuple(
        column
        for kinds, null in ((_TEXTS, "the sample has no such text"), (_IMAGES, _NO_IMAGE))
        for what, meaning in kinds.items()
        for column in _columns(what, meaning, null)
    )

    def needs(self) -> tuple[View, ...]:
        """Digests of texts, of files, of pixels, and the perceptual hashes."""
        images = (feature.of("images") for feature in (FileDigest(), PixelDigest(), PerceptualHash()))
        return (TextDigest().of("sample"), *images)

    def score(self, *features: Any) -> Columns:
        """From digests of all rows, in the order of `needs()`."""
        scores: dict[str, Any] = {}
        for what, values in self._compared(*features):
            others, first = repeats(values)
            scores[f"{what}_copies"] = np.ma.MaskedArray(others, mask=others < 0)
            scores[f"{what}_first"] = np.ma.MaskedArray(first, mask=first < 0)
        return scores

    def summarize(self, *features: Any) -> Mapping[str, float]:
        """Of each kind, as `dialogue_share`, the share of the rows that have it which repeat an earlier row."""
        shares = {}
        for what, values in self._compared(*features):
            first = repeats(values)[1]
            there = first >= 0
            if there.any():
                shares[f"{what}_share"] = float((first != np.arange(len(first)))[there].mean())
        return shares

    def _compared(self, texts: Array, *images: Array) -> Iterator[tuple[str, Array]]:
        """The kinds by name, with what is compared: NaN where a row has none."""
        for place, what in enumerate(_TEXTS):
            digest = np.array(texts[:, place * DIGEST_DIM : (place + 1) * DIGEST_DIM])
            digest[~digest.any(axis=1)] = np.nan
            yield what, digest
        yield from zip(_IMAGES, images, strict=True)


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `copies`."""
    return [Copies]
