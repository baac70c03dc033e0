"""ifd: Instruction-Following Difficulty, as a ratio of losses and of perplexities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Array, Column
from vlitq_scorers.features.language_model import LOSS, MAX_TOKENS, TOKENS, AnswerLoss
from vlitq_scorers.features.lm_tokens import CHAT
from vlitq_scorers.likelihood.answer_loss import owned
from vlitq_scorers.maths.likelihood import loss_ratio, perplexity_ratio
from vlitq_scorers.maths.ragged import segment_mean

_NULL = "the sample has no answer, or one of them could not be read, has no token or no loss alone"


@dataclass(frozen=True)
class Ifd(SampleScorer):
    """How little the question helps a language model with the answer: loss with the question by loss without.

    Over several exchanges the mean of their ratios. Near 0 the question all but gives the answer away; at 1 and above
    it does not help, and both papers drop the sample. The same answer tokens are scored in both passes, which the
    papers' code does not do for the first; question and answer are tokenised each by itself, where the code searches
    the whole text for the answer.
    """

    name = "ifd"
    version = 1
    cost = "language model"
    known_failures = (
        "Values of 1 and above mean that the question does not help; the papers drop those before they take the "
        "highest.",
        "The model sees no image: of a visual question the answer is as surprising after it as before.",
        "Answers of a token or two make noisy ratios; answer_loss.answer_tokens tells them.",
        "Top-k by it fell below random on LLaVA-665K (87.58 against 96.69, DICS, arXiv 2608.30209).",
    )
    columns = (
        Column(
            "ratio_of_losses",
            "float32",
            "IFD as the quotient of losses a token.",
            unit="ratio",
            bounds=(0, None),
            direction="higher",
            axis="complexity",
            source="Li et al. 2023 (Cherry), arXiv 2308.12032",
            null=_NULL,
            formula="mean over exchanges of L(A|Q) / L(A)",
        ),
        Column(
            "ratio_of_perplexities",
            "float64",
            "IFD as the quotient of perplexities.",
            unit="ratio",
            bounds=(0, None),
            direction="higher",
            axis="complexity",
            source="Li et al. 2024 (Superfiltering), arXiv 2402.00530",
            null=_NULL,
            formula="mean over exchanges of exp(L(A|Q)) / exp(L(A))",
        ),
    )

    model: AnswerLoss = model_role("language_model", AnswerLoss())
    template: str = CHAT
    header: str = ""
    max_tokens: int = MAX_TOKENS

    def needs(self) -> tuple[View, View]:
        """Every answer after its question, and alone."""
        asked = self.model.asking(self.template, self.header, self.max_tokens)
        return asked.each("exchanges"), asked.alone.each("response")

    def score(self, *features: Any) -> Columns:
        """From `Ragged` sums of loss and tokens, as many a row with the question as without."""
        asked, alone = features
        counts = np.diff(asked.offsets)
        given, free = _loss(owned(asked)), _loss(owned(alone))
        losses, perplexities = loss_ratio(given, free), perplexity_ratio(given, free)
        perplexities = np.where(np.isnan(losses), np.nan, perplexities)
        return {
            "ratio_of_losses": segment_mean(losses, counts).astype(np.float32),
            "ratio_of_perplexities": segment_mean(perplexities, counts),
        }


def _loss(values: Array) -> Array:
    """Loss a token of each answer; NaN of one without a token."""
    return np.asarray(values[:, LOSS] / np.where(values[:, TOKENS] > 0, values[:, TOKENS], np.nan))


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `ifd`."""
    return [Ifd]
