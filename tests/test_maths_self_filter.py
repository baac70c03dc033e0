"""Self-Filter: the most difficult row is taken, and its neighbours lose what they share with it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import unit

from vlitq.selection import self_filter
from vlitq.selection.maths.self_filter import self_filter_of


def by_definition(difficulty: np.ndarray, x: np.ndarray, budget: int, gamma: float, k: int) -> list[int]:
    """Of the rows left always the most difficult, and the k of the others left that are most like it lose by it."""
    left, value, taken = list(range(len(x))), difficulty.astype(float), []
    while left and len(taken) < budget:
        best = max(left, key=lambda i: (value[i], -i))
        left.remove(best)
        taken.append(best)
        cosine = {j: float(x[j] @ x[best]) for j in left}
        for j in sorted(left, key=lambda j: -cosine[j])[:k]:
            value[j] -= gamma * value[best] * cosine[j] ** 2
    return taken


def test_a_copy_of_what_is_taken_loses_all_by_hand() -> None:
    # Row 0 is taken: row 1, its copy, falls from 0.9 to -0.1, and row 2 stays at 0.2.
    neighbours, cosines = np.array([[1], [0], [0]]), np.array([[1.0], [1.0], [0.0]])
    assert self_filter(np.array([1.0, 0.9, 0.2]), neighbours, cosines, 3).tolist() == [0, 2, 1]


def test_the_loss_grows_with_the_square_of_the_cosine_and_with_gamma() -> None:
    # A cosine of 0.5 costs row 1 a quarter of 0.8: 0.6, still above 0.55; with gamma = 2 it is 0.4.
    neighbours, cosines = np.array([[1], [0], [-1]]), np.array([[0.5], [0.5], [0.0]])
    difficulty = np.array([0.8, 0.8, 0.55])
    assert self_filter(difficulty, neighbours, cosines, 3).tolist() == [0, 1, 2]
    assert self_filter(difficulty, neighbours, cosines, 3, gamma=2).tolist() == [0, 2, 1]


def test_what_a_row_takes_from_others_is_its_difficulty_as_lowered() -> None:
    # Row 0 leaves row 1 with 0.1, so that row 1 takes 0.1 from row 2, not 0.9: 0.05 - 0.1 is below row 3's 0.
    neighbours, cosines = np.array([[1], [2], [-1], [-1]]), np.array([[np.sqrt(0.9)], [1.0], [0.0], [0.0]])
    taken = self_filter(np.array([1.0, 1.0, 0.05, 0.0]), neighbours, cosines, 4)
    assert taken.tolist() == [0, 1, 3, 2]


def test_a_row_of_negative_difficulty_raises_its_neighbours() -> None:
    neighbours, cosines = np.array([[2], [-1], [-1]]), np.array([[1.0], [0.0], [0.0]])
    assert self_filter(np.array([-1.0, -1.5, -2.0]), neighbours, cosines, 3).tolist() == [0, 2, 1]


def test_neighbours_that_are_taken_are_passed_over_in_favour_of_the_next() -> None:
    # With k = 1, row 1 lowers row 2, as row 0 is taken; row 3 has less than row 2 had, and more than it has.
    neighbours, cosines = np.array([[3], [0], [0], [0]]), np.array([[0.0], [1.0], [1.0], [0.0]])
    neighbours, cosines = np.hstack([neighbours, [[1], [2], [1], [1]]]), np.hstack([cosines, np.ones((4, 1))])
    assert self_filter(np.array([1.0, 0.9, 0.8, 0.5]), neighbours, cosines, 4, k=1).tolist() == [0, 1, 3, 2]


def test_without_gamma_or_neighbours_the_most_difficult_are_taken() -> None:
    difficulty = np.array([0.1, 0.9, 0.9, 0.4])
    neighbours, cosines = np.array([[1], [2], [1], [0]]), np.ones((4, 1))
    assert self_filter(difficulty, neighbours, cosines, 3, gamma=0).tolist() == [1, 2, 3]
    assert self_filter(difficulty, np.zeros((4, 0), int), np.zeros((4, 0)), 3).tolist() == [1, 2, 3]


@settings(deadline=None)  # the first call imports faiss
@given(st.integers(1, 14), st.integers(0, 5), st.integers(0, 16), st.integers(0, 999))
def test_the_result_is_that_of_the_definition(rows: int, k: int, budget: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, difficulty = unit(rows, 3, rng), rng.random(rows)
    found = self_filter_of(difficulty, x, budget, 0.8, k)
    assert found.order.tolist() == by_definition(difficulty, x, budget, 0.8, k)
    assert len(found.order) == min(rows, budget)


def test_all_neighbours_listed_are_enough_for_the_definition() -> None:
    rng = np.random.default_rng(1)
    x, difficulty = unit(12, 4, rng), rng.random(12)
    cosines = (x @ x.T).astype(float)
    np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1)[:, :11]
    taken = self_filter(difficulty, order, np.take_along_axis(cosines, order, axis=1), 12, 1.0, k=3)
    assert taken.tolist() == by_definition(difficulty, x, 12, 1.0, 3)


@pytest.mark.parametrize("budget", [0, 1, 4, 9])
def test_rows_all_alike_are_no_special_case(budget: int) -> None:
    taken = self_filter_of(np.ones(4), np.ones((4, 1), np.float32), budget).order
    assert taken.tolist() == list(range(min(4, budget)))


def test_a_difficulty_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no finite number"):
        self_filter(np.array([np.nan]), np.array([[-1]]), np.zeros((1, 1)), 1)
