"""Whether answers can be guessed without looking: the share of yes, and the places of the options chosen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from vlitq.options import LETTERS, chosen, options
from vlitq_scorers.maths.proportions import kl_divergence
from vlitq_scorers.maths.words import words


class YesNo(NamedTuple):
    """Answers that begin with yes, and with no."""

    yes: int
    no: int

    @property
    def share(self) -> float:
        """Yes among both, in [0, 1]; NaN of none."""
        return self.yes / (self.yes + self.no) if self.yes + self.no else math.nan


def yes_no(answers: Iterable[str]) -> YesNo:
    """The answers whose first word is "yes", and "no"; English."""
    first = [words(answer[:64])[:1] for answer in answers]
    return YesNo(first.count(["yes"]), first.count(["no"]))


class Places(NamedTuple):
    """Of questions with options: how often each place was chosen, and how often it would be by chance, by letter."""

    chosen: dict[str, float]
    expected: dict[str, float]

    @property
    def total(self) -> int:
        """Questions with options whose answer chooses one."""
        return int(sum(self.chosen.values()))

    @property
    def bias(self) -> float:
        """Kullback–Leibler divergence in nats of the places chosen from chance, at least 0; NaN of no question.

        By chance alone it is about (places − 1) / (2 · total).
        """
        return kl_divergence(self.chosen, self.expected)


def option_places(exchanges: Iterable[tuple[str, str]]) -> Places:
    """The places that answers choose, from pairs of question and answer; those without options or a choice left out.

    A question with n options expects 1 / n of each of its places.
    """
    picked, expected = dict.fromkeys(LETTERS, 0.0), dict.fromkeys(LETTERS, 0.0)
    for question, answer in exchanges:
        offered = options(question)
        place = chosen(answer, offered) if offered else None
        if place is not None:
            picked[LETTERS[place]] += 1
            for letter in LETTERS[: len(offered)]:
                expected[letter] += 1 / len(offered)
    used = [letter for letter in LETTERS if expected[letter]]
    return Places({letter: picked[letter] for letter in used}, {letter: expected[letter] for letter in used})
