"""minhash: which texts share most of their word n-grams with another, in time linear in the text (MinHash-LSH)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, CorpusFeature, CorpusScorer, Scorer, View
from vlitq.schema import Array, Column
from vlitq_scorers.features.minhash_signature import MinHashSignature, TextPart
from vlitq_scorers.maths.minhash import Bands, optimal_bands, standard_error
from vlitq_scorers.maths.near_sets import near_sets

_SOURCE = "Broder 1997, doi 10.1109/SEQUEN.1997.666900"
_NO_TEXT = "the text has fewer words than an n-gram"
MISSED = 0.99  # weight of a missed pair; one that is compared in vain, which is cheap, weighs 1 − this
MOST_HASHES = 1024


@dataclass(frozen=True)
class NearTexts(CorpusFeature):
    """`near_sets` of the signatures of all rows: a structured array of "group", "nearest" and "similarity"."""

    name = "near_texts"
    version = 1

    signature: MinHashSignature
    threshold: float

    @property
    def bands(self) -> Bands:
        """How the signatures are cut."""
        return optimal_bands(self.threshold, self.signature.num_perm, 1 - MISSED, MISSED)

    def needs(self) -> tuple[View, ...]:
        """The signatures."""
        return (self.signature.of("sample"),)

    def compute(self, *arrays: Array) -> Array:
        """Of signatures, float32 of shape (rows, num_perm)."""
        near = near_sets(arrays[0], self.bands, self.threshold)
        found = np.empty(len(near.group), [("group", np.int64), ("nearest", np.int64), ("similarity", np.float32)])
        found["group"], found["nearest"], found["similarity"] = near.group, near.nearest, near.similarity
        return found


@dataclass(frozen=True)
class MinHash(CorpusScorer):
    """Near-copies of a text: pairs whose sets of word n-grams have an estimated Jaccard similarity of `threshold`.

    The estimate is the share of `num_perm` hashes in which the two agree; its standard error is √(s (1 − s) /
    num_perm), 0.035 at 0.8 and 128. Pairs are looked for by locality (LSH): those that agree in one band of hashes are
    compared. A group is what a chain of pairs links. A character is a word in scripts that put no space between words.
    """

    name = "minhash"
    version = 1
    cost = "text"
    known_failures = (
        'It sees words, not meaning: a paraphrase is no copy, and a "not" that turns the answer round hardly counts.',
        "Images are not looked at: one text over two pictures is a copy here. Answers of a template are near-copies.",
        "Texts below `ngram` words are not compared: `copies` finds those that are equal.",
        "A pair near the threshold may be missed by locality or lie on the other side by the estimate's error.",
        "In a bucket of more than 64 texts each meets 64 others and the first: `similarity` may then be too low.",
        "Groups are chains: two ends of a long one may be less alike than the threshold.",
    )
    columns = (
        Column(
            "similarity",
            "float32",
            "Estimated Jaccard similarity of the text's word n-grams with those of the most similar other text met.",
            bounds=(0, 1),
            direction="lower",
            axis="redundancy",
            source=_SOURCE,
            formula="share of hashes h with min h(A) = min h(B), estimates |A ∩ B| / |A ∪ B|",
            null=f"{_NO_TEXT}, or no other text agrees with it in a band of hashes",
        ),
        Column(
            "nearest",
            "int64",
            "The sample with that text; the first of equals.",
            unit="row",
            bounds=(0, None),
            axis="redundancy",
            source=_SOURCE,
            null=f"{_NO_TEXT}, or no other text agrees with it in a band of hashes",
        ),
        Column(
            "group",
            "int64",
            "The first sample of the group of near-copies that the sample is in; itself when it is in none.",
            unit="row",
            bounds=(0, None),
            axis="redundancy",
            source=_SOURCE,
            null=_NO_TEXT,
        ),
        Column(
            "representative",
            "bool",
            "Whether the sample is the first of its group.",
            axis="redundancy",
            source=_SOURCE,
            null=_NO_TEXT,
        ),
    )

    threshold: float = 0.8
    num_perm: int = 128
    ngram: int = 5
    part: TextPart = "response"
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ValueError(f"minhash: threshold is a similarity above 0 and at most 1, not {self.threshold}")
        if not 2 <= self.num_perm <= MOST_HASHES:
            raise ValueError(f"minhash: num_perm is from 2 to {MOST_HASHES} hashes, not {self.num_perm}")
        if self.ngram < 1:
            raise ValueError(f"minhash: ngram is at least 1 word, not {self.ngram}")
        if self.seed < 0:
            raise ValueError(f"minhash: seed is 0 or more, not {self.seed}")
        if self.part not in get_args(TextPart):
            raise ValueError(f"minhash: part is {', '.join(get_args(TextPart))}; not {self.part!r}")

    def needs(self) -> tuple[NearTexts]:
        """What the signatures of all rows tell."""
        return (NearTexts(MinHashSignature(self.part, self.ngram, self.num_perm, self.seed), self.threshold),)

    def score(self, *features: Any) -> Columns:
        """From groups, nearest others and similarities."""
        near = features[0]
        none = near["group"] < 0
        return {
            "similarity": np.array(near["similarity"]),
            "nearest": np.ma.MaskedArray(near["nearest"], mask=near["nearest"] < 0),
            "group": np.ma.MaskedArray(near["group"], mask=none),
            "representative": np.ma.MaskedArray(near["group"] == np.arange(len(near)), mask=none),
        }

    def summarize(self, *features: Any) -> Mapping[str, float]:
        """`groups` of two or more, `grouped_rows` in them, the bands and rows of a band, and two numbers of trust.

        `standard_error` is the estimate's at the threshold, `found_at_threshold` the share of pairs of just that
        similarity that locality finds.
        """
        group, (near,) = features[0]["group"], self.needs()
        sizes = np.bincount(group[group >= 0])
        return {
            "groups": float((sizes > 1).sum()),
            "grouped_rows": float(sizes[sizes > 1].sum()),
            "bands": float(near.bands.bands),
            "band_rows": float(near.bands.rows),
            "standard_error": standard_error(self.threshold, self.num_perm),
            "found_at_threshold": float(near.bands.probability(self.threshold)),
        }


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `minhash`."""
    return [MinHash]
