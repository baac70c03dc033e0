"""Graph cut is the greedy of its definition, from a matrix or from vectors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlitq.selection import graph_cut
from vlitq.selection.maths.graph_cut import graph_cut_of, graph_cut_value


def value(similarity: np.ndarray, taken: list[int], lambda_: float) -> float:
    every = sum(similarity[i, j] for i in range(len(similarity)) for j in taken)
    return float(every - lambda_ * sum(similarity[i, j] for i in taken for j in taken))


def by_definition(similarity: np.ndarray, budget: int, lambda_: float) -> list[int]:
    taken: list[int] = []
    while len(taken) < min(budget, len(similarity)):
        left = [j for j in range(len(similarity)) if j not in taken]
        taken.append(max(left, key=lambda j: (round(value(similarity, [*taken, j], lambda_), 9), -j)))
    return taken


def test_a_pair_of_copies_is_taken_once_before_the_odd_one_where_rows_are_told_apart() -> None:
    similarity = np.array([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]])
    # Gains at λ = 1: 2 − 1, 2 − 1, 1 − 1; after row 0 the copy has 2 − 1 − 2 = −1, the odd one still 0.
    assert graph_cut(similarity, 3, lambda_=1.0).tolist() == [0, 2, 1]
    # At λ = 0.25: 1.75, 1.75, 0.75; after row 0 the copy has 1.25.
    assert graph_cut(similarity, 3, lambda_=0.25).tolist() == [0, 1, 2]
    assert graph_cut_value(similarity, np.array([0, 2]), 1.0) == 1.0


@settings(max_examples=60)
@given(st.data(), st.integers(1, 7), st.integers(0, 9), st.sampled_from([0.0, 0.3, 0.5, 1.0, 2.5]))
def test_it_is_the_greedy_of_the_definition_ties_to_the_lowest_position(
    data: st.DataObject, rows: int, budget: int, lambda_: float
) -> None:
    tenths = st.integers(-10, 10).map(lambda number: number / 10)
    similarity = np.array(data.draw(st.lists(tenths, min_size=rows * rows, max_size=rows * rows))).reshape(rows, rows)
    assert graph_cut(similarity, budget, lambda_).tolist() == by_definition(similarity, budget, lambda_)


@pytest.mark.parametrize("lambda_", [0.2, 0.5, 3.0])
def test_vectors_give_what_their_matrix_gives(lambda_: float) -> None:
    x = np.random.default_rng(0).standard_normal((120, 16)) + 1
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    order = graph_cut(x @ x.T, 40, lambda_)
    np.testing.assert_array_equal(graph_cut_of(x, 40, lambda_), order)
    np.testing.assert_array_equal(graph_cut_of(x.astype(np.float32), 40, lambda_), order)


@pytest.mark.parametrize(("rows", "budget"), [(0, 3), (1, 0), (1, 1), (4, 0), (4, 3), (4, 9)])
def test_rows_all_alike_are_taken_by_position_and_as_many_as_there_are(rows: int, budget: int) -> None:
    expected = list(range(min(rows, budget)))
    assert graph_cut(np.ones((rows, rows)), budget).tolist() == expected
    assert graph_cut_of(np.full((rows, 3), 3**-0.5, np.float32), budget).tolist() == expected
