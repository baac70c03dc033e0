"""Prototypes: distances by hand, and quotas held against every other way to share."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vectors import directions

from vlitq.selection import density_quotas, self_supervised_prototypes
from vlitq.selection.maths.kmeans import Clusters, assigned
from vlitq.selection.maths.prototypes import (
    by_difficulty,
    complexity,
    difficulty,
    nearest_allocation,
    within_quotas,
)


def around(centroids: np.ndarray, x: np.ndarray) -> Clusters:
    return Clusters(centroids, *assigned(x, centroids))


def test_the_hardest_rows_lie_farthest_from_their_centre() -> None:
    x = directions(0, 2, -2, 20)  # one cluster, its centre at 5 degrees
    hard = self_supervised_prototypes(x, 4, k=1, rng=np.random.default_rng(0))
    easy = self_supervised_prototypes(x, 4, k=1, rng=np.random.default_rng(0), keep="easy")
    assert hard.tolist() == [3, 2, 0, 1]
    assert easy.tolist() == [1, 0, 2, 3]


def test_difficulty_is_one_minus_the_cosine() -> None:
    found = around(directions(0, 90), directions(0, 60, 45 + 1e-3))
    np.testing.assert_allclose(difficulty(found), [0, 1 - np.cos(np.pi / 6), 1 - np.sqrt(0.5)], atol=1e-4)


def test_the_first_of_equals_comes_first() -> None:
    assert by_difficulty(np.array([1.0, 2, 2, 1]), "hard").tolist() == [1, 2, 0, 3]
    assert by_difficulty(np.array([1.0, 2, 2, 1]), "easy").tolist() == [0, 3, 1, 2]


def test_complexity_is_the_spread_within_times_the_distance_to_others() -> None:
    # Centres at 0 and 90 degrees: 1 apart. Rows 60 degrees off would be nearer to the other: 30 degrees is 1 - cos 30.
    found = around(directions(0, 90), directions(30, -30, 90))
    np.testing.assert_allclose(complexity(found), [1 - np.sqrt(0.75), 0], atol=1e-6)


def test_complexity_asks_only_the_nearest_centres() -> None:
    found = around(directions(0, 60, 180), directions(-60, 60, 180))
    np.testing.assert_allclose(complexity(found, nearest=1), [0.5 * 0.5, 0, 0], atol=1e-6)
    np.testing.assert_allclose(complexity(found, nearest=2), [0.5 * (0.5 + 2) / 2, 0, 0], atol=1e-6)


def test_a_lone_cluster_has_no_complexity_and_keeps_the_whole_budget() -> None:
    found = around(directions(0), directions(3, 4, 5))
    np.testing.assert_array_equal(complexity(found), [0])
    assert density_quotas(np.zeros(1), np.array([3]), 2).tolist() == [2]


def test_quotas_follow_the_softmax_where_clusters_are_large() -> None:
    softmax = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()
    quota = density_quotas(np.array([0.1, 0.2, 0.3]), np.full(3, 10**6), 10**5, tau=0.1)
    np.testing.assert_allclose(quota, softmax * 10**5, atol=1)
    assert quota.sum() == 10**5


def test_what_a_small_cluster_cannot_give_is_shared_evenly() -> None:
    # Thirds of 30 are 10 each; the first has 4, so that the level rises by 3 for the others.
    assert density_quotas(np.zeros(3), np.array([4, 50, 50]), 30).tolist() == [4, 13, 13]


def test_every_cluster_keeps_a_row_while_there_are_enough() -> None:
    lopsided = np.array([9.0, 0, 0])
    assert density_quotas(lopsided, np.array([50, 5, 5]), 10).tolist() == [8, 1, 1]
    assert density_quotas(lopsided, np.array([50, 5, 5]), 10, least=0).tolist() == [10, 0, 0]
    assert density_quotas(lopsided, np.array([50, 5, 5]), 2).tolist() == [2, 0, 0]
    assert density_quotas(lopsided, np.array([50, 0, 5]), 10).tolist() == [9, 0, 1]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4)), min_size=1, max_size=4),
    st.integers(0, 14),
    st.sampled_from([0.05, 0.1, 1.0]),
)
def test_no_other_allocation_is_nearer(clusters: list[tuple[float, int]], budget: int, tau: float) -> None:
    c, sizes = (np.array(part) for part in zip(*clusters, strict=True))
    budget = min(budget, int(sizes.sum()))
    quota = density_quotas(c, sizes, budget, tau=tau, least=0)
    weight = np.where(sizes > 0, np.exp((c - c.max()) / tau), 0)
    target = weight / max(weight.sum(), 1e-300) * budget
    every = np.array([q for q in product(*(range(size + 1) for size in sizes)) if sum(q) == budget])
    assert quota.sum() == budget
    assert ((quota >= 0) & (quota <= sizes)).all()
    assert ((quota - target) ** 2).sum() == pytest.approx(((every - target) ** 2).sum(axis=1).min(), abs=1e-9)


@given(
    st.lists(
        st.tuples(st.floats(-5, 9), st.integers(0, 2), st.integers(0, 3)),
        min_size=1,
        max_size=4,
    ),
    st.data(),
)
def test_lower_bounds_hold_and_the_allocation_is_still_the_nearest(
    clusters: list[tuple[float, int, int]], data: st.DataObject
) -> None:
    target, low, more = (np.array(part) for part in zip(*clusters, strict=True))
    high = low + more
    total = data.draw(st.integers(int(low.sum()), int(high.sum())))
    quota = nearest_allocation(target, low, high, total)
    ranges = (range(a, b + 1) for a, b in zip(low, high, strict=True))
    every = np.array([q for q in product(*ranges) if sum(q) == total])
    assert ((quota >= low) & (quota <= high)).all()
    assert ((quota - target) ** 2).sum() == pytest.approx(((every - target) ** 2).sum(axis=1).min(), abs=1e-9)


def test_quotas_are_spent_on_the_hardest_of_each_cluster() -> None:
    distance, label = np.array([0.1, 0.5, 0.3, 0.2, 0.4]), np.array([0, 0, 1, 1, 1])
    assert within_quotas(distance, label, np.array([1, 2]), "hard").tolist() == [1, 4, 2]
    assert within_quotas(distance, label, np.array([1, 2]), "easy").tolist() == [0, 3, 2]
    assert within_quotas(distance, label, np.array([0, 0]), "easy").tolist() == []


@pytest.mark.parametrize("rows", [0, 1, 4])
@pytest.mark.parametrize("budget", [0, 1, 9])
def test_budgets_are_met_for_rows_all_alike(rows: int, budget: int) -> None:
    x = np.ones((rows, 2), np.float32) / np.float32(np.sqrt(2))
    taken = self_supervised_prototypes(x, budget, k=2, rng=np.random.default_rng(0))
    assert taken.tolist() == list(range(min(rows, budget)))


def test_a_temperature_is_above_zero() -> None:
    with pytest.raises(ValueError, match="temperature"):
        density_quotas(np.zeros(2), np.ones(2, int), 1, tau=0)
