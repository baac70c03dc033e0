"""Word n-grams of texts as 64-bit numbers, in numpy: what MinHash and overlap with a benchmark compare."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array
from vlitq_scorers.maths.words import remembered_words

REMEMBERED_WORDS = 1 << 18  # numbers of words that are kept: about 40 MB

# Thai, Lao, Myanmar and Khmer put no space between words, and `words` splits Han and kana only.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_FIRST, _SECOND = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)  # of MurmurHash3's 64-bit finaliser


@dataclass(frozen=True)
class Shingles:
    """The n-grams of some texts: text i owns `values[offsets[i]:offsets[i + 1]]`, uint64, repeats included.

    Two n-grams with equal numbers are the same but for a chance of 2⁻⁶⁴ a pair.
    """

    values: Array
    offsets: Array

    def __len__(self) -> int:
        return len(self.offsets) - 1


def shingled(texts: Sequence[Sequence[str]], n: int) -> Shingles:
    """All runs of n consecutive words of each text, given as words; none of a text with fewer.

    The numbers are the same in every process and for every batch. Time is linear in the words.
    """
    numbers = np.array([_NUMBERS[word] for text in texts for word in text], np.uint64)
    lengths = np.array([len(text) for text in texts], np.int64)
    counts = np.maximum(lengths - n + 1, 0)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    starts = np.repeat(np.cumsum(lengths) - lengths - offsets[:-1], counts) + np.arange(offsets[-1])
    values = np.zeros(len(starts), np.uint64)
    for place in range(n):
        values = _mixed(values + numbers[starts + place])
    return Shingles(values, offsets)


def words_and_signs(text: str) -> tuple[str, ...]:
    """The words of a text in lower case; characters, in scripts that put no space between words."""
    found = remembered_words(text)
    if text.isascii() or not _UNSPACED.search(text):
        return found
    return tuple(part for word in found for part in (word if _UNSPACED.search(word) else (word,)))


class _Numbers(dict[str, int]):
    """A 64-bit number of every word, computed when first asked for, some of them kept."""

    def __missing__(self, word: str) -> int:
        digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if len(self) >= REMEMBERED_WORDS:
            self.clear()
        return self.setdefault(word, int.from_bytes(digest, "little"))


_NUMBERS = _Numbers()


def _mixed(values: Array) -> Array:
    """A permutation of the 64-bit numbers in which every bit depends on every other (MurmurHash3, public domain)."""
    values = (values ^ (values >> np.uint64(33))) * _FIRST
    values = (values ^ (values >> np.uint64(33))) * _SECOND
    return np.asarray(values ^ (values >> np.uint64(33)))
