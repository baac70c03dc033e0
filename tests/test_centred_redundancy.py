"""PRISM's redundancy is the mean cosine with all others about the mean, and null where there is nothing to compare."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.schema import Array
from vlitq_scorers.redundancy.centred_redundancy import CentredRedundancy


def redundancy(vectors: Array) -> Array:
    (column,) = CentredRedundancy.columns
    return column.check(CentredRedundancy().score(vectors)["redundancy"], len(vectors)).filled(np.nan)


def by_definition(vectors: Array) -> Array:
    away = vectors - vectors.mean(axis=0)
    unit = away / np.linalg.norm(away, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, 0)
    return np.asarray(cosines.sum(axis=1) / (len(vectors) - 1))


def test_it_is_the_mean_cosine_with_all_others_about_the_mean() -> None:
    vectors = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32)
    np.testing.assert_allclose(redundancy(vectors), by_definition(vectors.astype(np.float64)), atol=1e-12)


def test_three_alike_and_one_opposite() -> None:
    found = redundancy(np.array([[1, 0], [1, 0], [1, 0], [-1, 0]], np.float32))
    np.testing.assert_allclose(found, [1 / 3, 1 / 3, 1 / 3, -1])  # about the mean (½, 0): +, +, +, −


def test_a_sample_without_an_image_has_none_and_changes_no_other() -> None:
    vectors = np.random.default_rng(1).standard_normal((6, 4)).astype(np.float32)
    with_gap = np.insert(vectors, 2, np.nan, axis=0)
    found = redundancy(with_gap)
    assert np.isnan(found[2])
    np.testing.assert_allclose(np.delete(found, 2), redundancy(vectors))


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_without_another_image_there_is_no_redundancy(rows: int) -> None:
    vectors = np.full((rows, 4), np.nan, np.float32)
    vectors[:1] = 0.5
    assert np.isnan(redundancy(vectors)).all()


def test_images_all_alike_are_told_from_the_mean_by_nothing() -> None:
    np.testing.assert_array_equal(redundancy(np.ones((4, 3), np.float32)), [0, 0, 0, 0])
