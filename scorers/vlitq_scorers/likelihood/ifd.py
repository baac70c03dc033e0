"""ifd: Instruction-Following Difficulty, as a ratio of losses and of perplexities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Scorer
from vlitq.schema import Array, Column
from vlitq_scorers.features.language_model import LOSS, TOKENS
from vlitq_scorers.likelihood.asked_and_alone import AskedAndAlone
from vlitq_scorers.maths.likelihood import loss_ratio, perplexity_ratio
from vlitq_scorers.maths.ragged import segment_mean

_NULL = "the sample has no answer, or one of them could not be read, has no token or no loss alone"


@dataclass(frozen=True)
class Ifd(AskedAndAlone):
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

    def score(self, *features: Any) -> Columns:
        """From `Ragged` sums of loss and tokens, as many a row with the question as without."""
        asked, alone = features
        counts = np.diff(asked.offsets)
        given, free = _loss(asked.owned.astype(np.float64)), _loss(alone.owned.astype(np.float64))
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
