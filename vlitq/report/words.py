"""The words that are typical of some texts among others."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

LOOKED_AT = 2_000  # characters of a text
_WORD = re.compile(r"[^\W\d_]{3,24}")


def typical(groups: Sequence[Sequence[str]], most: int = 5) -> list[tuple[str, ...]]:
    """Of each group of texts at most `most` words that more of its texts have than of all, the most telling first.

    A word's weight is p · log(p / q), with p the share of the group's texts that have it and q that of all: its part
    of the Kullback–Leibler divergence. A word of one text only tells nothing where a group has several.
    """
    counted = [Counter(word for text in texts for word in _words(text)) for texts in groups]
    whole, count = sum(counted, Counter[str]()), sum(map(len, groups))
    return [_heaviest(own, len(texts), whole, count, most) for own, texts in zip(counted, groups, strict=True)]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text[:LOOKED_AT].lower()))


def _heaviest(own: Counter[str], texts: int, whole: Counter[str], count: int, most: int) -> tuple[str, ...]:
    shares = {word: (n / texts, whole[word] / count) for word, n in own.items() if n > 1 or texts == 1}
    weights = {word: p * math.log(p / q) for word, (p, q) in shares.items() if p > q}
    return tuple(sorted(weights, key=lambda word: (-weights[word], word))[:most])
