"""The exchange after greedy facility location: one pass of swaps by its definition, which never lose anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vectors import unit

from vlitq.selection import facility_location
from vlitq.selection.maths.facility_location import cover, cover_of, facility_location_of, facility_location_value


def value(similarity: np.ndarray, taken: list[int]) -> float:
    return float(similarity[:, taken].max(axis=1).sum())


def by_definition(similarity: np.ndarray, order: list[int], equal: float = 1e-9) -> list[int]:
    """Each pick in turn against every row not taken, the objective anew each time."""
    order = list(order)
    for place in range(len(order) if len(order) > 1 else 0):
        others = order[:place] + order[place + 1 :]
        left = [j for j in range(similarity.shape[1]) if j not in order]
        values = np.array([value(similarity, [*others, j]) for j in left])
        if left and values.max() > value(similarity, order) + equal:
            order[place] = left[int(np.argmax(values >= values.max() - equal))]
    return order


def test_the_middle_that_greedy_took_first_gives_way_once_the_sides_are_taken() -> None:
    # Column sums 2, 2.4 and 2: greedy takes the middle, 1, then 0, which adds 0.8 as 2 does. Beside 0 the middle adds
    # 1.2 and 2 adds 2, so that 2 takes its place, the first.
    similarity = np.array([[1.0, 0.6, 0.0], [1.0, 0.6, 0.0], [0.0, 0.6, 1.0], [0.0, 0.6, 1.0]])
    greedy = cover(similarity, 2, exchange=False)
    assert greedy.order.tolist() == [1, 0]
    found = cover(similarity, 2, exchange=True)
    assert found.order.tolist() == [2, 0]
    assert found.gain.tolist() == [2.0, 2.0]
    assert found.nearest.tolist() == [0, 0, 2, 2]
    assert found.similarity.tolist() == [1.0] * 4
    assert found.left.tolist() == [-np.inf, 0.0, -np.inf]
    assert facility_location(similarity, 2).tolist() == [1, 0], "so few are the greedy sequence"


@settings(max_examples=120, deadline=None)
@given(st.data(), st.integers(1, 9), st.integers(1, 9), st.integers(0, 11), st.booleans())
def test_it_is_one_pass_of_the_definition_over_matrices_of_any_sign_and_shape(
    data: st.DataObject, rows: int, candidates: int, budget: int, whole: bool
) -> None:
    tenths = st.integers(-10, 10).map(lambda number: number / 10)
    size = rows * candidates
    similarity = np.array(data.draw(st.lists(tenths, min_size=size, max_size=size))).reshape(rows, candidates)
    if whole:
        similarity = np.round(similarity * 2).astype(np.int64)
    greedy = facility_location(similarity, budget, exchange=False).tolist()
    found = cover(similarity, budget, exchange=True)
    assert found.order.tolist() == by_definition(similarity, greedy)
    assert found.gain.sum() == pytest.approx(facility_location_value(similarity, found.order))
    if greedy:
        np.testing.assert_array_equal(found.nearest, found.order[similarity[:, found.order].argmax(axis=1)])


@pytest.mark.parametrize(("budget", "dim"), [(2, 3), (25, 3), (60, 8), (119, 8), (120, 8)])
def test_from_vectors_it_is_the_definition_too(budget: int, dim: int) -> None:
    x = unit(120, dim)
    similarity = x.astype(np.float64) @ x.T.astype(np.float64)
    greedy = facility_location_of(x, budget, exchange=False).tolist()
    found = cover_of(x, budget, exchange=True)
    assert found.order.tolist() == by_definition(similarity, greedy, equal=1e-6)
    left = np.maximum(similarity - similarity[:, found.order].max(axis=1, keepdims=True), 0).sum(axis=0)
    left[found.order] = -np.inf
    np.testing.assert_allclose(found.left, left, atol=1e-5)
    np.testing.assert_allclose(found.similarity, similarity[:, found.order].max(axis=1), atol=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_it_is_never_lower_than_greedy_and_higher_where_there_are_groups(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.repeat(unit(60, 16, seed), 10, axis=0) + 0.15 * rng.standard_normal((600, 16)).astype(np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    cosine = x.astype(np.float64) @ x.astype(np.float64).T
    greedy, found = (facility_location_of(x, 100, exchange=exchange) for exchange in (False, True))
    assert facility_location_value(cosine, found) > facility_location_value(cosine, greedy)
    assert len(np.unique(found)) == 100
    np.testing.assert_array_equal(facility_location_of(x, 100), found, "a hundred are exchanged unless told not to")
    np.testing.assert_array_equal(facility_location_of(x, 99), facility_location_of(x, 99, exchange=False))


def test_what_stochastic_greedy_took_is_exchanged_too() -> None:
    x = unit(300, 8)
    cosine = x @ x.T
    some, found = (
        facility_location_of(x, 20, "stochastic", np.random.default_rng(0), 0.5, exchange) for exchange in (False, True)
    )
    assert facility_location_value(cosine, found) > facility_location_value(cosine, some)


@pytest.mark.parametrize(("rows", "budget"), [(0, 3), (1, 0), (1, 1), (4, 0), (4, 1), (4, 3), (4, 9)])
def test_rows_all_alike_stay_as_they_were_taken(rows: int, budget: int) -> None:
    expected = list(range(min(rows, budget)))
    assert facility_location(np.ones((rows, rows)), budget, exchange=True).tolist() == expected
    assert facility_location_of(np.full((rows, 3), 3**-0.5, np.float32), budget, exchange=True).tolist() == expected


@pytest.mark.parametrize("exchange", [False, True])
def test_lists_and_any_float_type_are_taken_and_left_unchanged(exchange: bool) -> None:
    x = unit(40, 4).astype(np.float64)
    similarity = x @ x.T
    before = similarity.copy()
    x.flags.writeable = similarity.flags.writeable = False
    wide = facility_location(similarity, 9, exchange=exchange)
    assert facility_location(similarity.tolist(), 9, exchange=exchange).tolist() == wide.tolist()
    assert facility_location(np.asfortranarray(similarity), 9, exchange=exchange).tolist() == wide.tolist()
    assert facility_location_of(x, 9, exchange=exchange).tolist() == wide.tolist()
    assert facility_location_of(x.tolist(), 9, exchange=exchange).tolist() == wide.tolist()
    assert facility_location_value(similarity.tolist(), wide.tolist()) == facility_location_value(similarity, wide)
    np.testing.assert_array_equal(similarity, before)


def test_all_rows_are_all_rows() -> None:
    x = unit(150, 4)
    assert sorted(facility_location_of(x, 150).tolist()) == list(range(150))
