"""Reads from a question the form its answer is to have: yes or no, an option, a number, a word, a phrase, a box."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from vlitq.options import options
from vlitq_scorers.maths.cues import question_type
from vlitq_scorers.maths.words import words

Form = Literal["yes_no", "option", "number", "box", "word", "phrase", "free"]


class AskedForm(NamedTuple):
    """What a question asks for: form, longest answer in words, texts of the options A, B, ..., words of content."""

    form: Form
    longest: int | None = None
    options: tuple[str, ...] = ()
    about: frozenset[str] = frozenset()


WORD = 2  # "New York" answers a question for one word
PHRASE = 12  # words of the longest answer that is still a phrase
STEM = 5  # letters by which "bathroom" and "bathrooms" are the same

_LISTED = re.compile(r"\b(?:options|choices)\s?:\s?\[?([^\n\[\]]{3,400})", re.IGNORECASE)
_ITEM_END = re.compile(r"\s?[,;|/]\s?|\s+or\s+")
_PHRASE = ("word or phrase", "word or a phrase", "word or short phrase", "short phrase")
_WORD = ("single word", "one word", "one-word")
_EITHER = ("yes or no", "yes/no", "true or false", "true/false", "'yes' or 'no'", '"yes" or "no"')
_BOX = re.compile(r"\bbounding box|\bbbox\b|\bcoordinates?\b")
_BOX_WANTED = re.compile(
    r"\b(?:provide|give|output|return|predict|draw|find|locate|detect|report|show|tell me|generate"
    r"|answer with|respond with|what (?:is|are)|where (?:is|are))\b"
)
_FOUR_NUMBERS = re.compile(r"\d\s?,\s?-?\d[\d.]*\s?[,)\]]")
_TO_YOU = re.compile(r"\b(?:can|could|will|would|may|might|should|do|did|have|are) (?:you|i|we)\b")
_OPEN_WORDS = re.compile(
    r"\bor\b(?! not\b)|\b(?:any|some)(?:thing|one|body|where)\b|\band (?:what|where|why|how|who|which)\b"
)
_STOP_WORDS = (
    "the and for are was were has have had does did can could will would should may might this that these those there "
    "their they them his her its him she who what which where when why how with from into onto any some image picture "
    "photo shown seen see answer question using single word phrase yes not you your"
)
_STOPS = frozenset(_STOP_WORDS.split())


def asked_form(question: str) -> AskedForm:
    """What the question asks for, by its words; "free" where it leaves the form open. English."""
    lower = question.lower()
    offered = options(question) or _listed_options(question)
    if offered:
        return AskedForm("option", options=offered)
    longest = _longest(lower)
    if _asks_for_box(lower):
        return AskedForm("box", longest=4 if "box" in lower else 2)
    kind = question_type(question)
    if (kind == "yes_no" and _is_only_yes_no(lower)) or any(phrase in lower for phrase in _EITHER):
        return AskedForm("yes_no", longest, about=content(words(question)))
    if kind == "how_many" and "how many" in lower and _is_only_question(lower):
        return AskedForm("number", longest)
    if longest:
        return AskedForm("word" if longest == WORD else "phrase", longest)
    return AskedForm("free")


def content(tokens: Sequence[str]) -> frozenset[str]:
    """The first letters of the words that carry content."""
    return frozenset([token[:STEM].rstrip("s") for token in tokens if len(token) > 2 and token not in _STOPS])


def _listed_options(question: str) -> tuple[str, ...]:
    listed = _LISTED.search(question) if ":" in question else None
    texts = _ITEM_END.split(listed[1]) if listed else []
    return tuple([text.strip(" .'\"") for text in texts]) if len(texts) > 1 and all(texts) else ()


def _longest(lower: str) -> int | None:
    if "word" not in lower and "phrase" not in lower:
        return None
    if any(phrase in lower for phrase in _PHRASE):
        return PHRASE
    return WORD if any(phrase in lower for phrase in _WORD) else None


def _asks_for_box(lower: str) -> bool:
    if "box" not in lower and "coordinate" not in lower:
        return False
    return bool(_BOX.search(lower) and _BOX_WANTED.search(lower)) and not _FOUR_NUMBERS.search(lower)


def _is_only_yes_no(lower: str) -> bool:
    asked = lower.partition("?")[0]
    return _is_only_question(lower) and not _OPEN_WORDS.search(asked) and not _TO_YOU.search(asked)


def _is_only_question(lower: str) -> bool:
    """Whether nothing but an order how to answer follows the one question."""
    before, _, after = lower.partition("?")
    if "and what" in before or "and where" in before or "and why" in before:
        return False
    rest = after.strip(" \n\t.'\")")
    return "?" not in rest and (
        not rest or rest.startswith(("answer", "please answer", "respond", "reply", "give a short"))
    )
