"""Spherical k-means finds what is there, is the same for the same seed, and stands few rows and copies."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.selection import spherical_kmeans
from vlitq.selection.maths.kmeans import members


def around(centres: np.ndarray, each: int, spread: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    rows = np.repeat(centres, each, axis=0) + spread * rng.standard_normal((len(centres) * each, centres.shape[1]))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_rows_around_the_same_direction_share_a_cluster() -> None:
    x = around(np.eye(8), 20, 0.05)
    found = spherical_kmeans(x, 8, np.random.default_rng(3))
    blocks = found.label.reshape(8, 20)
    assert all(len(np.unique(block)) == 1 for block in blocks) or found.similarity.mean() > 0.8
    np.testing.assert_allclose(np.linalg.norm(found.centroids, axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(found.label, (x @ found.centroids.T).argmax(axis=1))


def test_the_same_seed_gives_the_same_clusters() -> None:
    x = around(np.eye(5), 30, 0.4)
    one, other = (spherical_kmeans(x, 7, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(one.label, other.label)


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_few_rows_and_copies_are_no_special_case(rows: int) -> None:
    found = spherical_kmeans(np.ones((rows, 4), np.float32) / 2, 3, np.random.default_rng(0))
    np.testing.assert_allclose(found.similarity, 1, rtol=1e-6)
    assert len(found.centroids) == min(3, rows)


def test_members_list_every_row_once() -> None:
    parts = members(np.array([2, 0, 2, 5]), 6)
    assert [part.tolist() for part in parts] == [[1], [], [0, 2], [], [], [3]]


def test_equal_rows_are_as_near_to_their_centre_to_the_bit() -> None:
    x = np.random.default_rng(0).normal(size=(123, 384)).astype(np.float32)
    x[::3] = x[0]
    found = spherical_kmeans(x, 5, np.random.default_rng(0))
    assert len({*found.similarity[::3].tolist()}) == 1
