"""What the words of a text give away about its task: kind of question, signs of reasoning, space, names and numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from vlitq_scorers.maths.words import words

QuestionType = Literal[
    "yes_no", "what", "which", "where", "who", "when", "why", "how", "how_many", "option", "describe", "other", "none"
]


@dataclass(frozen=True)
class Phrases:
    """Phrases to count: single words, and longer ones by their longest word, a cheap sign that they may be there."""

    single: frozenset[str]
    longer: Mapping[str, tuple[str, ...]]


def phrases(*lists: str) -> Phrases:
    """The phrases of some comma-separated lists, in lower case."""
    listed = [phrase for line in lists for phrase in line.split(", ")]
    longer: dict[str, tuple[str, ...]] = {}
    for phrase in listed:
        if " " in phrase:
            telling = max(phrase.split(), key=len)
            longer[telling] = (*longer.get(telling, ()), phrase)
    return Phrases(frozenset(phrase for phrase in listed if " " not in phrase), longer)


# Connectives of cause, condition, contrast and conclusion.
REASONING = phrases(
    "because, since, therefore, thus, hence, consequently, accordingly, due to, as a result, in order to",
    "this means, which means, implies, implying, suggests, suggesting, indicates, indicating, leads to, given that",
    "if, unless, although, though, however, whereas, despite, in contrast, based on, likely, probably",
)
# Words of position and direction.
SPATIAL = phrases(
    "left, right, above, below, under, underneath, beneath, behind, beside, between, inside, outside, near, nearby",
    "next to, in front, close to, top, bottom, center, centre, middle, corner, foreground, background, upper, lower",
    "around, across, along, adjacent, opposite, beyond, over, toward, towards, surrounded, surrounding, facing",
)

_TELLING = frozenset({*REASONING.longer, *SPATIAL.longer})
_KNOWN = _TELLING | REASONING.single | SPATIAL.single

_DIGITS = b"0123456789"
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# A capital after a word or comma and a space: inside a sentence. Nothing follows the run that it could fail on: linear.
_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĻĽŁŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽΑ-ΩЀ-Я"
_NAME = re.compile(rf"[{_CAPITAL}](?<=[\w,;:)] .)(?!\b)\w*(?: [{_CAPITAL}]\w*)*")

_OPTION = re.compile(r"(?:^|\n|\s)\(?[A-Ha-h][.):]\s")
_OPTION_PHRASE = re.compile(r"\boption's letter\b|\boptions?:|\bchoices:|\bchoose (?:from|one of)\b")
_QUESTION_MARK = re.compile("[?？]")
_SENTENCE_END = re.compile(r"[.!\n。！](?!(?<=\.)\d)")  # the point of a decimal ends nothing
_DESCRIBE = frozenset({"describe", "caption", "summarize", "summarise", "depict", "narrate", "description", "summary"})
_EXPLAIN = frozenset({"explain", "introduce"})
_VERBS = (
    "is are was were do does did has have had can could will would should may might must isn't aren't doesn't don't"
)
_YES_NO = frozenset(_VERBS.split())
_POLITE = frozenset({"can", "could", "would", "will", "please", "you", "kindly"})
_WH: Mapping[str, QuestionType] = {
    **{"what": "what", "what's": "what", "which": "which", "where": "where", "where's": "where", "who": "who"},
    **{"whose": "who", "whom": "who", "who's": "who", "when": "when", "why": "why", "how": "how"},
}


def signs(tokens: Sequence[str]) -> Sequence[str]:
    """The words that can count as `REASONING` or `SPATIAL`: these alone, or all where a longer phrase may be there."""
    known = list(filter(_KNOWN.__contains__, tokens))
    return known if _TELLING.isdisjoint(known) else tokens


def occurrences(tokens: Sequence[str], types: Set[str], listed: Phrases) -> int:
    """How often any of the phrases occurs among the words; `types` are the distinct words."""
    found = sum(map(listed.single.__contains__, tokens))
    if listed.longer.keys().isdisjoint(types):
        return found
    text = f" {' '.join(tokens)} "
    telling = listed.longer.keys() & types
    return found + sum(text.count(f" {phrase} ") for word in telling for phrase in listed.longer[word])


def numbers(text: str) -> int:
    """Numerals in a text: "3", "1,000" and "2.5" are one each."""
    # Most texts have none; looking for the digits of ASCII as bytes takes a tenth of the pattern's time.
    if text.isascii() and len(text.encode().translate(None, _DIGITS)) == len(text):
        return 0
    return len(_NUMBER.findall(text))


def names(text: str) -> int:
    """Runs of capitalised words inside a sentence, "I" left out: a proxy for named entities.

    It needs a script with capitals, misses names that open a sentence, and counts title case and German nouns too.
    """
    following = text[1:]
    if following == following.lower():  # only the first character can be a capital, and it opens a sentence
        return 0
    return len(_NAME.findall(text))


def question_type(text: str, tokens: Sequence[str] | None = None) -> QuestionType:
    """The kind of the first question in an instruction, by its words; English only, "other" for the rest.

    In order: options to choose from; an order to describe; a question by its interrogative, or by its auxiliary verb.
    `tokens` are the words of the text, where they are known already.
    """
    asked = words(text) if tokens is None else tokens
    if not asked:
        return "none"
    if _offers_options(text):
        return "option"
    before, *after = _QUESTION_MARK.split(text, maxsplit=1)
    if not after:
        return _asked(asked, marked=False)
    sentence = _SENTENCE_END.split(before)[-1]
    is_all = len(sentence) + 1 == len(text)
    return _asked(asked if is_all else words(sentence) or asked, marked=True)


def _offers_options(text: str) -> bool:
    """True where there are two lettered options, or a phrase that announces some."""
    # Few instructions have the punctuation or the words that the patterns need; looking for these is far cheaper.
    if text.count(".") + text.count(")") + text.count(":") >= 2 and len(_OPTION.findall(text)) >= 2:
        return True
    lower = text.lower()
    is_near = "option" in lower or "choices:" in lower or "choose " in lower
    return is_near and _OPTION_PHRASE.search(lower) is not None


def _asked(sentence: Sequence[str], *, marked: bool) -> QuestionType:
    """The type of a sentence; one without a question mark is a question only where it opens like one."""
    opening = sentence[0]
    if opening not in _WH and not _DESCRIBE.isdisjoint(sentence[:8]):
        return "describe"
    requested = len(sentence) > 1 and opening in _POLITE and sentence[1] in _POLITE
    if opening in _EXPLAIN and not requested and not marked:
        return next((_WH[word] for word in sentence[1:3] if word in _WH), "describe")
    if opening in _YES_NO and not requested and (marked or opening not in {"do", "have"}):
        return "yes_no"
    interrogative = next(filter(_WH.__contains__, sentence if marked or requested else sentence[:1]), None)
    if interrogative is not None:
        following = sentence[sentence.index(interrogative) + 1 :][:1]
        is_quantity = interrogative == "how" and not {"many", "much"}.isdisjoint(following)
        return "how_many" if is_quantity else _WH[interrogative]
    if requested:
        return "other" if _EXPLAIN.isdisjoint(sentence[2:4]) else "describe"
    return "yes_no" if marked and not _YES_NO.isdisjoint(sentence) else "other"
