"""The response's lexical diversity is null where it is too short to have one, and quick to find."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from vlitq.sample import Sample, Turn
from vlitq_scorers.maths import hdd, mattr, mtld
from vlitq_scorers.text.complexity import Complexity
from vlitq_scorers.text.lexical import Lexical

ALPHABET = [
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    "g",
    "h",
    "i",
    "j",
    "k",
    "l",
    "m",
    "n",
    "o",
    "p",
    "q",
    "r",
    "s",
    "t",
    "u",
    "v",
    "w",
    "x",
    "y",
    "z",
]
LONG = " ".join(ALPHABET * 3)  # 78 words, 26 distinct


def sample(*answers: str) -> Sample:
    return Sample("one", turns=tuple(Turn("assistant", answer) for answer in answers))


def scores(*answers: str, scorer: Lexical = Lexical()) -> dict[str, Any]:  # noqa: B008  # frozen: never changed
    return {name: values[0] for name, values in scorer.score([sample(*answers)]).items()}


def test_a_short_answer_has_its_ratios_but_no_mtld_and_no_hdd() -> None:
    assert scores("The cat sat on the mat.") == pytest.approx(
        {"ttr": 5 / 6, "root_ttr": 5 / 6**0.5, "mattr": 5 / 6, "mtld": np.nan, "hdd": np.nan}, nan_ok=True
    )


def test_a_long_answer_has_all_measures() -> None:
    tokens = ALPHABET * 3
    assert scores(LONG) == pytest.approx(
        {"ttr": 1 / 3, "root_ttr": 26 / 78**0.5, "mattr": 26 / 50, "mtld": mtld(tokens), "hdd": hdd(tokens)}
    )
    # The 37th word brings the ratio from 26/36 to 26/37, below 0.72; so does the 74th; 4 distinct words are left.
    assert mtld(tokens) == pytest.approx(78 / 2)


def test_the_turns_of_the_assistant_are_read_as_one_text() -> None:
    assert scores("The cat sat", "on the mat.") == pytest.approx(scores("The cat sat on the mat."), nan_ok=True)


def test_its_mattr_is_that_of_complexity() -> None:
    assert scores(LONG)["mattr"] == Complexity().score([sample(LONG)])["mattr"][0] == np.float32(mattr(ALPHABET * 3))


def test_fewer_words_may_be_asked_for() -> None:
    short = " ".join(["a b c d"] * 5)
    found = scores(short, scorer=Lexical(least_words=10, draws=4))
    assert found["mtld"] == pytest.approx(mtld(short.split()))
    assert found["hdd"] == pytest.approx(hdd(short.split(), 4))
    assert np.isnan(scores(short, scorer=Lexical(least_words=10))["hdd"])  # 42 draws from 20 words


def test_the_rule_decides_whether_a_ratio_of_exactly_the_threshold_closes_a_factor() -> None:
    text = " ".join([*ALPHABET[:18], *["a"] * 7] * 2)  # 18 distinct of 25 words: 0.72
    assert scores(text)["mtld"] != scores(text, scorer=Lexical(rule="<"))["mtld"]


def test_an_answer_in_which_no_word_recurs_has_no_mtld() -> None:
    found = scores(" ".join(f"w{place}" for place in range(60)))
    assert (found["ttr"], found["hdd"]) == (1, pytest.approx(1))
    assert np.isnan(found["mtld"])


@pytest.mark.parametrize("text", ["", "😀🎉", "\0\x1b\u202e", "\ud800", "?!"])
def test_a_response_without_words_has_no_diversity(text: str) -> None:
    assert all(np.isnan(value) for value in scores(text).values())


def test_words_of_any_script_count() -> None:
    assert scores("שלום עולם שלום")["ttr"] == scores("猫犬猫")["ttr"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("unit", ["word ", "汉", "😀", "א ", "\0", "\ud800", "a-", "'"])
def test_a_million_characters_take_time_in_proportion(unit: str) -> None:
    began = time.process_time()
    scores(unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 3


def test_no_samples_give_empty_columns_of_the_declared_types() -> None:
    empty = Lexical().score([])
    assert [(len(empty[column.name]), empty[column.name].dtype) for column in Lexical.columns] == [(0, np.float32)] * 5


def test_parameters_that_mean_nothing_are_refused() -> None:
    for name in ("window", "draws", "least_words"):
        with pytest.raises(ValueError, match=f"lexical: {name} must be at least 1 word, not 0"):
            replace(Lexical(), **{name: 0})
    with pytest.raises(ValueError, match="rule is '<=' or '<', not '>'"):
        Lexical(rule=">")  # type: ignore[arg-type]  # what a recipe may say
