"""How much the texts of a set are alike: distinct n-grams, self-BLEU, compression."""

from __future__ import annotations

import math
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

MISSING = 0.1  # what counts for no match at all: smoothing method 1 of NLTK (Chen & Cherry 2014)

Tokens = Sequence[str]
NGram = tuple[str, ...]


def ngrams(tokens: Tokens, n: int) -> Iterable[NGram]:
    """All runs of n consecutive words, in order."""
    return zip(*(tokens[start:] for start in range(n)), strict=False)


def distinct_n(texts: Sequence[Tokens], n: int) -> float:
    """Distinct n-grams by n-grams, over the texts together, in (0, 1]; NaN where no text has n words."""
    found = list(chain.from_iterable(ngrams(text, n) for text in texts))
    return len(set(found)) / len(found) if found else math.nan


def self_bleu(texts: Sequence[Tokens], n: int = 4) -> float:
    """Mean BLEU-n of each text against all others, in [0, 1]: 1 where all are the same, NaN of fewer than two texts.

    N-gram orders weigh the same; an order without a match counts 0.1 matches (NLTK's smoothing method 1); a text that
    shares no word with any other has 0. Time grows with the words, not with the pairs of texts.
    """
    if len(texts) < 2:
        return math.nan
    counts = [[Counter(ngrams(text, order)) for text in texts] for order in range(1, n + 1)]
    precisions = zip(*map(_precisions, counts), strict=True)
    lengths = sorted(map(len, texts))
    each = [_bleu(p, len(text), lengths) for p, text in zip(precisions, texts, strict=True)]
    return sum(each) / len(each)


def compression_ratio(texts: Sequence[str]) -> float:
    """Bytes of the texts, a space between two, in UTF-8, by their bytes after zlib at level 9; NaN of no bytes.

    Bytes that are no text (lone surrogates) count as they stand.
    """
    joined = " ".join(texts).encode("utf-8", "surrogatepass")
    return len(joined) / len(zlib.compress(joined, 9)) if joined else math.nan


def _precisions(counts: Sequence[Counter[NGram]]) -> list[float]:
    """The share of each text's n-grams that occur in one other text, as often as there; smoothed where none does."""
    first: dict[NGram, int] = {}  # how often the n-gram occurs in the text that has it most often
    second: dict[NGram, int] = {}  # and in the next: what a text that has it most often is held against
    for gram, count in chain.from_iterable(found.items() for found in counts):
        most = first.get(gram, 0)
        first[gram], second[gram] = max(most, count), max(second.get(gram, 0), min(most, count))
    return [_precision(found, first, second) for found in counts]


def _precision(found: Counter[NGram], first: dict[NGram, int], second: dict[NGram, int]) -> float:
    matched = sum(min(count, second[gram] if count == first[gram] else first[gram]) for gram, count in found.items())
    return (matched or MISSING) / max(1, found.total())


def _bleu(precisions: Sequence[float], length: int, lengths: Sequence[int]) -> float:
    """BLEU of a text of a set whose lengths are sorted; 0 where none of its words is in another text."""
    if not length or precisions[0] * length < 1:
        return 0.0
    nearest = _nearest_other(length, lengths)
    brevity = min(1.0, math.exp(1 - nearest / length))
    return brevity * math.prod(precisions) ** (1 / len(precisions))


def _nearest_other(length: int, lengths: Sequence[int]) -> int:
    """The length nearest to that of a text, its own left out; of two equally near, the shorter."""
    at = bisect_left(lengths, length)
    others = (*lengths[max(0, at - 1) : at], *lengths[at + 1 : at + 2])
    return min(others, key=lambda other: (abs(other - length), other))
