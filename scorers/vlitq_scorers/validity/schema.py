"""schema: whether a record is whole: roles, empty turns, image markers, cut-off answers, markup and encoding damage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer
from vlitq.sample import Sample, Turn
from vlitq.schema import Array, Column, Status
from vlitq_scorers.maths.words import remembered_words
from vlitq_scorers.validity.damage import asks_for_markup, damaged_characters, leftovers, tags
from vlitq_scorers.validity.endings import CUT, unfinished
from vlitq_scorers.validity.repetition import repeated_share

REPEATS = 0.1  # share of repeated words that counts as a problem: a refrain or a recurring name stays below
REMEMBERED_CHARACTERS = 256  # instructions up to this length recur

_NO_TURN = "the sample has no turn"
_NO_ANSWER = "the assistant says nothing"


@dataclass(frozen=True)
class Schema(SampleScorer):
    """What is wrong with a record as a record, before anyone asks whether it is true."""

    name = "schema"
    version = 1
    cost = "text"
    known_failures = (
        "An answer that is cut off at the end of a sentence, or after one or two words, looks whole.",
        "An answer of one sentence without a full stop is not called truncated unless its last word dangles.",
        "A last sentence whose full stop was forgotten is called truncated; so are unpunctuated last lines of prose.",
        "Which words cannot end a sentence is known for English only.",
        "The refrain of a song and the lines of a dialogue or table that recur count as repetition.",
        "In Chinese and Japanese each character counts as a word: a phrase of eight that recurs is a repeat.",
    )
    columns = (
        Column(
            "roles",
            "bool",
            "Human and assistant take turns, the human first, the assistant last; system turns are left out.",
            direction="higher",
            null=_NO_TURN,
        ),
        Column(
            "empty_turns",
            "int32",
            "Turns without text; one of the human that shows an image is not empty.",
            unit="turns",
            bounds=(0, None),
            direction="lower",
            null=_NO_TURN,
        ),
        Column(
            "marker_gap",
            "int32",
            "By how many the image markers in the text and the images differ.",
            unit="markers",
            bounds=(0, None),
            direction="lower",
            null="there is no image marker, and the format asks for none",
            formula="|markers - images|",
        ),
        Column(
            "ending",
            "float32",
            "How sure it is that the last answer stops in mid-sentence: a rank, no probability.",
            bounds=(0, 1),
            direction="lower",
            null=_NO_ANSWER,
        ),
        Column(
            "truncated",
            "bool",
            "The last answer stops in mid-sentence.",
            direction="lower",
            null=_NO_ANSWER,
            formula=f"ending >= {CUT}",
        ),
        Column(
            "repetition",
            "float32",
            "Share of an answer's words that say again what it said before; of several answers the largest.",
            unit="share",
            bounds=(0, 1),
            direction="lower",
            null="no answer has a word",
        ),
        Column(
            "markup",
            "int32",
            "Special tokens, role labels and Markdown image links in any turn; in answers, HTML tags not asked for.",
            unit="occurrences",
            bounds=(0, None),
            direction="lower",
            null=_NO_TURN,
        ),
        Column(
            "encoding",
            "int32",
            "Replacement, control and private characters, UTF-8 read as Windows-1252, and HTML entities in any turn.",
            unit="occurrences",
            bounds=(0, None),
            direction="lower",
            null=_NO_TURN,
        ),
        Column(
            "problems",
            "int32",
            "How many of the seven kinds of problem the sample has.",
            unit="kinds",
            bounds=(0, 7),
            direction="lower",
            null=_NO_TURN,
            formula="not roles + (empty_turns > 0) + (marker_gap > 0) + truncated "
            f"+ (repetition >= {REPEATS}) + (markup > 0) + (encoding > 0)",
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
        return {column.name: _filled(column, value) for column, value in zip(self.columns, values, strict=True)}


def _filled(column: Column, values: Sequence[Any]) -> Array:
    """The values in the column's dtype, None masked."""
    null = [value is None for value in values]
    filled = [0 if value is None else value for value in values]
    return np.ma.MaskedArray(np.array(filled, column.dtype), mask=null)


class _Row(NamedTuple):  # the columns, in their order; None is null
    roles: bool | None = None
    empty_turns: int | None = None
    marker_gap: int | None = None
    ending: float | None = None
    truncated: bool | None = None
    repetition: float | None = None
    markup: int | None = None
    encoding: int | None = None
    problems: int | None = None


def _row(sample: Sample) -> _Row:
    if not sample.turns:
        return _Row()
    spoken = [turn for turn in sample.turns if turn.role != "system"]
    roles = _take_turns(spoken)
    empty = sum(1 for turn in sample.turns if not turn.text.strip() and not (turn.role == "human" and turn.markers))
    gap = _marker_gap(sample)
    answers = sample.texts("assistant")
    ending = unfinished(answers[-1]) if answers else None
    repetition = _repetition(answers)
    markup = _markup(sample, answers)
    encoding = sum([damaged_characters(turn.text) for turn in sample.turns])
    kinds = (not roles, empty, gap, ending and ending >= CUT, repetition and repetition >= REPEATS, markup, encoding)
    truncated = None if ending is None else ending >= CUT
    return _Row(roles, empty, gap, ending, truncated, repetition, markup, encoding, sum(map(bool, kinds)))


def _take_turns(spoken: Sequence[Turn]) -> bool:
    expected = ("human", "assistant") * (len(spoken) // 2)
    return bool(spoken) and tuple([turn.role for turn in spoken]) == expected


def _marker_gap(sample: Sample) -> int | None:
    markers = sum([turn.markers for turn in sample.turns])
    if not markers and all(problem.status is not Status.IMAGE_COUNT for problem in sample.problems):
        return None
    return abs(markers - len(sample.images))


def _repetition(answers: Sequence[str]) -> float | None:
    shares = [repeated_share(answer, tokens) for answer in answers if (tokens := remembered_words(answer))]
    return max(shares, default=None)


def _markup(sample: Sample, answers: Sequence[str]) -> int:
    found = sum([_leftovers_in(turn) for turn in sample.turns])
    in_answers = sum([tags(answer) for answer in answers])
    return found + (in_answers if in_answers and not asks_for_markup(sample.instruction) else 0)


def _leftovers_in(turn: Turn) -> int:
    if turn.role == "human" and len(turn.text) <= REMEMBERED_CHARACTERS:
        return _remembered_leftovers(turn.text)
    return leftovers(turn.text)


_remembered_leftovers = lru_cache(maxsize=2**14)(leftovers)


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `schema`."""
    return [Schema]
