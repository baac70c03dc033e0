"""readability: how hard the response is to read, by formulas that need no download, and proxies of its syntax."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer
from vlitq.sample import Sample
from vlitq.schema import Column
from vlitq_scorers.maths.english import CLAUSE_MARKS, PREPOSITIONS, function_words, is_english, sentence_count
from vlitq_scorers.maths.readability import (
    automated_readability_index,
    coleman_liau,
    flesch_kincaid,
    flesch_reading_ease,
)
from vlitq_scorers.maths.syllables import syllables
from vlitq_scorers.maths.words import remembered_words

LEAST_WORDS = 10  # of a text that a formula for texts of 100 words and more says anything about

_JOINS = "-'’_"  # inside words, and no letters
_NO_WORD = "the response has no word"
_NO_PROSE = "the response is not English prose, or has fewer than least_words words (10)"


def _column(name: str, description: str, formula: str, **about: Any) -> Column:
    about = {"unit": "US grade", "null": _NO_PROSE, **about}
    return Column(name, "float32", description, direction="neutral", axis="complexity", formula=formula, **about)


@dataclass(frozen=True)
class Readability(SampleScorer):
    """Readability formulas and syntax proxies of the assistant's turns, read as one text.

    The formulas and proxies are for English prose: at least 90 % of the letters are ASCII, 20 % of the words are
    English function words, and there are at least `least_words` words. Sentences are ended by punctuation, by a line
    that does not go on in lower case, and by the end of a turn.
    """

    name = "readability"
    version = 1
    cost = "text"
    known_failures = (
        "The formulas were fitted to school and navy texts of 100 words or more: a short answer's grade is noise, and "
        "may be below 0; none of them looks at what is said.",
        "Lists, tables and code hold few function words and are null; other languages have the two lengths only.",
        "Syllables go by spelling: 93.4 % exact, bias -0.03 and mean error 0.07 a word over the half of the CMU "
        "dictionary that the rules were not written with; 99.4 % of the words of owleval's answers, which they were.",
        "A line broken before a capital counts as a sentence, and so does a title; an unlisted abbreviation ends one.",
        "The proxies know no grammar: over 329 owleval responses clause_marks follows the finite subordinate clauses "
        "of spaCy's en_core_web_sm with a rank correlation of 0.66, prepositions the depth of its parse with 0.62.",
        "In scripts that write no spaces each character is a word.",
    )
    columns = (
        _column(
            "words_per_sentence",
            "Words by sentences, in any script.",
            "words / sentences",
            unit="words",
            bounds=(0, None),
            null=_NO_WORD,
        ),
        _column(
            "characters_per_word",
            "Letters and digits by words, in any script.",
            "letters and digits / words",
            unit="characters",
            bounds=(0, None),
            null=_NO_WORD,
        ),
        _column(
            "ari",
            "Automated Readability Index.",
            "4.71 characters / words + 0.5 words / sentences - 21.43",
            source="Smith & Senter 1967, AMRL-TR-66-220",
        ),
        _column(
            "coleman_liau",
            "Coleman–Liau index.",
            "5.88 characters / words - 29.6 sentences / words - 15.8",
            source="Coleman & Liau 1975, doi 10.1037/h0076540",
        ),
        _column(
            "flesch_reading_ease",
            "Flesch reading ease: 100 is easy, 0 is hard.",
            "206.835 - 1.015 words / sentences - 84.6 syllables / words",
            unit="points",
            source="Flesch 1948, doi 10.1037/h0057532",
        ),
        _column(
            "flesch_kincaid",
            "Flesch–Kincaid grade level.",
            "0.39 words / sentences + 11.8 syllables / words - 15.59",
            source="Kincaid et al. 1975, Research Branch Report 8-75",
        ),
        _column(
            "clause_marks",
            "Words that may open a subordinate clause (that, which, because, ...), a sentence.",
            "clause marks / sentences",
            unit="words",
            bounds=(0, None),
        ),
        _column(
            "prepositions",
            "Prepositions a sentence: a proxy for the depth of its phrases.",
            "prepositions / sentences",
            unit="words",
            bounds=(0, None),
        ),
        _column(
            "commas",
            "Commas a sentence.",
            "commas / sentences",
            unit="commas",
            bounds=(0, None),
        ),
        _column(
            "function_words",
            "Share of words that are function words.",
            "function words / words",
            unit="share",
            bounds=(0, 1),
        ),
    )

    least_words: int = LEAST_WORDS

    def __post_init__(self) -> None:
        if self.least_words < 1:
            raise ValueError(f"readability: least_words must be at least 1 word, not {self.least_words}")

    def needs(self) -> tuple[Feature, ...]:
        """The samples themselves."""
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample`."""
        samples: Sequence[Sample] = features[0]
        rows = [self._row(sample.texts("assistant")) for sample in samples]
        table = np.array(rows, np.float32).reshape(len(rows), len(self.columns))
        return {column.name: values for column, values in zip(self.columns, table.T, strict=True)}

    def _row(self, turns: Sequence[str]) -> tuple[float, ...]:
        """The columns of a response, in their order; NaN for null."""
        text = "\n".join(turns)
        tokens = remembered_words(text)
        if not tokens:
            return (math.nan,) * len(self.columns)
        letters = "".join(tokens)
        characters = len(letters) - sum(map(letters.count, _JOINS))
        sentences = sum(map(sentence_count, turns))
        lengths = len(tokens) / sentences, characters / len(tokens)
        found = function_words(tokens)
        if len(tokens) < self.least_words or not is_english(letters, tokens, found):
            return *lengths, *(math.nan,) * (len(self.columns) - len(lengths))
        return *lengths, *_grades(tokens, characters, sentences), *_syntax(text, tokens, found, sentences)


def _grades(tokens: Sequence[str], characters: int, sentences: int) -> tuple[float, ...]:
    spoken, size = sum(map(syllables, tokens)), len(tokens)
    return (
        automated_readability_index(characters, size, sentences),
        coleman_liau(characters, size, sentences),
        flesch_reading_ease(spoken, size, sentences),
        flesch_kincaid(spoken, size, sentences),
    )


def _syntax(text: str, tokens: Sequence[str], found: Sequence[str], sentences: int) -> tuple[float, ...]:
    return (
        sum(map(CLAUSE_MARKS.__contains__, found)) / sentences,
        sum(map(PREPOSITIONS.__contains__, found)) / sentences,
        text.count(",") / sentences,
        len(found) / len(tokens),
    )


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `readability`."""
    return [Readability]
