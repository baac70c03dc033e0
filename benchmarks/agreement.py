"""How far two labellings of the same rows agree: accuracy with its interval, macro-F1, Cohen's kappa, confusions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.96  # of a 95 % interval


@dataclass(frozen=True)
class Agreement:
    """Of one column: rows, accuracy with its 95 % interval, macro-F1 over the hand's labels, kappa, confused pairs."""

    rows: int
    accuracy: float
    interval: tuple[float, float]
    macro_f1: float
    kappa: float
    confusions: tuple[tuple[str, str, int], ...]  # label of the hand, label of the rules, rows; most first

    @classmethod
    def of(cls, hand: Sequence[str], rules: Sequence[str]) -> Agreement:
        """Of at least one row."""
        pairs = Counter(zip(hand, rules, strict=True))
        agreed = sum(count for (a, b), count in pairs.items() if a == b)
        confused = sorted(((a, b, n) for (a, b), n in pairs.items() if a != b), key=lambda c: (-c[2], c[0], c[1]))
        interval = wilson(agreed, len(hand))
        return cls(len(hand), agreed / len(hand), interval, macro_f1(hand, rules), kappa(hand, rules), tuple(confused))


def wilson(hits: int, rows: int) -> tuple[float, float]:
    """Wilson's score interval of a proportion, at 95 %."""
    share, weight = hits / rows, Z * Z / rows
    middle = share + weight / 2
    half = Z * math.sqrt(share * (1 - share) / rows + weight / (4 * rows))
    return max(0.0, (middle - half) / (1 + weight)), min(1.0, (middle + half) / (1 + weight))


def macro_f1(hand: Sequence[str], rules: Sequence[str]) -> float:
    """The mean F1 of the labels that the hand gives."""
    given, found, both = Counter(hand), Counter(rules), Counter(a for a, b in zip(hand, rules, strict=True) if a == b)
    return sum(2 * both[label] / (given[label] + found[label]) for label in given) / len(given)


def kappa(hand: Sequence[str], rules: Sequence[str]) -> float:
    """Cohen's kappa: agreement beyond chance; 1 where both give every row one and the same label."""
    rows, given, found = len(hand), Counter(hand), Counter(rules)
    observed = sum(a == b for a, b in zip(hand, rules, strict=True)) / rows
    chance = sum(given[label] * found[label] for label in given) / rows**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)
