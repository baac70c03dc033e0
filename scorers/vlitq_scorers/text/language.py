"""language: the languages of question and answer, whether they agree, and how scripts mix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, starmap
from typing import Any, NamedTuple

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Ragged, Samples, SampleScorer, Scorer, View
from vlitq.sample import Sample
from vlitq.schema import Column
from vlitq_scorers.features.text_language import TextLanguage, code_of
from vlitq_scorers.maths.scripts import writing_systems
from vlitq_scorers.text.language_names import wish

MIXED_SHARE = 0.1  # of the letters, and
MIXED_LETTERS = 3  # letters: fewer of another script are a symbol or a name, no mixture

# Languages that identification cannot tell apart in a sentence, and that an answer may be in as well: macrolanguages
# of ISO 639-3.
_MACROLANGUAGE = {"bs": "sh", "hr": "sh", "sr": "sh", "ms": "id"}
_SOURCE = "Joulin et al. 2016, arXiv 1612.03651 (fastText, lid.176)"
_TOO_SHORT = "the text is too short, or no language is probable enough"


def _code(name: str, whose: str) -> Column:
    return Column(
        name,
        "string",
        f"Language of {whose}: its ISO 639-1 code, or ISO 639-3 where it has none.",
        source=_SOURCE,
        null=_TOO_SHORT,
    )


def _share(name: str, description: str, null: str, source: str = "") -> Column:
    return Column(name, "float32", description, unit="share", bounds=(0, 1), source=source, null=null)


@dataclass(frozen=True)
class Language(SampleScorer):
    """Language of the human's and of the assistant's turns, their agreement, and the scripts of the answer.

    The language of a side is the one that has most of its characters, each turn weighing its length times the
    probability of its language; turns below `min_confidence` or too short to tell have none. Question and answer agree
    where every exchange whose languages are known does; a language that the question asks for is no disagreement.
    """

    name = "language"
    version = 1
    cost = "text"
    known_failures = (
        "Below 20 letters of Latin, Cyrillic or Arabic script it says nothing, so most VQA answers have no language.",
        "An answer that reads out foreign text in the image disagrees with its question, and is right.",
        "Of a turn the first 150 characters are identified: a later change of language shows in the scripts at most.",
        "A few Latin names in a short Chinese answer count as a second script.",
        "Chinese is told from Japanese by kana alone: a Japanese heading of Han characters is Chinese.",
    )
    columns = (
        _code("question", "the human's turns"),
        _code("answer", "the assistant's turns"),
        Column(
            "agreement",
            "bool",
            "Every answer is in the language of its question, or in one that the question names.",
            direction="higher",
            null="of no exchange are both languages known, or the question asks for a translation into any language",
        ),
        _share(
            "confidence",
            "Probability of the answer's language, mean over the characters of the turns that have one.",
            _TOO_SHORT,
            _SOURCE,
        ),
        Column(
            "script",
            "string",
            "ISO 15924 code of the script of most letters of the answer; kana with Han is Jpan, hangul with Han Kore.",
            source="ISO 15924",
            null="the answer has no letter",
        ),
        _share("script_share", "Letters of the answer that are of that script.", "the answer has no letter"),
        Column(
            "scripts",
            "int32",
            f"Scripts that have at least {MIXED_SHARE:.0%} of the answer's letters, and {MIXED_LETTERS} letters; "
            "0 if the answer has no letter.",
            unit="scripts",
            bounds=(0, None),
            direction="lower",
        ),
    )

    min_confidence: float = 0.5

    def needs(self) -> tuple[Samples | View, ...]:
        """The samples, and the language of each turn."""
        language = TextLanguage()
        return Samples(), language.each("instruction"), language.each("response")

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample` and `Ragged` languages of their turns."""
        samples: Sequence[Sample] = features[0]
        rows = [
            _row(sample, asked, answered)
            for sample, asked, answered in zip(samples, *map(self._guesses, features[1:]), strict=True)
        ]
        values = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        return {column.name: _as_values(column, value) for column, value in zip(self.columns, values, strict=True)}

    def _guesses(self, languages: Ragged) -> Iterator[list[_Guess]]:
        """Of every row what each of its texts is in."""
        offsets = languages.offsets.tolist()
        start = offsets[0]
        pairs = languages.values[start : offsets[-1]].tolist()
        guesses = list(starmap(self._guess, pairs))
        return (guesses[a - start : b - start] for a, b in pairwise(offsets))

    def _guess(self, number: float, confidence: float) -> _Guess:
        if number > 0 and confidence >= self.min_confidence:  # neither holds of NaN
            return _Guess(code_of(number), confidence)
        return _Guess(None, 0.0)


class _Guess(NamedTuple):
    code: str | None
    confidence: float


def _as_values(column: Column, values: Sequence[Any]) -> Any:
    if column.dtype == "string":
        return list(values)
    if column.dtype == "bool":
        null = [value is None for value in values]
        return np.ma.MaskedArray(np.array([bool(value) for value in values], bool), mask=null)
    return np.array(values, column.dtype)


def _row(sample: Sample, asked: list[_Guess], answered: list[_Guess]) -> tuple[Any, ...]:
    """The columns of a sample, in their order."""
    answers = sample.texts("assistant")
    question, _ = _side(sample.texts("human"), asked)
    answer, confidence = _side(answers, answered)
    return question, answer, _agreement(sample, asked, answered), confidence, *_scripts("\n".join(answers))


def _side(texts: list[str], guesses: list[_Guess]) -> tuple[str | None, float]:
    """The language of some texts, and its mean probability."""
    weights: dict[str, float] = defaultdict(float)
    characters: dict[str, int] = defaultdict(int)
    for text, guess in zip(texts, guesses, strict=True):
        if guess.code is not None:
            weights[guess.code] += len(text) * guess.confidence
            characters[guess.code] += len(text)
    if not weights:
        return None, float("nan")
    code = max(sorted(weights), key=weights.__getitem__)
    return code, min(weights[code] / characters[code], 1.0)


def _agreement(sample: Sample, asked: list[_Guess], answered: list[_Guess]) -> bool | None:
    """Whether all exchanges agree whose languages are known; None if there is none."""
    verdicts = set()
    questions, answers = iter(asked), iter(answered)
    before: list[tuple[str, _Guess]] = []
    for turn in sample.turns:
        if turn.role == "human" and turn.text:
            before.append((turn.text, next(questions)))
        elif turn.role == "assistant":
            if turn.text:
                verdicts.add(_agrees(before, next(answers)))
            before = []
    verdicts.discard(None)
    return all(verdicts) if verdicts else None


def _agrees(questions: list[tuple[str, _Guess]], answer: _Guess) -> bool | None:
    if answer.code is None or not questions:
        return None
    asked = wish("\n".join(text for text, _ in questions))
    own = {guess.code for _, guess in questions if guess.code is not None}
    expected = {_macro(code) for code in (asked.languages if asked.must else own | asked.languages)}
    if _macro(answer.code) in expected:
        return True
    return False if (asked.must or own) and not asked.any else None


def _macro(code: str) -> str:
    return _MACROLANGUAGE.get(code, code)


def _scripts(text: str) -> tuple[str | None, float, int]:
    """The script of most letters, its share of them, and the number of scripts."""
    systems = writing_systems(text)
    if not systems:
        return None, float("nan"), 0
    letters = sum(systems.values())
    main = max(sorted(systems), key=systems.__getitem__)
    enough = max(MIXED_SHARE * letters, MIXED_LETTERS)
    return main, systems[main] / letters, max(1, sum(count >= enough for count in systems.values()))


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `language`."""
    return [Language]
