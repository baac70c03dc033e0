"""Vendi scores come out as their authors publish them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vlitq_scorers.maths import vendi


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
    assert vendi(features=unit, q=q) == pytest.approx(expected, abs=1e-5)
    assert vendi(unit @ unit.T, q) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("digit", "expected"), [(0, 1.83957), (1, 2.701786), (8, 2.691996)])
def test_zeros_differ_less_among_themselves_than_ones(digit: int, expected: float) -> None:
    data = pytest.importorskip("sklearn.datasets", reason="brings the digits").load_digits()
    rows = data.data[data.target == digit]
    assert vendi(features=rows) == pytest.approx(expected, abs=1e-5)


def test_fewer_rows_than_dimensions_score_alike() -> None:
    assert vendi(features=np.eye(3, 10)) == pytest.approx(3)


def test_an_empty_set_has_no_score() -> None:
    assert math.isnan(vendi(features=np.empty((0, 4))))


def test_a_negative_order_is_refused() -> None:
    with pytest.raises(ValueError, match="q must be at least 0, not -1"):
        vendi(np.eye(2), -1)


def test_features_are_compared_by_direction() -> None:
    assert vendi(features=np.array([[3.0, 0], [0, 5], [0, 1]])) == pytest.approx(vendi(features=np.eye(2)[[0, 1, 1]]))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("rows", "dim"), [(9000, 24), (20, 64)])
@pytest.mark.parametrize("q", [0, 0.5, 1, 2, math.inf])
def test_blocks_of_any_float_type_give_the_value_of_the_definition(dtype: type, rows: int, dim: int, q: float) -> None:
    x = np.random.default_rng(0).standard_normal((rows, dim)).astype(dtype)
    exact = x.astype(np.float64)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    # U Uᵀ / n and Uᵀ U / n have the same eigenvalues but for zeros: those of the singular values of U.
    shares = np.linalg.svd(exact, compute_uv=False) ** 2 / rows
    shares = shares[shares > 1e-14]
    entropy = (
        -np.sum(shares * np.log(shares)) if q == 1 else 0 if q == math.inf else np.log(np.sum(shares**q)) / (1 - q)
    )
    expected = 1 / shares.max() if q == math.inf else np.exp(entropy)
    assert vendi(features=x, q=q) == pytest.approx(expected, rel=1e-9)


def test_the_only_most_common_can_be_asked_for_by_name() -> None:
    assert vendi(np.eye(4), q="inf") == pytest.approx(4)


def test_rows_without_a_vector_are_left_out() -> None:
    x = np.concatenate([np.eye(3), np.full((2, 3), np.nan), np.zeros((1, 3))]).astype(np.float32)
    assert vendi(features=x) == pytest.approx(3)
    assert vendi(features=np.repeat(x, 2000, axis=0)) == pytest.approx(3)
    assert math.isnan(vendi(features=x[3:]))


def test_alike_rows_count_once_whatever_their_number() -> None:
    x = np.repeat(np.random.default_rng(1).standard_normal((1, 8)).astype(np.float16), 20_000, axis=0)
    assert vendi(features=x) == pytest.approx(1, abs=1e-9)


def test_features_stay_as_they_are() -> None:
    x = np.full((30, 2), 3.0)
    vendi(features=x)
    assert (x == 3).all()


def test_a_kernel_or_features_are_given_but_not_both() -> None:
    for given in ({}, {"kernel": np.eye(2), "features": np.eye(2)}):
        with pytest.raises(ValueError, match="give either kernel="):
            vendi(**given)
