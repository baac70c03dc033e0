"""Balance and bias by hand on small histograms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vlitq_scorers.maths import (
    entropy,
    evenness,
    gini,
    histogram,
    kl_divergence,
    mixture_weights,
    option_places,
    yes_no,
)
from vlitq_scorers.maths.proportions import uniform


def test_a_histogram_begins_with_the_commonest_and_leaves_none_out() -> None:
    assert list(histogram(["b", "a", None, "c", "c"]).items()) == [("c", 2), ("a", 1), ("b", 1)]


def test_even_categories_have_the_whole_entropy_and_no_gini() -> None:
    even = {"a": 5, "b": 5, "c": 5}
    assert entropy(even) == pytest.approx(math.log(3))
    assert evenness(even) == pytest.approx(1)
    assert gini(even) == 0
    assert evenness(even | {"d": 0}) == pytest.approx(math.log(3) / math.log(4))


def test_uneven_categories_by_hand() -> None:
    uneven = {"a": 3, "b": 1}
    assert entropy(uneven) == pytest.approx(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)))
    assert gini(uneven) == pytest.approx(0.25)  # mean absolute difference 1, by twice the mean 2
    assert gini({"a": 4, "b": 0}) == pytest.approx(0.5)


def test_gini_is_the_mean_difference_by_twice_the_mean() -> None:
    sizes = np.random.default_rng(0).integers(0, 50, 9).astype(float)
    expected = abs(sizes[:, None] - sizes).mean() / (2 * sizes.mean())
    assert gini(dict(enumerate(sizes))) == pytest.approx(expected)  # type: ignore[arg-type]  # the names do not matter


def test_one_category_and_none_are_not_called_even() -> None:
    assert entropy({"a": 3}) == 0
    assert math.isnan(evenness({"a": 3}))
    assert math.isnan(entropy({}))
    assert math.isnan(gini({}))
    assert math.isnan(kl_divergence({}, {"a": 1}))


def test_divergence_from_a_target() -> None:
    assert kl_divergence({"a": 2, "b": 2}, uniform("ab")) == 0
    assert kl_divergence({"a": 4}, {"a": 1, "b": 1}) == pytest.approx(math.log(2))
    assert kl_divergence({"a": 1, "c": 1}, {"a": 1, "b": 1}) == math.inf
    assert kl_divergence({"a": 1, "b": 0}, {"a": 1}) == 0


def test_mixture_weights_flatten_sizes() -> None:
    assert mixture_weights([1, 9], 0.5) == pytest.approx([0.25, 0.75])
    assert mixture_weights([1, 9], 1) == pytest.approx([0.1, 0.9])
    assert mixture_weights([1, 9, 0], 0) == pytest.approx([0.5, 0.5, 0])
    assert mixture_weights([1e300, 1e300], 3) == pytest.approx([0.5, 0.5])
    with pytest.raises(ValueError, match="sizes are numbers from 0 up"):
        mixture_weights([0, 0])
    with pytest.raises(ValueError, match="sizes are numbers from 0 up"):
        mixture_weights([1, -1])


def test_yes_and_no_are_answers_that_begin_so() -> None:
    found = yes_no(["Yes.", "yes, it is", "No", "Yesterday", "not", "", "A yes"])
    assert found == (2, 1)
    assert found.share == pytest.approx(2 / 3)
    assert math.isnan(yes_no([]).share)


TWO, FOUR = "Which?\nA. cat\nB. dog", "Which?\nA. one\nB. two\nC. three\nD. four"


def test_places_chosen_are_held_against_the_places_offered() -> None:
    found = option_places([(TWO, "A"), (TWO, "A"), (FOUR, "D"), (FOUR, "unclear"), ("Which?", "A")])
    assert found.total == 3
    assert found.chosen == {"A": 2, "B": 0, "C": 0, "D": 1}
    assert found.expected == {"A": 1.25, "B": 1.25, "C": 0.25, "D": 0.25}
    assert found.bias == pytest.approx(2 / 3 * math.log(2 / 1.25) + 1 / 3 * math.log(1 / 0.25))


def test_places_in_turn_are_no_bias_and_no_question_has_none() -> None:
    assert option_places([(TWO, "A"), (TWO, "dog")]).bias == 0
    assert math.isnan(option_places([]).bias)
