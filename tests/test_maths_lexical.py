"""Words are words in every script, and their variety is what the papers say."""

from __future__ import annotations

import math
import random
from statistics import mean

import pytest

from vlitq_scorers.maths.lexical import mattr, type_token_ratio, words

EXAMPLE = [
    "test",
    "text",
    "with",
    "some",
    "text",
    "numbers",
    "hyphen-here",
    "and",
    "text",
    "punctuations",
]  # of lexicalrichness' tests


def test_the_example_of_lexicalrichness_has_its_published_ratios() -> None:
    assert type_token_ratio(EXAMPLE) == 0.8
    assert mattr(EXAMPLE, window=5) == pytest.approx(0.9)


def test_the_moving_average_is_the_mean_over_all_windows() -> None:
    rng = random.Random(0)
    tokens = [rng.choice("abcdefgh") for _ in range(60)]
    for window in (1, 2, 7, 59, 60):
        windows = [tokens[at : at + window] for at in range(len(tokens) - window + 1)]
        assert mattr(tokens, window) == pytest.approx(mean(type_token_ratio(part) for part in windows))


def test_a_text_shorter_than_the_window_has_its_plain_ratio() -> None:
    assert mattr(["a", "b", "a"], window=50) == pytest.approx(2 / 3)


def test_no_words_have_no_ratio() -> None:
    assert math.isnan(mattr([]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Don\'t touch the well-known "vase"!', ["don't", "touch", "the", "well-known", "vase"]),
        ("3 cats, 1.5 m", ["3", "cats", "1", "5", "m"]),
        ("这是 a 猫", ["这", "是", "a", "猫"]),
        ("カメラ", ["カ", "メ", "ラ"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("cafe\u0301 noir", ["cafe\u0301", "noir"]),
        ("😀🎉 \0\x1b -- '", []),
        ("", []),
    ],
)
def test_words_of_any_script_are_found(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_ascii_text_has_the_same_words_beside_a_letter_that_is_not_ascii() -> None:
    text = "It's a well-known_thing, 3.5 m -- 'quoted' end-"
    assert words(text + " é") == [*words(text), "é"]
