"""complexity: how long, varied and demanding the text of a sample is, without a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from typing import Any, NamedTuple

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer
from vlitq.sample import Sample
from vlitq.schema import Column, Direction
from vlitq_scorers.maths.cues import REASONING, SPATIAL, names, numbers, occurrences, question_type, signs
from vlitq_scorers.maths.type_token import remembered_mattr
from vlitq_scorers.maths.words import remembered_words

WINDOW = 50  # words a window of MATTR, as in most studies that use it
REMEMBERED_CHARACTERS = 256  # instructions up to this length recur; longer ones are not worth keeping


def _count(name: str, description: str, unit: str, direction: Direction = "higher") -> Column:
    return Column(name, "int32", description, unit=unit, bounds=(0, None), direction=direction, axis="complexity")


@dataclass(frozen=True)
class Complexity(SampleScorer):
    """Length, lexical diversity, question type and cues of a sample's turns; system turns are left out.

    Words are counted in any script. The question type and the cues know English only: a sample in another language has
    "other" and 0. Cues, names and numbers are counted over instruction and response together.
    """

    name = "complexity"
    version = 1
    cost = "text"
    known_failures = (
        "Length is no quality: top-k by length lost 7 points to random on LLaVA-665K (DICS, arXiv 2608.30209).",
        "Question types and cues know English only; capitals stand for names, so title case counts as names.",
    )
    columns = (
        _count("turns", "Turns of the human and of the assistant.", "turns"),
        _count("instruction_words", "Words of the human's turns.", "words", "neutral"),
        _count("response_words", "Words of the assistant's turns.", "words"),
        Column(
            "mattr",
            "float32",
            "Moving-average type–token ratio of the response over 50 words; of a shorter response its plain ratio.",
            unit="ratio",
            bounds=(0, 1),
            direction="neutral",
            axis="complexity",
            source="Covington & McFall 2010, doi 10.1080/09296171003643098",
            null="the response has no word",
        ),
        Column(
            "question_type",
            "string",
            "Kind of the first question the human asks: yes_no, what, which, where, who, when, why, how, how_many, "
            "option (multiple choice), describe, other, none (the first turn has no word).",
            axis="complexity",
        ),
        _count("reasoning_cues", "Connectives of cause, condition, contrast and conclusion.", "occurrences"),
        _count("spatial_cues", "Words of position and direction.", "occurrences"),
        _count("entities", "Capitalised runs inside sentences: a proxy for named entities.", "occurrences"),
        _count("numbers", "Numerals.", "occurrences"),
    )

    def needs(self) -> tuple[Feature, ...]:
        """The samples themselves."""
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample`."""
        samples: Sequence[Sample] = features[0]
        rows = [_row(sample) for sample in samples]
        values = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        return {
            column.name: list(value) if column.dtype == "string" else np.array(value, column.dtype)
            for column, value in zip(self.columns, values, strict=True)
        }


def _row(sample: Sample) -> tuple[Any, ...]:
    """The columns of a sample, in their order."""
    asked = [_instruction(turn.text) for turn in sample.turns if turn.role == "human"]
    answered = [turn.text for turn in sample.turns if turn.role == "assistant"]
    answer = "\n".join(answered)
    tokens = remembered_words(answer)
    cues = _cues(answer, tokens)
    asked_words = 0
    for instruction in asked:
        asked_words += instruction.words
        cues = tuple(map(add, cues, instruction.cues))
    kind = asked[0].question_type if asked else "none"
    return len(asked) + len(answered), asked_words, len(tokens), remembered_mattr(tokens, WINDOW), kind, *cues


Cues = tuple[int, ...]  # reasoning, spatial, names, numbers


def _cues(text: str, tokens: Sequence[str]) -> Cues:
    found = signs(tokens)
    if not found:
        return 0, 0, names(text), numbers(text)
    types = set(found)
    return occurrences(found, types, REASONING), occurrences(found, types, SPATIAL), names(text), numbers(text)


class _Instruction(NamedTuple):  # made for every row: a frozen dataclass takes three times as long to make
    words: int
    question_type: str
    cues: Cues


def _instruction(text: str) -> _Instruction:
    return _remembered(text) if len(text) <= REMEMBERED_CHARACTERS else _read(text)


def _read(text: str) -> _Instruction:
    tokens = remembered_words(text)
    return _Instruction(len(tokens), question_type(text, tokens), _cues(text, tokens))


_remembered = lru_cache(maxsize=2**15)(_read)


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `complexity`."""
    return [Complexity]
