"""relevance: whether the response speaks of what was asked, by the embeddings of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Column
from vlitq_scorers.features.text_embedding import TextEmbedding


@dataclass(frozen=True)
class Relevance(SampleScorer):
    """Cosine of the sentence embeddings of the instruction and the response, each the mean of its turns.

    An answer that belongs to another question lies far from its own. Use it to leave out the lowest, within a source:
    what lies highest repeats its question.
    """

    name = "relevance"
    version = 1
    cost = "encoder"
    known_failures = (
        'A short answer ("yes", "two") lies far from its question, right or wrong.',
        "An answer that repeats its question scores highest, whatever else it says.",
        "A wrong value in an answer of the right form (a red ball for a blue one) scores as well.",
        "Where all questions are alike (describe this image) another image's answer fits as well: see alignment.",
    )
    columns = (
        Column(
            "cosine",
            "float32",
            "Cosine of instruction and response.",
            unit="cosine",
            bounds=(-1, 1),
            direction="higher",
            axis="correctness",
            null="the sample has no instruction or no response",
            formula="cos(mean of the user's turns, mean of the assistant's turns)",
        ),
    )

    text: Feature = model_role("text_embedding", TextEmbedding())

    def needs(self) -> tuple[View, ...]:
        """The instruction and the response, a unit vector each."""
        return self.text.of("instruction"), self.text.of("response")

    def score(self, *features: Any) -> Columns:
        """From two arrays of unit vectors of shape (rows, dim)."""
        instruction, response = features
        return {"cosine": np.einsum("ij,ij->i", instruction, response).clip(-1, 1).astype(np.float32)}


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `relevance`."""
    return [Relevance]
