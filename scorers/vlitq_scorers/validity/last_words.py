"""Knows the English words, and pieces of words, that a text does not end with."""

from __future__ import annotations

import re

# Nothing ends with these.
_NEVER_LAST = (
    "a an the my your our their its every and or but nor because although though whereas while unless if whether than "
    "as into onto of from very"
)
# A clause may end with these: "what it is made with", "where they are".
_SELDOM_LAST = (
    "his with for to at by in on is are was were be been being has have had can could will would should may might must "
    "that which who whose when where so such not no between through toward towards about against near during without "
    "within some any each both several"
)
# Whole words and units without a vowel, and letters that stand for a number.
_WITHOUT_VOWEL = (
    "ft cm mm km kg lb lbs ml tsp tbsp hr hrs mph kmh sq sqft gb mb kb tv pc dvd cd pm vs mr mrs dr hmm shh pst html "
    "css php sql xml www x z n k"
)
_NEVER, _SELDOM = frozenset(_NEVER_LAST.split()), frozenset(_SELDOM_LAST.split())
_WHOLE = frozenset(_WITHOUT_VOWEL.split())
_VOWEL = re.compile("[aeiouy]")
_LETTER = re.compile(r"(?:\bis|=|:|\bor|\band|\boption|\bletter|\bvitamin)\s[a-z]$")  # "the answer is a", "x or y"

NEAR = 40  # characters at the end of the line among which a letter finds what it names


def dangles(line: str, count: int) -> float:
    """How sure it is, in [0, 1], that a text of `count` words cannot end with the last word of this line."""
    word = line.rsplit(None, 1)[-1]
    if len(word) == 1 and _LETTER.search(line[-NEAR:]) and not line.endswith(("is a", "and a", "or a")):
        return 0.0
    if word in _NEVER and not line.endswith(("option a", "answer is a")):
        return 0.95
    if word in _SELDOM and count >= 6:
        return 0.85
    return 0.8 if count >= 3 and _is_piece(word) else 0.0


def _is_piece(word: str) -> bool:
    """Whether a word is the head of one that was cut off, as "str" is: lower case, and no vowel in it."""
    return word.isascii() and word.isalpha() and word.islower() and word not in _WHOLE and not _VOWEL.search(word)
