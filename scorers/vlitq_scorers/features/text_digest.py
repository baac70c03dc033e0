"""Digests of what a sample says: the dialogue, the question and the answer, case and punctuation left aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from vlitq.node import Encoder, Feature, Runtime, digest_vector
from vlitq.sample import Role, Sample
from vlitq.schema import Array
from vlitq_scorers.features.digest import DIGEST_DIM, NUMBERS
from vlitq_scorers.maths.folding import folded

SIDES: tuple[tuple[Role, ...], ...] = (("human", "assistant"), ("human",), ("assistant",))
DIM = len(SIDES) * DIGEST_DIM


@dataclass(frozen=True)
class TextDigest(Feature):
    """BLAKE2b of the folded dialogue, question and answer in whole numbers below 65,536: float32 (samples, 24).

    Each takes eight numbers, all 0 where the sample has no such text. Turns count in order, those of the dialogue with
    who speaks. What folding leaves aside: `vlitq_scorers.maths.folding.folded`.
    """

    name = "text_digest"
    over = "sample"
    unit_length = False

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # the contract's
        """Nothing is loaded."""
        yield Encoder(lambda samples: np.stack(list(map(_digests, samples))), DIM)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Digests at random, some of them missing."""
        digests = rng.integers(1, NUMBERS, (items, len(SIDES), DIGEST_DIM))
        there = rng.random((items, len(SIDES), 1)) < 0.8
        return (digests * there).reshape(items, DIM).astype(np.float32)


def _digests(sample: Sample) -> Array:
    said = [(turn.role, folded(turn.text)) for turn in sample.turns]
    return np.concatenate([_digest([(who, text) for who, text in said if who in side and text]) for side in SIDES])


def _digest(turns: Sequence[tuple[Role, str]]) -> Array:
    if not turns:
        return np.zeros(DIGEST_DIM, np.float32)
    content = "".join(f"\0{who}\0{len(text)}\0{text}" for who, text in turns)
    return digest_vector(content.encode("utf-8", "surrogatepass"), DIGEST_DIM)
