"""k-center takes the farthest row next, by the definition, and stands rows that are alike."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlitq.selection import k_center
from vlitq.selection.maths.k_center import centers


def by_definition(x: np.ndarray, budget: int, start: int) -> list[int]:
    """Distances as they are defined, between all pairs; the lowest position of equals."""
    distance = np.linalg.norm(x[:, None].astype(float) - x[None].astype(float), axis=2)
    taken = [start]
    while len(taken) < min(budget, len(x)):
        nearest = distance[:, taken].min(axis=1).round(9)
        nearest[taken] = -1
        taken.append(int(np.argmax(nearest)))
    return taken


def test_on_a_line_the_ends_come_first_and_then_the_middle_of_the_widest_gap() -> None:
    x = np.array([[0.0], [1], [2], [10], [6]])
    assert k_center(x, 5).tolist() == [0, 3, 4, 2, 1]
    found = centers(x, 3)
    assert found.distance.tolist() == [np.inf, 10, 4]
    assert found.nearest.tolist() == [0, 0, 0, 3, 4]
    assert found.radius.tolist() == [0, 1, 2, 0, 0]


@settings(max_examples=60)
@given(st.data(), st.integers(1, 12), st.integers(0, 14))
def test_it_is_the_greedy_of_the_definition_ties_to_the_lowest_position(
    data: st.DataObject, rows: int, budget: int
) -> None:
    values = st.integers(-3, 3)
    x = np.array(data.draw(st.lists(st.tuples(values, values), min_size=rows, max_size=rows)), dtype=np.float32)
    start = data.draw(st.integers(0, rows - 1))
    expected = by_definition(x, budget, start)[: min(budget, rows)]
    assert k_center(x, budget, start).tolist() == expected


def test_on_random_vectors_it_is_the_definition_too() -> None:
    x = np.random.default_rng(5).standard_normal((300, 40))
    assert k_center(x, 120, 7).tolist() == by_definition(x, 120, 7)
    assert k_center(x.astype(np.float32), 120, 7).tolist() == by_definition(x.astype(np.float32), 120, 7)


def test_no_choice_of_centers_more_than_halves_the_radius() -> None:
    x = np.random.default_rng(1).standard_normal((9, 2))
    distance = np.linalg.norm(x[:, None] - x[None], axis=2)
    best = min(distance[:, list(some)].min(axis=1).max() for some in combinations(range(9), 3))
    assert centers(x, 3).radius.max() <= 2 * best + 1e-12


def test_without_a_start_the_row_nearest_to_the_mean_is_first() -> None:
    assert k_center(np.array([[0.0, 0], [4, 0], [2, 1], [0, 4], [4, 4]]), 1, None).tolist() == [2]


@pytest.mark.parametrize("start", [0, None])
@pytest.mark.parametrize(("rows", "budget"), [(0, 3), (1, 0), (1, 1), (4, 0), (4, 3), (4, 9)])
def test_rows_all_alike_are_taken_by_position_and_as_many_as_there_are(
    rows: int, budget: int, start: int | None
) -> None:
    x = np.full((rows, 5), 0.3, np.float32)
    taken = k_center(x, budget, start)
    assert taken.tolist() == list(range(min(rows, budget)))
    assert taken.dtype == np.int64


def test_copies_come_last_though_floats_round() -> None:
    rng = np.random.default_rng(2)
    some = rng.standard_normal((50, 96)).astype(np.float32)
    x = np.concatenate([some, some])
    order = k_center(x, 100)
    assert set(order[:50].tolist()) == set(range(50))
    assert order[50:].tolist() == list(range(50, 100))


def test_half_floats_in_a_file_give_what_the_same_numbers_give_in_memory(tmp_path: Path) -> None:
    x = np.random.default_rng(3).standard_normal((80, 16)).astype(np.float16)
    stored = np.memmap(tmp_path / "x", np.float16, "w+", shape=x.shape)
    stored[:] = x
    np.testing.assert_array_equal(k_center(stored, 30), k_center(x.astype(np.float32), 30))


def test_a_negative_budget_is_an_error() -> None:
    with pytest.raises(ValueError, match="budget -1 is negative"):
        k_center(np.ones((2, 2)), -1)
