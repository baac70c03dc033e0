"""expected_score: the expectation of a score that a language model is asked for, as DEITA takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, SampleScorer, Scorer, View
from vlitq.roles import model_role
from vlitq.schema import Array, Column
from vlitq_scorers.features.expected_value import EXPECTED, MASS, MAX_TOKENS, SEEN, ExpectedValue
from vlitq_scorers.features.language_model import AnswerLoss
from vlitq_scorers.maths.ragged import segment_mean, segment_reduce

# The scorers' own prompts, to the white space: hkust-nlp/deita, src/deita/selection/scorer/llama_scorer.py.
PROMPTS: Mapping[str, str] = {
    "deita_complexity": (
        "You are a helpful assistant. Please identify the complexity score of the following user query. \n"
        "##Query: {instruction}  \n##Complexity: "
    ),
    "deita_quality": (
        "You are a helpful assistant. Please identify the quality score of the Response corresponding to the Question. "
        "\n #Question#:\n{instruction}\n#Response#:\n{response} \n##Quality: "
    ),
}
SCORES = ("1", "2", "3", "4", "5", "6")
VALUES = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)
SOURCE = "Liu et al. 2023 (DEITA), arXiv 2312.15685"
_NULL = "the sample has no answer, or an exchange could not be read"
_UNTRAINED = (
    "A model that was not trained to score answers gives a number all the same; score_mass says how much of its "
    "probability it gives to scores at all."
)


def mass_column(name: str = "score_mass") -> Column:
    """How far the model means to answer with a score."""
    return Column(
        name,
        "float32",
        "Probability that the model gives to the score tokens together, in the exchange where it is least.",
        unit="probability",
        bounds=(0, 1),
        axis="validity",
        null=_NULL,
    )


def seen_column() -> Column:
    """How much of the texts the model read."""
    return Column(
        "text_seen",
        "float32",
        "Share of the characters of question and answer that were in the prompt, mean over the exchanges.",
        unit="share",
        bounds=(0, 1),
        axis="validity",
        null=_NULL,
    )


@dataclass(frozen=True)
class ExpectedScore(SampleScorer):
    """The score that a language model is about to give each exchange: Σ_k value_k · softmax(logits of the scores)_k.

    `prompt` is "deita_complexity", "deita_quality", or a text with the places {instruction} and {response}, to the
    white space as the model was trained. `scores` are texts of one token each, `values` what they count; a score of
    more tokens is an error before the first row. `chat` puts the prompt into the model's chat template.
    """

    name = "expected_score"
    version = 1
    cost = "language model"
    known_failures = (
        _UNTRAINED,
        "One changed space in the prompt changes the scores of a trained scorer.",
        "The model sees no image.",
    )
    columns = (
        Column(
            "mean",
            "float32",
            "Expected score, mean over the exchanges.",
            unit="score",
            direction="higher",
            axis="complexity",
            source=SOURCE,
            null=_NULL,
            formula="mean over exchanges of Σ_k value_k · softmax(logits of the scores)_k",
        ),
        Column(
            "sum",
            "float32",
            "Expected score, sum over the exchanges.",
            unit="score",
            direction="higher",
            axis="complexity",
            source=SOURCE,
            null=_NULL,
            formula="Σ over exchanges of Σ_k value_k · softmax(logits of the scores)_k",
        ),
        mass_column(),
        seen_column(),
    )

    model: AnswerLoss = model_role("language_model", AnswerLoss())
    prompt: str = "deita_quality"
    scores: tuple[str, ...] = SCORES
    values: tuple[float, ...] = VALUES
    chat: bool = False
    max_tokens: int = MAX_TOKENS

    def __post_init__(self) -> None:
        if len(self.scores) != len(self.values) or len(self.scores) < 2:
            raise ValueError(
                f"expected_score: {len(self.scores)} scores and {len(self.values)} values; as many, and two or more"
            )
        if self.prompt not in PROMPTS and "{instruction}" not in self.prompt and "{response}" not in self.prompt:
            raise ValueError(
                f"expected_score: prompt {self.prompt!r} is none of {', '.join(PROMPTS)}, "
                "and has no place {instruction} or {response}"
            )

    def needs(self) -> tuple[View]:
        """The expectation of every exchange."""
        values = tuple(map(float, self.values))
        return (self.asked(PROMPTS.get(self.prompt, self.prompt), values).each("exchanges"),)

    def asked(self, prompt: str, values: tuple[float, ...]) -> ExpectedValue:
        """The feature that asks the model."""
        return ExpectedValue(
            prompt, self.scores, values, self.chat, self.model.model, self.model.precision, self.max_tokens
        )

    def score(self, *features: Any) -> Columns:
        """From `Ragged` expectations, masses and shares seen."""
        (found,) = features
        counts, values = np.diff(found.offsets), found.owned.astype(np.float64)
        return {
            "mean": segment_mean(values[:, EXPECTED], counts).astype(np.float32),
            "sum": segment_reduce(np.add, values[:, EXPECTED], counts).astype(np.float32),
            "score_mass": segment_reduce(np.minimum, values[:, MASS], counts).astype(np.float32),
            "text_seen": segment_mean(values[:, SEEN], counts).astype(np.float32),
        }


@dataclass(frozen=True)
class DeitaScores(SampleScorer):
    """DEITA's complexity and quality of each exchange, and its evol score, with the scorers' own prompts.

    The paper takes two models, one trained for each. Here one model (`--models`) is asked for both; `complexity_model`
    and `quality_model` name others, as an id of a hub or a folder.
    """

    name = "deita_scores"
    version = 1
    cost = "language model"
    known_failures = (
        _UNTRAINED,
        "The evol score is a sum over exchanges: longer dialogues score higher.",
        "The model sees no image, and was trained on text instructions.",
    )
    columns = (
        Column(
            "complexity",
            "float32",
            "Expected complexity of the instruction, mean over the exchanges.",
            unit="score",
            bounds=(1, 6),
            direction="higher",
            axis="complexity",
            source=SOURCE,
            null=_NULL,
            formula="mean over exchanges of c_t = Σ_k k · softmax(logits of '1'…'6')_k",
        ),
        Column(
            "quality",
            "float32",
            "Expected quality of the response, mean over the exchanges.",
            unit="score",
            bounds=(1, 6),
            direction="higher",
            axis="correctness",
            source=SOURCE,
            null=_NULL,
            formula="mean over exchanges of q_t = Σ_k k · softmax(logits of '1'…'6')_k",
        ),
        Column(
            "evol",
            "float32",
            "Complexity times quality, summed over the exchanges.",
            unit="score",
            bounds=(1, None),
            direction="higher",
            axis="complexity",
            source=SOURCE,
            null=_NULL,
            formula="Σ_t c_t · q_t",
        ),
        mass_column(),
    )

    model: AnswerLoss = model_role("language_model", AnswerLoss())
    complexity_model: str = ""
    quality_model: str = ""
    max_tokens: int = MAX_TOKENS

    def needs(self) -> tuple[View, View]:
        """Complexity and quality of every exchange."""
        return (
            self._asked("deita_complexity", self.complexity_model).each("exchanges"),
            self._asked("deita_quality", self.quality_model).each("exchanges"),
        )

    def score(self, *features: Any) -> Columns:
        """From `Ragged` expectations and masses, as many a row of either."""
        counts = np.diff(features[0].offsets)
        complexity, quality = (found.owned.astype(np.float64) for found in features)
        mass = np.minimum(complexity[:, MASS], quality[:, MASS])
        return {
            "complexity": segment_mean(complexity[:, EXPECTED], counts).astype(np.float32),
            "quality": segment_mean(quality[:, EXPECTED], counts).astype(np.float32),
            "evol": evol(complexity[:, EXPECTED], quality[:, EXPECTED], counts).astype(np.float32),
            "score_mass": segment_reduce(np.minimum, mass, counts).astype(np.float32),
        }

    def _asked(self, prompt: str, model: str) -> ExpectedValue:
        precision = self.model.precision
        name = model or self.model.model
        return ExpectedValue(PROMPTS[prompt], SCORES, VALUES, False, name, precision, self.max_tokens)


def evol(complexity: Array, quality: Array, counts: Array) -> Array:
    """Σ_t c_t · q_t over each row's exchanges, float64 of shape (rows,)."""
    return segment_reduce(np.add, complexity * quality, counts)


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `expected_score` and `deita_scores`."""
    return [ExpectedScore, DeitaScores]
