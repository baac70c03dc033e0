"""Lexical diversity that hardly depends on the length of the text: MTLD and HD-D."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

THRESHOLD = 0.72  # the type–token ratio that closes a factor
DRAWS = 42  # words of a draw

FactorRule = Literal["<=", "<"]


def mtld(tokens: Sequence[str], threshold: float = THRESHOLD, rule: FactorRule = "<=") -> float:
    """Measure of textual lexical diversity: the mean length in words of stretches that stay above a type–token ratio
    (McCarthy & Jarvis 2010, doi 10.3758/BRM.42.2.381), the mean of reading forwards and backwards.

    A factor is closed by the word that brings its ratio to the threshold ("<=", as lexicalrichness has it) or below it
    ("<", as lexical-diversity has it). What is left at the end is (1 − its ratio) / (1 − threshold) of a factor. The
    value is words by factors: at least 2, infinite where no word recurs, NaN of no words.
    """
    if not 0 < threshold < 1:
        raise ValueError(f"mtld: the threshold is a type–token ratio between 0 and 1, not {threshold}")
    if rule not in ("<=", "<"):
        raise ValueError(f"mtld: rule {rule!r} is neither '<=' nor '<'")
    if not tokens:
        return math.nan
    closing = threshold if rule == "<=" else math.nextafter(threshold, 0)
    forwards, backwards = (_factors(order, threshold, closing) for order in (tokens, tokens[::-1]))
    # Both are zero, or neither: what is left holds no part of a factor only where no word recurs.
    return (len(tokens) / forwards + len(tokens) / backwards) / 2 if forwards else math.inf


def _factors(tokens: Sequence[str], threshold: float, closing: float) -> float:
    """Factors of a text, the part of one at its end included. A ratio falls only at a word that recurs."""
    seen: set[str] = set()
    add = seen.add
    factors = start = 0
    for place, token in enumerate(tokens, 1):
        if token not in seen:
            add(token)
        elif len(seen) / (place - start) <= closing:
            factors += 1
            start = place
            seen.clear()
    left = len(tokens) - start
    return factors + (1 - len(seen) / left) / (1 - threshold) if left else float(factors)


def hdd(tokens: Sequence[str], draws: int = DRAWS) -> float:
    """HD-D: the type–token ratio to expect of words drawn without replacement (McCarthy & Jarvis 2007, doi
    10.1177/0265532207080767), in (0, 1]; NaN of fewer words than draws.

    The sum over the distinct words of P(the word is drawn) / draws, exact: the chance that a word of frequency f is
    missed in a text of N words is the product over j < f of (N − draws − j) / (N − j).
    """
    if draws < 1:
        raise ValueError(f"hdd: at least 1 word is drawn, not {draws}")
    size = len(tokens)
    if size < draws:
        return math.nan
    drawn, missed, reached = 0.0, 1.0, 0
    for frequency, types in sorted(Counter(Counter(tokens).values()).items()):
        while reached < frequency and missed:
            missed *= max(0, size - draws - reached) / (size - reached)
            reached += 1
        drawn += types * (1 - missed)
    return drawn / draws
