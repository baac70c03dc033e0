"""Blocked neighbours are those of the full similarity matrix, ties included."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.schema import Array
from vlitq_scorers.maths import nearest as module
from vlitq_scorers.maths.nearest import UnitRows, nearest, pairs_above


def rows(vectors: Array) -> UnitRows:
    return UnitRows((vectors,), np.arange(len(vectors)))


def small_integers(count: int) -> Array:
    """Vectors of ones and zeros in four places out of 16: many equal similarities, none of them rounded."""
    rng = np.random.default_rng(count)
    return np.array([rng.permutation([1] * 4 + [0] * 12) for _ in range(count)], np.float32)


@pytest.mark.parametrize("count", [1, 2, 9, 40])
@pytest.mark.parametrize("k", [1, 3, 12])
def test_neighbours_are_those_of_the_whole_matrix(count: int, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 7)
    vectors = small_integers(count)
    similarity = vectors @ vectors.T / 4
    np.fill_diagonal(similarity, -np.inf)
    places = min(k, count - 1)
    found = nearest(rows(vectors), k)
    assert found.position.shape == (count, k)
    np.testing.assert_allclose(found.similarity[:, :places], -np.sort(-similarity, axis=1)[:, :places], atol=1e-6)
    listed = np.take_along_axis(similarity, found.position[:, :places], 1)
    np.testing.assert_allclose(found.similarity[:, :places], listed, atol=1e-6)
    assert all(len(set(one.tolist())) == places for one in found.position[:, :places])
    assert (found.position[:, places:] == -1).all()
    assert np.isnan(found.similarity[:, places:]).all()


def test_equals_come_in_order_of_position() -> None:
    vectors = np.array([[1, 0], [0, 1], [0, 1], [0, 1]], np.float32)
    assert nearest(rows(vectors), 3).position[0].tolist() == [1, 2, 3]


def test_no_rows_have_no_neighbours() -> None:
    assert nearest(rows(np.empty((0, 4), np.float32)), 3).position.shape == (0, 3)


def test_the_similarity_of_two_parts_is_the_mean_of_their_cosines() -> None:
    same, across = np.array([[1, 0], [1, 0]], np.float32), np.array([[1, 0], [0, 5]], np.float32)
    assert nearest(UnitRows((same, across), np.arange(2)), 1).similarity[0, 0] == pytest.approx(0.5)


def test_a_zero_vector_is_like_nothing() -> None:
    assert nearest(rows(np.array([[0, 0], [1, 0]], np.float32)), 1).similarity.tolist() == [[0], [0]]


def test_all_pairs_above_a_threshold_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", 7)
    monkeypatch.setattr(module, "STRIP", 3)
    vectors, queries = small_integers(40), np.arange(0, 40, 2)
    portions = pairs_above(rows(vectors), queries, 0.5)
    found = {(int(a), int(b)) for one, other in portions for a, b in zip(one, other, strict=True)}
    query, other = np.nonzero(vectors[queries] @ vectors.T >= 2)
    assert found == set(zip(queries[query].tolist(), other.tolist(), strict=True))
