"""What of a text can be searched for: its words, and each letter of scripts that put no spaces between words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from vlitq.normal_form import normal_form

# By the blocks of Unicode, with the numbers, signs and marks in them.
_LETTERS = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u1950-\u19df\u1a20-\u1aaf\uaa80-\uaadf"  # Tai Le, New Tai Lue, Tai Tham, Tai Viet
    "\u1b00-\u1b7f\ua980-\ua9df"  # Balinese, Javanese
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b-\u303c\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff"  # Kana, Bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\ua000-\ua4cf"  # Yi
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff"  # Kana and Han of the other planes
)
_INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef"  # breaks, joiners, choices of a glyph
_RUN = re.compile(f"[{_LETTERS}][{_LETTERS}{_INVISIBLE}]*")
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
_WITHIN_WORDS = re.compile("[\u00ad\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")  # those that part no words
_ELSEWHERE = " x "  # between runs, so that no phrase goes across


@dataclass(frozen=True)
class Words:
    """A text as it is indexed. spaced: the text in one spelling, without its runs; letters: those of the runs, each as
    eight hexadecimal digits, "" where there is none."""

    spaced: str
    letters: str


def words_of(text: str) -> Words:
    """The words of a text, and its letters of scripts without spaces."""
    if text.isascii():
        return Words(text, "")
    spelt = _one_spelling(text)
    runs = _RUN.findall(spelt)
    spaced = _RUN.sub(" ", spelt) if runs else spelt
    # SQLite takes signs that are younger than its Unicode, of 2012, for letters: of emoji about every third.
    return Words(_without_signs(spaced), _ELSEWHERE.join(map(_in_digits, runs)))


@dataclass(frozen=True)
class Sought:
    """A search as two expressions of FTS5, all of whose parts a text must hold; "" where there is nothing to ask."""

    spaced: str
    letters: str


def sought(searched: str) -> Sought:
    """All the words, quoted so that none is an operator, the last typed as the beginning of one; runs as phrases."""
    spelt = _one_spelling(searched)
    runs = dict.fromkeys(map(_in_digits, _RUN.findall(spelt)))
    pieces = "".join(map(_parted, _RUN.sub(" ", spelt))).split()
    words = [f'"{word}"' for word in pieces if not all(map(_is_mark, word))]
    letters = " ".join(f'"{run}"' for run in runs)
    return Sought(" ".join(words) + "*" if words else "", letters)


def _one_spelling(text: str) -> str:
    """The text in one of its spellings: letters composed, of the usual width, no ligatures (NFKC), in lower case, and
    nothing unseen within words."""
    folded = normal_form(_WITHIN_WORDS.sub("", text), "NFKC").casefold()
    return normal_form(folded, "NFKC")  # again: of some Greek letters what is folded is no longer composed


def _in_digits(run: str) -> str:
    """Each letter of a run as a word of its own that every tokenizer leaves whole."""
    return _UNSEEN.sub("", run).encode("utf-32-be").hex(" ", 4)


def _without_signs(text: str) -> str:
    """The text with a space for each sign beyond ASCII: of each kind at once, for a text has few."""
    for letter in set(text):
        if letter > "\x7f" and not _is_of_word(letter):
            text = text.replace(letter, " ")
    return text


def _parted(letter: str) -> str:
    """The letter, or a space for what is of no word."""
    return letter if _is_of_word(letter) else " "


@cache
def _is_of_word(letter: str) -> bool:
    """What the index takes for a part of a word: letters, numbers, and the marks on them."""
    return unicodedata.category(letter)[0] in "LNM" or unicodedata.category(letter) == "Co"


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M"
