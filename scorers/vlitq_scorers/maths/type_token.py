"""How varied the words of a text are, by its distinct words (types, V) and words (tokens, N): the type–token ratios.

The ratios over a whole text fall as it grows; those over windows do not. NaN stands for "not defined".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from vlitq_scorers.maths.words import REMEMBERED_TEXTS

REMEMBERED_TOKENS = 1024  # a longer text is not worth keeping
WINDOW = 50  # words of a window or segment

Discard = Literal["incomplete", "last", "none"]


def type_token_ratio(tokens: Sequence[str]) -> float:
    """Distinct words by words, V / N, in (0, 1]; NaN of no words."""
    return len(set(tokens)) / len(tokens) if tokens else math.nan


def root_ttr(tokens: Sequence[str]) -> float:
    """Guiraud's root type–token ratio, V / √N, in (0, √N]; NaN of no words."""
    return len(set(tokens)) / math.sqrt(len(tokens)) if tokens else math.nan


def corrected_ttr(tokens: Sequence[str]) -> float:
    """Carroll's corrected type–token ratio, V / √(2N), in (0, √(N/2)]; NaN of no words."""
    return len(set(tokens)) / math.sqrt(2 * len(tokens)) if tokens else math.nan


def herdan(tokens: Sequence[str]) -> float:
    """Herdan's C, log V / log N, in [0, 1]; NaN of fewer than two words."""
    return math.log(len(set(tokens))) / math.log(len(tokens)) if len(tokens) > 1 else math.nan


def summer(tokens: Sequence[str]) -> float:
    """Summer's index, log log V / log log N by natural logarithms; NaN of fewer than two distinct words.

    The base matters. Three words or more, both of V and of N, make it mean something.
    """
    types = len(set(tokens))
    return math.log(math.log(types)) / math.log(math.log(len(tokens))) if types > 1 else math.nan


def dugast(tokens: Sequence[str]) -> float:
    """Dugast's Uber index, (log N)² / (log N − log V) by natural logarithms: the base matters.

    Infinite where no word recurs, NaN of fewer than two words.
    """
    if len(tokens) < 2:
        return math.nan
    spread = math.log(len(tokens)) - math.log(len(set(tokens)))
    return math.log(len(tokens)) ** 2 / spread if spread else math.inf


def maas(tokens: Sequence[str]) -> float:
    """Maas' a², (log N − log V) / (log N)² by natural logarithms; lower is more varied, NaN of fewer than two words."""
    if len(tokens) < 2:
        return math.nan
    return (math.log(len(tokens)) - math.log(len(set(tokens)))) / math.log(len(tokens)) ** 2


def msttr(tokens: Sequence[str], window: int = WINDOW, discard: Discard = "incomplete") -> float:
    """Mean segmental type–token ratio: the mean ratio of consecutive segments of `window` words, in (0, 1].

    `discard` says which segment does not count: a last one shorter than the window, the last one in any case (what
    lexicalrichness does), or none. NaN where no segment is left.
    """
    _require_window(window)
    if discard not in ("incomplete", "last", "none"):
        raise ValueError(f"msttr: discard {discard!r} is none of incomplete, last, none")
    segments = [tokens[start : start + window] for start in range(0, len(tokens), window)]
    if discard == "last" or (discard == "incomplete" and len(tokens) % window):
        segments = segments[:-1]
    return sum(map(type_token_ratio, segments)) / len(segments) if segments else math.nan


def mattr(tokens: Sequence[str], window: int = WINDOW) -> float:
    """Moving-average type–token ratio: the mean ratio of all windows of consecutive words (Covington & McFall 2010,
    doi 10.1080/09296171003643098), in (0, 1].

    A text no longer than the window has its plain type–token ratio; NaN of no words.
    """
    _require_window(window)
    if len(tokens) <= window:
        return type_token_ratio(tokens)
    windows = len(tokens) - window + 1
    blocks = [tokens[start : start + 2 * window - 1] for start in range(0, windows, window)]
    return sum([_types_of_windows(block, window) for block in blocks]) / (window * windows)


def remembered_mattr(tokens: tuple[str, ...], window: int = WINDOW) -> float:
    """`mattr`, kept for the next scorer of the shard that asks for it of the same words."""
    return _remembered_mattr(tokens, window) if len(tokens) <= REMEMBERED_TOKENS else mattr(tokens, window)


_remembered_mattr = lru_cache(maxsize=REMEMBERED_TEXTS)(mattr)


def _require_window(window: int) -> None:
    if window < 1:
        raise ValueError(f"a window holds at least 1 word, not {window}")


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
