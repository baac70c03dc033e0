"""answer_loss: loss and perplexity of the answers under a language model, with and without the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Scorer
from vlitq.schema import Array, Column, Direction
from vlitq_scorers.features.language_model import LOSS, SEEN, TOKENS
from vlitq_scorers.likelihood.asked_and_alone import AskedAndAlone
from vlitq_scorers.maths.likelihood import perplexity
from vlitq_scorers.maths.ragged import segment_mean, segment_reduce

_NULL = "the sample has no answer, or one of its answers has no token or could not be read"


def _nats(name: str, description: str, formula: str, direction: Direction = "neutral") -> Column:
    bounds = (None, None) if name == "question_gain" else (0, None)
    return Column(
        name,
        "float32",
        description,
        unit="nats a token",
        bounds=bounds,
        direction=direction,
        axis="correctness" if direction == "higher" else "complexity",
        null=_NULL,
        formula=formula,
    )


@dataclass(frozen=True)
class AnswerLossScorer(AskedAndAlone):
    """Loss a token of the sample's answers under a language model, after their questions and alone.

    Over several exchanges each token counts the same: summed loss by tokens. Each exchange is read by itself, without
    those before it. The same tokens are scored with and without the question; without, they stand after the header
    that opens the assistant's turn, or after the token that begins a text. The model sees no image.
    """

    name = "answer_loss"
    version = 1
    cost = "language model"
    known_failures = (
        "The model sees no image: an answer that only the image explains has a high loss however right it is.",
        "Short answers score high or low by their first token; answer_tokens says how many there were.",
        "Top-k by perplexity lost to random selection on LLaVA-665K (91.6 against 95.8, ICONS, arXiv 2501.00654).",
        "A follow-up question is read without the exchanges before it: what it refers to is missing.",
    )
    columns = (
        _nats("loss", "Loss a token of the answers after their questions.", "−Σ log p(a_t | Q, a_<t) / tokens"),
        Column(
            "perplexity",
            "float64",
            "Perplexity of the answers after their questions; of a loss above 700 nats that of 700.",
            unit="perplexity",
            bounds=(1, None),
            axis="complexity",
            null=_NULL,
            formula="exp(loss)",
        ),
        _nats("loss_alone", "Loss a token of the same answers without their questions.", "−Σ log p(a_t | a_<t)/tokens"),
        _nats("question_gain", "How much the question lowers the loss.", "loss_alone − loss", "higher"),
        Column(
            "answer_tokens",
            "int32",
            "Tokens of the answers that were scored.",
            unit="tokens",
            bounds=(1, None),
            axis="complexity",
            null=_NULL,
        ),
        Column(
            "text_seen",
            "float32",
            "Share of the characters of question and answer that the model read, mean over the exchanges.",
            unit="share",
            bounds=(0, 1),
            axis="validity",
            null=_NULL,
        ),
    )

    def score(self, *features: Any) -> Columns:
        """From `Ragged` sums of loss, tokens and shares seen."""
        asked, alone = features
        counts = np.diff(asked.offsets)
        given, free = asked.owned.astype(np.float64), alone.owned.astype(np.float64)
        loss, tokens = token_mean(given, counts)
        loss_alone, _ = token_mean(free, np.diff(alone.offsets))
        null = np.isnan(loss) | np.isnan(loss_alone)
        loss, loss_alone = np.where(null, np.nan, loss), np.where(null, np.nan, loss_alone)
        seen = segment_mean(given[:, SEEN], counts)
        return {
            "loss": loss.astype(np.float32),
            "perplexity": perplexity(loss),
            "loss_alone": loss_alone.astype(np.float32),
            "question_gain": (loss_alone - loss).astype(np.float32),
            "answer_tokens": np.ma.MaskedArray(np.where(null, 0, tokens).astype(np.int32), mask=null),
            "text_seen": np.where(null, np.nan, seen).astype(np.float32),
        }


def token_mean(values: Array, counts: Array) -> tuple[Array, Array]:
    """Each row's loss a token and its tokens, float64 of shape (rows,); NaN where an answer is missing or has none."""
    some = np.where(values[:, TOKENS] > 0, values[:, TOKENS], np.nan)
    tokens = segment_reduce(np.add, some, counts)
    return segment_reduce(np.add, values[:, LOSS], counts) / tokens, tokens


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `answer_loss`."""
    return [AnswerLossScorer]
