"""Complexity counts what is there, in any script, and is quick about it."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from vlitq.sample import Sample, Turn
from vlitq_scorers.text.complexity import Complexity


def sample(*turns: tuple[str, str]) -> Sample:
    return Sample("one", turns=tuple(Turn(role, text) for role, text in turns))  # type: ignore[arg-type]  # roles are literals


def scores(*turns: tuple[str, str]) -> dict[str, Any]:
    return {name: column[0] for name, column in Complexity().score([sample(*turns)]).items()}


def test_a_sample_is_counted_by_hand() -> None:
    assert scores(
        ("system", "You are a helpful assistant in Paris."),
        ("human", "How many cats are on the left?"),
        ("assistant", "There are 2, because Tom and Tim left."),
        ("human", "Why?"),
        ("assistant", "Because."),
    ) == {
        "turns": 4,
        "instruction_words": 8,
        "response_words": 9,
        "mattr": pytest.approx(8 / 9),
        "question_type": "how_many",
        "reasoning_cues": 2,
        "spatial_cues": 2,
        "entities": 2,
        "numbers": 1,
    }


def test_a_sample_without_words_has_counts_of_zero_and_no_diversity() -> None:
    for text in ("", "😀🎉", "\0\x1b\u202e"):
        found = scores(("human", text), ("assistant", text))
        assert math.isnan(found.pop("mattr"))
        assert found.pop("question_type") == "none"
        assert (found.pop("turns"), *found.values()) == (2, 0, 0, 0, 0, 0, 0)


def test_a_sample_without_turns_has_no_question() -> None:
    assert scores()["question_type"] == "none"


def test_no_samples_give_empty_columns_of_the_declared_types() -> None:
    empty = Complexity().score([])
    assert [len(empty[column.name]) for column in Complexity.columns] == [0] * 9


@pytest.mark.parametrize("unit", ["word ", "汉", "😀", "א", "\0", "A. ", "?", "1,"])
def test_a_long_text_takes_time_in_proportion(unit: str) -> None:
    began = time.process_time()
    scores(("human", unit * 100_000), ("assistant", unit * 100_000))
    assert time.process_time() - began < 2


def test_an_instruction_that_recurs_scores_as_before() -> None:
    assert scores(("human", "What is it?")) == pytest.approx(scores(("human", "What is it?")), nan_ok=True)
