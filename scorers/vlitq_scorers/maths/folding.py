"""A text without what does not count when two are compared: case, width, white space and punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from vlitq.normal_form import normal_form

_LAST = 0x20000  # beyond are Han characters and tags: no punctuation as of Unicode 16
_SIGNS = "-+.−"  # right before a digit these are part of a number


def folded(text: str) -> str:
    """The text in NFKC and full case folding; runs of white space, punctuation and control characters are one space.

    Kept are one such character between two digits (3.5, 12:30), "-", "+", "−" and "." right before a digit, and all
    symbols ("<", "=", emoji). Of a text of punctuation alone only white space is folded. Linear in the text.
    """
    ascii_only = text.isascii()
    even = text.lower() if ascii_only else _compatible(text)
    return " ".join(_kept(128 if ascii_only else _LAST).findall(even)) or " ".join(even.split())


def _compatible(text: str) -> str:
    return normal_form(normal_form(text, "NFKC").casefold(), "NFKC")


@cache
def _kept(last: int) -> re.Pattern[str]:
    """A run of what counts; in characters below `last`, of which ASCII alone are looked up in half the time."""
    fillers = "".join(re.escape(character) for character in map(chr, range(last)) if _is_filler(character))
    signs = re.escape(_SIGNS)
    return re.compile(rf"(?:[{signs}](?=\d))?[^{fillers}]+(?:(?<=\d)[{fillers}](?=\d)[^{fillers}]+)*")


def _is_filler(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "PZ" or category in {"Cc", "Cf"}
