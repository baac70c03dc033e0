"""Texts that follow a pattern share openings, templates and runs of words."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlitq_scorers.maths import homogenisation, self_repetition, shared_openings, template, template_share
from vlitq_scorers.maths.homogenisation import common_subsequence


def test_a_template_leaves_numbers_and_names_open() -> None:
    one = template("Yes, there are 3 dogs in Paris, see Mary Smith at 12:30.")
    assert one == template("Yes, there are 1,200 dogs in Rome, see John at 9.")
    assert one == ("yes", "there", "are", "0", "dogs", "in", "_name_", "see", "_name_", "at", "0")


def test_openings_are_shared_by_those_that_begin_alike() -> None:
    texts = [text.split() for text in ("the image shows a cat", "the image shows a dog", "a dog runs home", "a cat")]
    assert shared_openings(texts, 4) == 2 / 3  # the last is too short to have an opening
    assert shared_openings(texts, 3) == 2 / 3
    assert math.isnan(shared_openings(texts, 9))


def test_texts_that_are_a_frequent_template_count() -> None:
    texts = [template(text) for text in ("It is 3.", "It is 4.", "It is red.", "A cat", "a cat", "")]
    assert template_share(texts) == 4 / 5
    assert template_share(texts, top=1) == 2 / 5
    assert template_share(texts[2:4]) == 0
    assert math.isnan(template_share([()]))


def test_self_repetition_is_the_mean_log_of_what_recurs_in_other_texts() -> None:
    texts = [text.split() for text in ("a b c d", "a b c d e", "a b c d a b c d", "x")]
    # "a b c d" recurs twice for each of three texts: what the third says twice counts once. The last has no n-gram.
    assert self_repetition(texts) == pytest.approx(3 * math.log(3) / 4)
    assert self_repetition([["a", "b", "c", "d"]]) == 0
    assert math.isnan(self_repetition([]))


WORDS = st.lists(st.sampled_from("abc"), max_size=9)


@given(WORDS, WORDS)
def test_the_common_subsequence_is_the_longest(one: list[str], other: list[str]) -> None:
    table = np.zeros((len(one) + 1, len(other) + 1), int)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            table[i + 1, j + 1] = table[i, j] + 1 if a == b else max(table[i, j + 1], table[i + 1, j])
    assert common_subsequence(one, other) == table[-1, -1]


def test_homogenisation_is_the_mean_over_pairs() -> None:
    texts = [text.split() for text in ("a b c d", "a x c", "q")]
    rng = np.random.default_rng(0)
    assert homogenisation(texts, rng) == pytest.approx((4 / 7 + 0 + 0) / 3)
    assert homogenisation([["a", "b"]] * 90, rng, pairs=50) == 1
    assert homogenisation([[], []], rng) == 0
    assert math.isnan(homogenisation([["a"]], rng))
