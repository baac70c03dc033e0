"""D2 pruning: messages worked out by hand, the same as a search without a heap, and an exact graph."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlitq.selection import d2_pruning
from vlitq.selection.maths.d2 import nearest_neighbours, passed_forward

NONE = np.zeros((0, 0))


def by_definition(
    scores: np.ndarray, neighbours: np.ndarray, distances: np.ndarray, budget: int, gamma_f: float, gamma_r: float
) -> list[int]:
    value = [
        scores[i] + sum(np.exp(-gamma_f * d) * scores[j] for j, d in zip(neighbours[i], distances[i], strict=True))
        for i in range(len(scores))
    ]
    taken: list[int] = []
    while len(taken) < min(budget, len(scores)):
        best = max(set(range(len(scores))) - set(taken), key=lambda i: (value[i], -i))
        taken.append(best)
        for j, d in zip(neighbours[best], distances[best], strict=True):
            value[j] -= np.exp(-gamma_r * d) * value[best]
    return taken


def test_messages_forward_and_back_by_hand() -> None:
    scores = np.array([1.0, 0.5, 0.6])
    neighbours, distances = np.array([[1], [0], [0]]), np.zeros((3, 1))
    # Forward: 1.5, 1.5, 1.6. Row 2 is taken, and takes all of 1.6 from row 0: -0.1. Row 1 is next.
    np.testing.assert_allclose(passed_forward(scores, neighbours, distances), [1.5, 1.5, 1.6])
    assert d2_pruning(scores, neighbours, distances, 3).tolist() == [2, 1, 0]


def test_far_neighbours_pass_nothing_on() -> None:
    scores = np.array([0.1, 0.9, 0.5])
    neighbours = np.array([[1], [2], [0]])
    assert d2_pruning(scores, neighbours, np.full((3, 1), 1e3), 3).tolist() == [1, 2, 0]


def test_a_row_takes_less_back_from_afar() -> None:
    scores = np.array([1.0, 0.9, 0.3])
    neighbours, distances = np.array([[1], [0], [-1]]), np.array([[0.5], [0.5], [0]])
    near = d2_pruning(scores, neighbours, distances, 2, gamma_f=1e9, gamma_r=0.0)
    far = d2_pruning(scores, neighbours, distances, 2, gamma_f=1e9, gamma_r=9.0)
    assert (near.tolist(), far.tolist()) == ([0, 2], [0, 1])


def test_missing_neighbours_count_for_nothing() -> None:
    scores, distances = np.array([0.2, 0.1]), np.zeros((2, 2))
    neighbours = np.full((2, 2), -1)
    np.testing.assert_array_equal(passed_forward(scores, neighbours, distances), scores)
    assert d2_pruning(scores, neighbours, distances, 2).tolist() == [0, 1]


@given(st.integers(1, 12), st.integers(0, 4), st.integers(0, 14), st.integers(0, 99), st.booleans())
def test_the_heap_takes_what_a_search_of_all_takes(rows: int, k: int, budget: int, seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, 3)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    near = nearest_neighbours(x, k)
    scores = rng.integers(0, 3, rows) / 4 if ties else rng.random(rows)
    taken = d2_pruning(scores, near.index, near.distance(), budget, 0.7, 0.4)
    assert taken.tolist() == by_definition(scores, near.index, near.distance(), budget, 0.7, 0.4)
    assert len(set(taken.tolist())) == min(rows, budget)


@pytest.mark.parametrize("k", [0, 1, 3, 40])
def test_the_graph_is_that_of_all_cosines(k: int) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((30, 5)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    cosines = (x @ x.T).astype(np.float64)
    np.fill_diagonal(cosines, -np.inf)
    near = nearest_neighbours(x, k)
    np.testing.assert_array_equal(near.index, np.argsort(-cosines, axis=1)[:, : min(k, 29)])
    expected = np.linalg.norm(x[:, None] - x[near.index], axis=2)
    np.testing.assert_allclose(near.distance(), expected, atol=1e-3)
    np.testing.assert_allclose(near.squared_distance(), expected**2, atol=1e-6)


def test_of_many_copies_none_is_its_own_neighbour() -> None:
    near = nearest_neighbours(np.tile(np.array([[0.6, 0.8]], np.float32), (9, 1)), 3)
    assert near.index.shape == (9, 3)
    assert not (near.index == np.arange(9)[:, None]).any()
    np.testing.assert_allclose(near.distance(), 0, atol=1e-3)


def test_of_rows_all_alike_without_neighbours_the_first_are_taken() -> None:
    assert d2_pruning(np.ones(4), np.zeros((4, 0), int), np.zeros((4, 0)), 2).tolist() == [0, 1]
    assert d2_pruning(np.zeros(0), np.zeros((0, 0), int), NONE, 2).tolist() == []


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no finite number"):
        d2_pruning(np.array([0.1, np.nan]), np.zeros((2, 0), int), np.zeros((2, 0)), 1)
