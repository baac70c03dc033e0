"""The MinHash signature of a part of a sample's text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlitq.node import Encoder, Feature, Runtime
from vlitq.sample import Role, Sample
from vlitq.schema import Array
from vlitq_scorers.maths.minhash import BITS, NONE, signatures
from vlitq_scorers.maths.shingles import shingled, words_and_signs

TextPart = Literal["response", "dialogue", "instruction"]
ROLES: Mapping[TextPart, tuple[Role, ...]] = {
    "response": ("assistant",),
    "dialogue": ("human", "assistant"),
    "instruction": ("human",),
}


@dataclass(frozen=True)
class MinHashSignature(Feature):
    """Whole numbers below 2²⁴, float32 of shape (samples, num_perm); all −1 of a text of fewer than `ngram` words.

    The share in which two agree estimates the Jaccard similarity of the texts' sets of word n-grams. Turns follow each
    other as one text.
    """

    name = "minhash_signature"
    over = "sample"
    unit_length = False

    part: TextPart = "response"
    ngram: int = 5
    num_perm: int = 128
    seed: int = 1

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # the contract's
        """Nothing is loaded."""
        yield Encoder(self._encode, self.num_perm)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Signatures that agree with each other in some numbers, and some of no text."""
        drawn = rng.integers(0, 1 << BITS, (items, self.num_perm))
        drawn[:, ::2] %= 2
        drawn[rng.random(items) < 0.2] = int(NONE)
        return drawn.astype(np.float32)

    def _encode(self, samples: Sequence[Sample]) -> Array:
        texts = [spoken(sample, ROLES[self.part]) for sample in samples]
        return signatures(shingled(texts, self.ngram), self.num_perm, self.seed)


def spoken(sample: Sample, roles: Sequence[Role]) -> list[str]:
    """The words of the turns of some roles, one after the other."""
    return [word for turn in sample.turns if turn.role in roles for word in words_and_signs(turn.text)]
