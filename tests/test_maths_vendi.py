"""Vendi scores come out as their authors publish them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vlitq_scorers.maths.vendi import vendi, vendi_of_features


def test_three_pairs_of_equal_samples_are_three_samples() -> None:
    samples = np.array([0, 0, 10, 10, 20, 20])
    assert vendi(np.exp(-abs(samples[:, None] - samples))) == pytest.approx(2.999999995877693, abs=1e-12)


def test_two_similar_samples_and_a_third_are_a_little_more_than_two() -> None:
    assert vendi(np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])) == pytest.approx(2.1573004834, abs=1e-9)


@pytest.mark.parametrize("q", [0, 0.5, 1, 2, math.inf])
def test_samples_without_likeness_count_each_and_equal_ones_count_once(q: float) -> None:
    assert vendi(np.eye(7), q) == pytest.approx(7)
    assert vendi(np.ones((7, 7)), q) == pytest.approx(1)


@pytest.mark.parametrize(("q", "expected"), [(0.5, 15.073059), (1, 4.677613), (2, 2.064096), (math.inf, 1.448057)])
def test_digits_have_the_same_score_from_features_and_from_their_kernel(q: float, expected: float) -> None:
    digits = pytest.importorskip("sklearn.datasets", reason="brings the digits").load_digits().data
    unit = digits / np.linalg.norm(digits, axis=1, keepdims=True)
    assert vendi_of_features(unit, q) == pytest.approx(expected, abs=1e-5)
    assert vendi(unit @ unit.T, q) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("digit", "expected"), [(0, 1.83957), (1, 2.701786), (8, 2.691996)])
def test_zeros_differ_less_among_themselves_than_ones(digit: int, expected: float) -> None:
    data = pytest.importorskip("sklearn.datasets", reason="brings the digits").load_digits()
    rows = data.data[data.target == digit]
    assert vendi_of_features(rows / np.linalg.norm(rows, axis=1, keepdims=True)) == pytest.approx(expected, abs=1e-5)


def test_fewer_rows_than_dimensions_score_alike() -> None:
    assert vendi_of_features(np.eye(3, 10)) == pytest.approx(3)


def test_an_empty_set_has_no_score() -> None:
    assert math.isnan(vendi_of_features(np.empty((0, 4))))


def test_a_negative_order_is_refused() -> None:
    with pytest.raises(ValueError, match="q must be at least 0, not -1"):
        vendi(np.eye(2), -1)
