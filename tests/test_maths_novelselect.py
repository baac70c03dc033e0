"""NovelSelect: the definition by sorting all distances for every pick, and the densities by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import unit

from vlitq.selection import novelselect
from vlitq.selection.maths.novelselect import density, novel_rows


def novelties(x: np.ndarray, taken: list[int], sigma: np.ndarray, power: float) -> np.ndarray:
    """Of every row the mean over the rows taken of its distances, weighed by rank; the paper's v with σ_i + σ_j."""
    distance = (1 - x.astype(float) @ x[taken].T.astype(float)).clip(0) * (sigma[:, None] + sigma[taken])
    return (np.sort(distance, axis=1) / np.arange(1, len(taken) + 1) ** power).mean(axis=1)


def test_density_is_the_root_of_the_mean_squared_distance_inverted() -> None:
    # Unit rows at right angles are √2 apart, those opposite 2: means of 2 and 4, of 2 and 2 and of 4 and 2.
    x = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)
    np.testing.assert_allclose(density(x, 2), 1 / np.sqrt([3, 2, 3]), rtol=1e-6)
    np.testing.assert_allclose(density(x, 1), 1 / np.sqrt([2, 2, 2]), rtol=1e-6)
    np.testing.assert_allclose(density(x, 2, power=0), [1, 1, 1])


def test_copies_are_counted_once_and_share_a_density() -> None:
    x = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)
    np.testing.assert_array_equal(density(np.repeat(x, 4, axis=0), 2), np.repeat(density(x, 2), 4))


def test_rows_without_another_have_a_density_of_one() -> None:
    np.testing.assert_array_equal(density(np.ones((3, 1), np.float32)), [1, 1, 1])


def test_the_first_three_by_hand() -> None:
    # At 0, 90, 180 and 10 degrees, with σ = 1: from row 0, the opposite is the farthest. Then row 1, at right
    # angles to both, has 2/1 + 2/2 = 3; row 3 has 2·(1 − cos 10°) + (1 + cos 10°) = 2.015.
    angles = np.deg2rad([0, 90, 180, 10])
    x = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert novelselect(x, 3, density_power=0).tolist() == [0, 2, 1]
    np.testing.assert_allclose(novel_rows(x, 3, density_power=0).novelty, [np.nan, 4, 1.5], rtol=1e-6)


def test_without_a_rank_the_mean_distance_decides() -> None:
    # To rows at 0 and 180 degrees the mean distance of any row is the same: the first of equals is taken.
    angles = np.deg2rad([0, 30, 180, 90])
    x = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert novelselect(x, 4, density_power=0, distance_power=0).tolist() == [0, 2, 1, 3]


@settings(deadline=None)  # the first call imports faiss
@given(st.integers(1, 90), st.integers(0, 95), st.integers(0, 999), st.sampled_from([0.0, 0.5, 1.0, 2.0]))
def test_every_pick_is_the_most_novel_of_the_definition(rows: int, budget: int, seed: int, power: float) -> None:
    rng = np.random.default_rng(seed)
    x = unit(rows, 4, rng)
    if rng.random() < 0.3:
        x = x[rng.integers(0, rows, rows)]
    found = novel_rows(x, budget, start=rows - 1, distance_power=power)
    sigma, taken = density(x), found.order.tolist()
    assert len(set(taken)) == len(taken) == min(rows, budget)
    assert taken[:1] == [rows - 1][:budget]
    for count in range(1, len(taken)):
        value = novelties(x, taken[:count], sigma, power)
        largest = np.delete(value, taken[:count]).max()
        assert value[taken[count]] >= largest - 1e-4 * abs(largest) - 1e-4
        np.testing.assert_allclose(found.novelty[count], value[taken[count]], rtol=1e-3, atol=1e-3)
    if taken:
        left = np.setdiff1d(np.arange(rows), taken)
        assert (novelties(x, taken, sigma, power)[left] <= found.at_most[left] * (1 + 1e-3) + 1e-3).all()


def test_only_directions_count() -> None:
    x = unit(500, 8)
    assert novelselect(x, 100).tolist() == novelselect(x.astype(float) * 3, 100).tolist()


@pytest.mark.parametrize("budget", [0, 1, 4, 9])
def test_rows_all_alike_are_taken_in_order(budget: int) -> None:
    assert novelselect(np.ones((5, 2)), budget).tolist() == list(range(min(5, budget)))


def test_no_rows_give_no_rows() -> None:
    assert novelselect(np.zeros((0, 3)), 4).tolist() == []
