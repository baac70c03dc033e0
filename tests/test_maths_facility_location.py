"""Facility location is the greedy of its definition, from a matrix or from vectors, and says what each pick gained."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import unit

from vlitq.selection import facility_location
from vlitq.selection.maths.facility_location import cover, cover_of, facility_location_of, facility_location_value

SMALL = np.array([[1.0, 0.5, 0.0, -0.5], [0.5, 1.0, 0.25, 0.0], [0.0, 0.25, 1.0, 0.0], [-0.5, 0.0, 0.0, 1.0]])


def value(similarity: np.ndarray, taken: list[int]) -> float:
    return float(similarity[:, taken].max(axis=1).sum())


def by_definition(similarity: np.ndarray, budget: int, equal: float = 1e-9) -> list[int]:
    """Every candidate's objective anew in every step; the lowest position of those within `equal` of the best."""
    taken: list[int] = []
    while len(taken) < min(budget, similarity.shape[1]):
        left = [j for j in range(similarity.shape[1]) if j not in taken]
        values = np.array([value(similarity, [*taken, j]) for j in left])
        taken.append(left[int(np.argmax(values >= values.max() - equal))])
    return taken


def test_the_first_has_the_largest_column_sum_and_the_next_what_it_leaves_uncovered() -> None:
    # Column sums 1, 1.75, 1.25, 0.5. After 1: the third gains 0.75, the fourth 1, the first 0.5.
    found = cover(SMALL, 4)
    assert found.order.tolist() == [1, 3, 2, 0]
    assert found.gain.tolist() == [1.75, 1.0, 0.75, 0.5]
    two = cover(SMALL, 2)
    assert two.nearest.tolist() == [1, 1, 1, 3]
    assert two.similarity.tolist() == [0.5, 1.0, 0.25, 1.0]
    assert facility_location_value(SMALL, two.order) == two.gain.sum() == 2.75


@settings(max_examples=80)
@given(st.data(), st.integers(1, 9), st.integers(0, 11), st.booleans())
def test_it_is_the_greedy_of_the_definition_ties_to_the_lowest_position(
    data: st.DataObject, rows: int, budget: int, symmetric: bool
) -> None:
    tenths = st.integers(-10, 10).map(lambda number: number / 10)
    similarity = np.array(data.draw(st.lists(tenths, min_size=rows * rows, max_size=rows * rows))).reshape(rows, rows)
    if symmetric:
        similarity = np.maximum(similarity, similarity.T)
    assert facility_location(similarity, budget).tolist() == by_definition(similarity, budget)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_on_random_vectors_it_is_the_definition_too(dtype: type) -> None:
    x = unit(150, 24)
    similarity = (x.astype(np.float64) @ x.T.astype(np.float64)).astype(dtype)
    assert facility_location(similarity, 60).tolist() == by_definition(similarity.astype(np.float64), 60)
    assert facility_location_of(x, 60).tolist() == by_definition(similarity.astype(np.float64), 60, equal=1e-6)


def test_more_rows_than_candidates_are_no_special_case() -> None:
    similarity = np.random.default_rng(4).random((90, 12))
    assert facility_location(similarity, 12).tolist() == by_definition(similarity, 12)


def test_many_rows_go_through_every_block() -> None:
    x = unit(1300, 8)
    found = cover_of(x, 400, exchange=False)
    cosine = x.astype(np.float64) @ x.astype(np.float64).T
    assert found.order[:40].tolist() == by_definition(cosine, 40, equal=1e-6)
    np.testing.assert_allclose(found.gain.sum(), value(cosine, found.order.tolist()), rtol=1e-6)
    np.testing.assert_allclose(found.similarity, cosine[np.arange(1300), found.nearest], atol=1e-6)
    np.testing.assert_allclose(found.similarity, cosine[:, found.order].max(axis=1), atol=1e-6)


def test_vectors_that_are_not_of_unit_length_are_compared_by_their_products() -> None:
    x = unit(60, 6) * 40
    assert facility_location_of(x, 20).tolist() == by_definition(
        x.astype(np.float64) @ x.T.astype(np.float64), 20, 1e-3
    )


def test_gains_never_rise_where_no_similarity_is_negative() -> None:
    found = cover(np.random.default_rng(0).random((40, 40)), 40)
    assert (np.diff(found.gain) <= 1e-12).all()


def test_greedy_reaches_the_share_of_the_best_that_is_proven() -> None:
    similarity = np.random.default_rng(6).random((10, 10))
    best = max(value(similarity, list(some)) for some in combinations(range(10), 3))
    assert facility_location_value(similarity, facility_location(similarity, 3)) >= (1 - 1 / np.e) * best


@pytest.mark.parametrize(("rows", "budget"), [(0, 3), (1, 0), (1, 1), (4, 0), (4, 3), (4, 9)])
def test_rows_all_alike_are_taken_by_position_and_as_many_as_there_are(rows: int, budget: int) -> None:
    expected = list(range(min(rows, budget)))
    assert facility_location(np.ones((rows, rows)), budget).tolist() == expected
    assert facility_location(np.zeros((rows, rows)), budget).tolist() == expected
    assert facility_location_of(np.full((rows, 3), 3**-0.5, np.float32), budget).tolist() == expected
    assert facility_location_of(np.zeros((rows, 3), np.float32), budget).tolist() == expected


def test_stochastic_greedy_with_every_candidate_is_greedy_and_with_few_is_not_far() -> None:
    x = unit(200, 16)
    greedy = facility_location_of(x, 20)
    every = facility_location_of(x, 20, "stochastic", np.random.default_rng(0), epsilon=1e-30)
    np.testing.assert_array_equal(every, greedy)
    some = facility_location_of(x, 20, "stochastic", np.random.default_rng(0), epsilon=0.1)
    cosine = x @ x.T
    assert len(np.unique(some)) == 20
    assert facility_location_value(cosine, some) >= 0.9 * facility_location_value(cosine, greedy)
    again = facility_location_of(x, 20, "stochastic", np.random.default_rng(0), epsilon=0.1)
    np.testing.assert_array_equal(some, again)


def test_stochastic_greedy_says_what_it_lacks() -> None:
    with pytest.raises(ValueError, match="needs rng"):
        facility_location(SMALL, 2, "stochastic")
    with pytest.raises(ValueError, match="epsilon"):
        facility_location(SMALL, 2, "stochastic", np.random.default_rng(0), epsilon=2.0)
