"""leakage: what an answer gives away of how it was made: generator phrases, refusals, hedges, annotation syntax."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer
from vlitq.sample import Exchange, Sample
from vlitq.schema import Column
from vlitq_scorers.maths.words import remembered_words
from vlitq_scorers.validity.annotation_syntax import annotation_syntax
from vlitq_scorers.validity.leak_phrases import generator_phrases, hedges, refusals, telling

ECHO = 15  # characters of the shortest question whose repetition is no accident

_NO_ANSWER = "the assistant says nothing"


def _count(name: str, description: str) -> Column:
    return Column(name, "int32", description, unit="occurrences", bounds=(0, None), direction="lower", null=_NO_ANSWER)


@dataclass(frozen=True)
class Leakage(SampleScorer):
    """What the answers betray: a generator that read captions and boxes and no image, or that speaks of itself."""

    name = "leakage"
    version = 1
    cost = "text"
    known_failures = (
        "Lists of phrases, in English and a few in Chinese: a leak in other words is not seen.",
        "A caption, description or context that is visible in the image and cited by such a word counts as a leak.",
        "An honest 'it is not possible to determine' counts as a refusal.",
        "Numbers in brackets count as a place where the question is neither about places nor about code.",
    )
    columns = (
        _count(
            "generator_phrases",
            "Phrases that tell of captions, boxes or tools the generator had, that it is a model, or sees no image.",
        ),
        _count("refusals", "Phrases that decline to answer or say that the answer cannot be known."),
        Column(
            "hedges",
            "float32",
            "Words that weaken a claim, such as 'might', 'likely', 'appears'.",
            unit="per 100 words",
            bounds=(0, 100),
            null="no answer has a word",
            formula="100 * hedging words / words",
        ),
        _count(
            "annotation_syntax", "Boxes and points in numbers, grounding tokens and numbered objects not asked for."
        ),
        Column("echo", "bool", "An answer repeats its question word for word.", direction="lower", null=_NO_ANSWER),
        Column(
            "leaked",
            "bool",
            "The answer tells how it was made.",
            direction="lower",
            null=_NO_ANSWER,
            formula="generator_phrases > 0 or annotation_syntax > 0",
        ),
    )

    def needs(self) -> tuple[Feature, ...]:
        """The samples themselves."""
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample`."""
        samples: Sequence[Sample] = features[0]
        rows = [_row(sample) for sample in samples]
        values = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        silent = [row.hedges is None for row in rows]
        scored = {
            column.name: np.ma.MaskedArray(np.array([value or 0 for value in column_values], column.dtype), mask=silent)
            for column, column_values in zip(self.columns, values, strict=True)
        }
        return scored | {"hedges": np.array([np.nan if row.hedges is None else row.hedges for row in rows], np.float32)}


class _Row(NamedTuple):  # the columns, in their order; hedges are None where nothing is said, NaN where no word is
    generator_phrases: int
    refusals: int
    hedges: float | None
    annotation_syntax: int
    echo: bool
    leaked: bool


def _row(sample: Sample) -> _Row:
    exchanges = sample.exchanges
    if not exchanges:
        return _Row(0, 0, None, 0, False, False)
    asked = sample.instruction.lower()
    phrases = declined = hedged = total = syntax = 0
    for _, answer in exchanges:
        line = answer.lower().replace("\n", " ")
        tokens = remembered_words(answer)
        told = telling(tokens)
        phrases += generator_phrases(line, told, asked)
        declined += refusals(line, told)
        syntax += annotation_syntax(answer, asked)
        hedged += hedges(tokens)
        total += len(tokens)
    rate = 100 * hedged / total if total else float("nan")
    return _Row(phrases, declined, rate, syntax, any(map(_echoes, exchanges)), phrases + syntax > 0)


def _echoes(exchange: Exchange) -> bool:
    question = exchange.question.strip(" \n\t?.!:").lower()
    return len(question) >= ECHO and " " in question and question in exchange.answer.lower()


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `leakage`."""
    return [Leakage]
