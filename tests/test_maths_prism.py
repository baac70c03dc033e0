"""PRISM's redundancy is the mean of a row's correlations with all others."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.schema import Array
from vlitq.selection import prism
from vlitq.selection.maths import prism as module


def by_pairs(x: Array) -> Array:
    """The definition: the mean of the off-diagonal correlations of each row."""
    away = x - x.mean(axis=0)
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    correlation = away @ away.T
    return (correlation.sum(axis=1) - 1) / (len(x) - 1)


@pytest.mark.parametrize("rows", [2, 3, 50])
def test_it_is_the_mean_of_all_correlations(rows: int) -> None:
    x = np.random.default_rng(rows).standard_normal((rows, 6)) + 3
    assert prism(x) == pytest.approx(by_pairs(x), abs=1e-14)


def test_four_corners_by_hand() -> None:
    """About their mean each corner of a square is at right angles to two and opposite to one: (0 + 0 − 1) / 3."""
    square = np.array([[0, 0], [0, 2], [2, 2], [2, 0]]) + 10.0
    assert prism(square) == pytest.approx([-1 / 3] * 4)


def test_an_outlier_is_least_redundant() -> None:
    x = np.array([[1, 0], [1, 0.1], [1, -0.1], [-5, 3]], np.float32)
    assert prism(x).argmin() == 3


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(0).standard_normal((50, 4))
    whole = prism(x)
    monkeypatch.setattr(module, "BLOCK", 7)
    assert prism(x) == pytest.approx(whole, abs=1e-14)


def test_a_row_that_is_the_mean_is_like_no_other() -> None:
    assert prism(np.array([[0.0, 0], [1, 1], [2, 2]])) == pytest.approx([-0.5, 0, -0.5])


@pytest.mark.parametrize("value", [1.0, 0.1])
def test_rows_all_alike_have_no_redundancy_to_tell(value: float) -> None:
    assert prism(np.full((7, 5), value, np.float32)).tolist() == [0] * 7


def test_a_single_row_and_none() -> None:
    assert prism(np.array([[1.0, 2]])).tolist() == [0]
    assert prism(np.zeros((0, 3))).tolist() == []


def test_rows_of_nan_are_left_out() -> None:
    x = np.random.default_rng(0).standard_normal((5, 3))
    with_nan = np.insert(x, 2, np.nan, axis=0)
    found = prism(with_nan)
    assert np.isnan(found).tolist() == [False, False, True, False, False, False]
    assert np.delete(found, 2) == pytest.approx(prism(x), abs=1e-14)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_sums_are_taken_in_float64(dtype: type) -> None:
    x = (np.random.default_rng(0).standard_normal((3000, 8)) + 30).astype(dtype)
    assert prism(x) == pytest.approx(by_pairs(x.astype(np.float64)), abs=1e-12)


def test_equal_rows_are_as_redundant_to_the_bit_wherever_they_stand() -> None:
    x = np.random.default_rng(0).normal(size=(123, 384))
    x[::3] = x[0]
    assert len({*prism(x)[::3].tolist()}) == 1
