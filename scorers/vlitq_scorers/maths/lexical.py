"""Words of a text in any script, and how varied they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Marks inside words that `\w` leaves out: combining accents, Hebrew and Arabic points, Indic, Thai and Lao signs.
_MARKS = (
    "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670"
    "\u0900-\u0963\u0966-\u0df3\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ece"
)
# No alternative of the pattern can match what another does: it is linear in the text.
_WORD = re.compile(rf"[\w{_MARKS}]+(?:['’-][\w{_MARKS}]+)*")
_ASCII_WORD = re.compile(r"\w+(?:['-]\w+)*", re.ASCII)
# Han, Hiragana and Katakana write no spaces: each character counts as a word.
_UNSPACED = re.compile("([\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


def words(text: str) -> list[str]:
    """The words of a text in lower case, in order; numbers are words, "don't" and "well-known" are one each.

    Each Chinese or Japanese character is a word. Punctuation and emoji are none. Linear in the length of the text.
    """
    lower = text.lower()
    if lower.isascii():
        return _ASCII_WORD.findall(lower)
    return _WORD.findall(" ".join(_UNSPACED.split(lower)))


def type_token_ratio(tokens: Sequence[str]) -> float:
    """Distinct words by words, in (0, 1]; NaN of no words."""
    return len(set(tokens)) / len(tokens) if tokens else float("nan")


def mattr(tokens: Sequence[str], window: int = 50) -> float:
    """Moving-average type–token ratio: the mean ratio of all windows of consecutive words (Covington & McFall 2010,
    doi 10.1080/09296171003643098), in (0, 1].

    A text no longer than the window has its plain type–token ratio; NaN of no words.
    """
    if len(tokens) <= window:
        return type_token_ratio(tokens)
    windows, lost = len(tokens) - window + 1, 0
    last: dict[str, int] = {}
    for position, token in enumerate(tokens):
        previous = last.get(token, -window)
        last[token] = position
        if position - previous < window:  # each window that holds both has one type less
            lost += (previous if previous < windows else windows - 1) - (
                position - window if position >= window else -1
            )
    return (window * windows - lost) / (window * windows)
