"""How much the texts of a set are alike in pairs, by their longest common subsequences of words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from vlitq_scorers.maths.text_sets import Tokens

PAIRS = 2000  # that are looked at


def homogenisation(texts: Sequence[Tokens], rng: np.random.Generator, pairs: int = PAIRS) -> float:
    """Mean ROUGE-L (F1) of pairs of texts (Padmakumar & He 2024, arXiv 2309.05196), in [0, 1]: 1 where all are alike.

    Of all pairs, or of `pairs` drawn with replacement where there are more. A text without words is like no other; NaN
    of fewer than two texts.
    """
    rows = len(texts)
    if rows < 2:
        return math.nan
    chosen = list(combinations(range(rows), 2)) if rows * (rows - 1) // 2 <= pairs else _drawn(rows, pairs, rng)
    return math.fsum(rouge_l(texts[one], texts[other]) for one, other in chosen) / len(chosen)


def rouge_l(one: Tokens, other: Tokens) -> float:
    """F1 of two texts by their longest common subsequence, 2·LCS / (words of both), in [0, 1]; 0 of no words."""
    words = len(one) + len(other)
    return 2 * common_subsequence(one, other) / words if words else 0.0


def common_subsequence(one: Tokens, other: Tokens) -> int:
    """Words of the longest common subsequence, a machine word of places at a time (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for at, word in enumerate(one):
        places[word] = places.get(word, 0) | 1 << at
    everywhere = (1 << len(one)) - 1
    open_places = everywhere  # a zero stands for each word matched
    for word in other:
        matched = open_places & places.get(word, 0)
        open_places = ((open_places + matched) | (open_places - matched)) & everywhere
    return len(one) - open_places.bit_count()


def _drawn(rows: int, pairs: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Pairs of different rows."""
    one = rng.integers(rows, size=pairs)
    other = (one + rng.integers(1, rows, size=pairs)) % rows
    return list(zip(one.tolist(), other.tolist(), strict=True))
