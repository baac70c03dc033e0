"""The words of a text, in any script."""

from __future__ import annotations

import re
from functools import lru_cache

REMEMBERED_TEXTS = 8192  # the questions and answers of a shard, and as many again
REMEMBERED_CHARACTERS = 4096  # a longer text is not worth keeping

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


def remembered_words(text: str) -> tuple[str, ...]:
    """`words`, kept for the next scorer of the shard that asks for the words of the same text."""
    return _remembered(text) if len(text) <= REMEMBERED_CHARACTERS else tuple(words(text))


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _remembered(text: str) -> tuple[str, ...]:
    return tuple(words(text))
