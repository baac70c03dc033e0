"""Words of a text in any script, and how varied they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
    windows = len(tokens) - window + 1
    blocks = [tokens[start : start + 2 * window - 1] for start in range(0, windows, window)]
    return sum([_types_of_windows(block, window) for block in blocks]) / (window * windows)


def _types_of_windows(tokens: Sequence[str], window: int) -> int:
    """The sum over all windows of their distinct words; at most 2 * window - 1 words, so that one is in every window.

    That middle is counted once. A word of the left edge is in the first windows up to its last place there, one of the
    right edge in the last windows from its first place on (van Herk's way with moving maxima).
    """
    windows = len(tokens) - window + 1
    middle = set(tokens[windows - 1 : window])
    left = {word: held for held, word in enumerate(tokens[: windows - 1], 1) if word not in middle}
    right = {word: held for held, word in enumerate(reversed(tokens[window:]), 1) if word not in middle}
    twice = sum([max(0, left[word] + right[word] - windows) for word in left.keys() & right.keys()])
    return len(middle) * windows + sum(left.values()) + sum(right.values()) - twice
