"""DCScore, NovelSum and singular-value entropy: the worked examples, and what follows from their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq_scorers.maths.set_diversity import dcscore, novelsum, singular_value_entropy


@pytest.mark.parametrize(("count", "expected"), [(4, 1.9014675457), (10, 2.3196931668)])
def test_dcscore_of_orthonormal_vectors_is_the_closed_form(count: int, expected: float) -> None:
    assert dcscore(np.eye(count)) == pytest.approx(expected, abs=1e-9)


def test_dcscore_of_vectors_that_are_all_alike_is_one() -> None:
    assert dcscore(np.ones((7, 4)) / 2) == pytest.approx(1)


def test_dcscore_does_not_overflow_at_a_low_temperature() -> None:
    assert dcscore(np.eye(3), temperature=1e-3) == pytest.approx(3)


@pytest.mark.parametrize(("power", "expected"), [(0, 0.666667), (1, 0.454545), (2, 0.265306)])
def test_novelsum_of_three_orthonormal_vectors(power: float, expected: float) -> None:
    assert novelsum(1 - np.eye(3), power=power) == pytest.approx(expected, abs=1e-6)


def test_novelsum_weighs_samples_by_their_density() -> None:
    distances = 1 - np.eye(2)
    assert novelsum(distances, np.array([2.0, 4.0]), power=0) == pytest.approx(1.5)


def test_novelsum_grows_with_the_distances() -> None:
    rng = np.random.default_rng(0)
    distances = rng.random((5, 5))
    assert novelsum(2 * distances) == pytest.approx(2 * novelsum(distances))


def test_singular_value_entropy_of_the_worked_example() -> None:
    assert singular_value_entropy(np.diag([3.0, 1.0])) == pytest.approx(0.5623351446, abs=1e-9)


def test_singular_value_entropy_is_nothing_for_one_direction_and_log_n_for_n_alike() -> None:
    assert singular_value_entropy(np.ones((3, 2))) == pytest.approx(0, abs=1e-9)
    assert singular_value_entropy(np.zeros((2, 2))) == 0
    assert singular_value_entropy(np.eye(5)) == pytest.approx(np.log(5))


def test_an_empty_set_is_no_error() -> None:
    assert dcscore(np.empty((0, 3))) == 0
    assert np.isnan(novelsum(np.empty((0, 0))))
