"""Pareto fronts are those of the definition, whatever the number of columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vlitq.selection import pareto_front


def by_definition(scores: np.ndarray) -> list[int]:
    """Take off the rows that none of the others dominates, and again, until none is left."""
    front, left, number = [0] * len(scores), set(range(len(scores))), 0
    while left:
        number += 1
        best = {
            row
            for row in left
            if not any((scores[o] >= scores[row]).all() and (scores[o] > scores[row]).any() for o in left)
        }
        for row in best:
            front[row] = number
        left -= best
    return front


def test_the_fronts_of_six_rows() -> None:
    scores = np.array([[3, 1], [1, 3], [2, 2], [1, 1], [2, 1], [0, 0]], dtype=float)
    assert pareto_front(scores).tolist() == [1, 1, 1, 3, 2, 4]


VALUES = st.sampled_from([0.0, 0.25, 0.5, 1.0, 7.0, -np.inf])


@given(arrays(np.float64, st.tuples(st.integers(0, 25), st.integers(1, 5)), elements=VALUES))
def test_fronts_are_those_of_the_definition(scores: np.ndarray) -> None:
    assert pareto_front(scores).tolist() == by_definition(scores)


@pytest.mark.parametrize("columns", [2, 3, 4])
def test_fronts_of_many_different_values_are_those_of_the_definition(columns: int) -> None:
    scores = np.random.default_rng(columns).normal(size=(150, columns))
    assert pareto_front(scores).tolist() == by_definition(scores)


def test_equal_rows_share_a_front_and_rows_all_alike_are_one() -> None:
    assert pareto_front(np.ones((5, 3))).tolist() == [1] * 5
    assert pareto_front(np.array([[1.0, 2.0], [1.0, 2.0], [0.0, 2.0]])).tolist() == [1, 1, 2]


def test_one_column_ranks_its_values() -> None:
    assert pareto_front(np.array([[2.0], [5.0], [2.0], [-1.0]])).tolist() == [2, 1, 2, 3]


def test_a_row_without_a_value_is_below_every_row_with_one() -> None:
    assert pareto_front(np.array([[1.0, np.nan], [1.0, -1e9], [np.nan, np.nan]])).tolist() == [2, 1, 3]


def test_no_rows_have_no_fronts() -> None:
    assert pareto_front(np.zeros((0, 2))).tolist() == []
