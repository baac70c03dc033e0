"""The greedy MAP of a determinantal point process is the one that computes every determinant."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.selection import dpp_map
from vlitq.selection.maths.dpp import dpp_map_of


def by_definition(kernel: np.ndarray, budget: int, start: int | None) -> list[int]:
    """The row with the largest log det of the kernel of all taken, in every step."""
    taken = [] if start is None else [start]
    while len(taken) < budget:
        left = [j for j in range(len(kernel)) if j not in taken]
        volume = [np.linalg.slogdet(kernel[np.ix_([*taken, j], [*taken, j])]) for j in left]
        taken.append(left[int(np.argmax([logdet if sign > 0 else -np.inf for sign, logdet in volume]))])
    return taken


def vectors(rows: int, dim: int) -> np.ndarray:
    x = np.random.default_rng(3).standard_normal((rows, dim))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.parametrize("start", [0, 7, None])
def test_it_is_the_greedy_that_computes_every_determinant(start: int | None) -> None:
    x = vectors(40, 30)
    quality = np.random.default_rng(4).uniform(0.5, 2, 40)
    kernel = quality[:, None] * (x @ x.T) * quality
    assert dpp_map(kernel, 20, start).tolist() == by_definition(kernel, 20, start)


def test_of_three_rows_the_one_at_a_right_angle_comes_second() -> None:
    x = np.array([[1, 0], [0.8, 0.6], [0, 1]])
    assert dpp_map(x @ x.T, 3).tolist() == [0, 2, 1]
    # With quality 2 the slanted row spans 2² · 0.36 = 1.44 beside the first, more than 1.
    quality = np.array([1, 2, 1])
    assert dpp_map(quality[:, None] * (x @ x.T) * quality, 2).tolist() == [0, 1]


def test_without_a_start_the_largest_diagonal_is_first_and_the_first_of_equals() -> None:
    assert dpp_map(np.diag([1.0, 3, 2]), 3, None).tolist() == [1, 2, 0]
    noise = np.diag([1.0, 1 + 2e-16, 1])
    assert dpp_map(noise, 3, None).tolist() == [0, 1, 2]


def test_where_no_row_adds_volume_the_rest_follow_by_position() -> None:
    x = vectors(12, 3)
    order = dpp_map(x @ x.T, 10, 5).tolist()
    assert order[:3] == by_definition(x @ x.T, 3, 5)
    assert order[3:] == [row for row in range(12) if row not in order[:3]][:7]


@pytest.mark.parametrize("width", [None, 0.4])
def test_vectors_give_what_their_kernel_gives_and_how_many_add_volume(width: float | None) -> None:
    x, quality = vectors(50, 8), np.random.default_rng(1).uniform(0.9, 1.1, 50)
    cosine = x @ x.T
    similarity = cosine if width is None else np.exp((cosine - 1) / width**2)
    kernel = quality[:, None] * similarity * quality
    order, spanning = dpp_map_of(x, quality, 20, None, width)
    np.testing.assert_array_equal(order, dpp_map(kernel, 20, None))
    assert spanning == (8 if width is None else 20)


def test_float32_vectors_span_as_much_as_float64_ones() -> None:
    x = vectors(50, 8).astype(np.float32)
    order, spanning = dpp_map_of(x, np.ones(50), 20, None)
    assert 8 <= spanning <= 20
    np.testing.assert_array_equal(order[:8], dpp_map_of(x.astype(np.float64), np.ones(50), 8, None)[0])


@pytest.mark.parametrize("start", [0, None])
@pytest.mark.parametrize(("rows", "budget"), [(0, 3), (1, 0), (1, 1), (4, 0), (4, 3), (4, 9)])
def test_rows_all_alike_are_taken_by_position_and_as_many_as_there_are(
    rows: int, budget: int, start: int | None
) -> None:
    expected = list(range(min(rows, budget)))
    assert dpp_map(np.ones((rows, rows)), budget, start).tolist() == expected
    assert dpp_map(np.zeros((rows, rows)), budget, start).tolist() == expected
    assert dpp_map(np.eye(rows), budget, start).tolist() == expected
