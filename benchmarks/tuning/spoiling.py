"""The faults that real data has: each makes a clean answer wrong, or useless to learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.edits import EDITS
from benchmarks.tuning.questions import TASKS, Question

ANOTHER = "another image's answer"
LOOP = 12  # words of a looped answer

Spoil = Callable[[Question, np.random.Generator], str | None]


def wrong_value(question: Question, rng: np.random.Generator) -> str | None:
    """The answer with another colour, shape, number or place; yes and no are a fault of their own."""
    if question.task == "presence":
        return None
    others = [value for value in TASKS[question.task] if value != question.key]
    return question.answer.replace(question.key, others[rng.integers(len(others))])


def wrong_verdict(question: Question, _: np.random.Generator) -> str | None:
    """Yes for no, or no for yes, in a sentence that agrees."""
    if question.task != "presence":
        return None
    if question.key == "yes":
        return question.answer.replace("Yes, there is", "No, there is not")
    return question.answer.replace("No, there is not", "Yes, there is")


def looped(question: Question, rng: np.random.Generator) -> str:
    """The first two to four words over and over."""
    start = question.answer.split()[: int(rng.integers(2, 5))]
    return " ".join((start * LOOP)[:LOOP])


def _edit(name: str) -> Spoil:
    return lambda question, rng: EDITS[name](question.answer, rng)


SPOILS: Mapping[str, Spoil] = {
    "wrong value": wrong_value,
    "wrong yes or no": wrong_verdict,
    "truncated answer": _edit("truncated answer"),
    "leaked phrase": _edit("leaked phrase"),
    "looped answer": looped,
}
WRONG = (ANOTHER, "wrong value", "wrong yes or no")  # faults that say what is not so; the others are badly said
