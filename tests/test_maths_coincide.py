"""COINCIDE: numbers worked out by hand, the greedy choice by its definition, and budgets met to the row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlitq.selection import coincide, greedy_mmd, spherical_kmeans
from vlitq.selection.maths.coincide import (
    cluster_budgets,
    cluster_probabilities,
    density,
    transferability,
)


def unit_rows(rows: int, dim: int, seed: int = 0) -> np.ndarray:
    x = np.random.default_rng(seed).standard_normal((rows, dim))
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True), np.float32)


def kernel(x: np.ndarray, gamma: float) -> np.ndarray:
    x = x.astype(np.float64)
    return np.asarray(np.exp(-((x[:, None] - x[None]) ** 2).sum(axis=2) / (2 * gamma**2)))


def by_definition(x: np.ndarray, budget: int, gamma: float) -> list[int]:
    """MMD² of every set one row larger, and the row that makes it smallest."""
    k = kernel(x, gamma)
    taken: list[int] = []
    while len(taken) < budget:
        best = {}
        for row in sorted(set(range(len(x))) - set(taken)):
            those = [*taken, row]
            best[row] = k.mean() + k[np.ix_(those, those)].mean() - 2 * k[:, those].mean()
        taken.append(min(best, key=best.__getitem__))
    return taken


def test_the_worked_example_of_probabilities_comes_out() -> None:
    p = cluster_probabilities(np.array([0.5, 0.5, 0.2]), np.array([0.5, 0.25, 0.5]), tau=0.1)
    np.testing.assert_allclose(p, [4.53979e-5, 0.999954, 1.12530e-7], rtol=1e-5)


def test_probabilities_of_a_cluster_of_almost_no_density_do_not_overflow() -> None:
    p = cluster_probabilities(np.array([0.5, 0.5]), np.array([1e-9, 1.0]), tau=0.1)
    np.testing.assert_array_equal(p, [1, 0])


def test_transferability_is_the_mean_cosine_to_the_other_centroids() -> None:
    centroids = np.array([[1, 0], [0, 1], [0.6, 0.8]])
    np.testing.assert_allclose(transferability(centroids), [0.3, 0.4, 0.7])


def test_centroids_with_a_cosine_above_nine_tenths_do_not_count() -> None:
    centroids = np.array([[1, 0, 0], [0.96, 0.28, 0], [0, 0, 1]])
    np.testing.assert_allclose(transferability(centroids), [0, 0, 0], atol=1e-12)
    near = np.array([[1, 0], [0.96, 0.28], [0.6, 0.8]])  # cosines 0.96, 0.6 and 0.8
    np.testing.assert_allclose(transferability(near), [0.6, 0.8, 0.7])


def test_transferability_to_the_nearest_counts_them_all() -> None:
    near = np.array([[1, 0], [0.96, 0.28], [0.6, 0.8]])
    np.testing.assert_allclose(transferability(near, neighbours=1), [0.96, 0.96, 0.8])
    np.testing.assert_allclose(transferability(near, neighbours=9), [0.78, 0.88, 0.7])


def test_a_lone_cluster_transfers_nothing() -> None:
    np.testing.assert_array_equal(transferability(np.array([[1.0, 0]])), [0])
    np.testing.assert_array_equal(transferability(np.array([[1.0, 0]]), neighbours=4), [0])


def test_density_is_the_mean_kernel_of_all_pairs() -> None:
    x = np.array([[0.0, 0], [2, 0]])
    assert density(x, gamma=1) == pytest.approx((2 + 2 * np.exp(-2)) / 4)
    assert density(x[:1]) == 1
    assert density(np.ones((5, 3))) == 1


def test_density_is_the_same_in_blocks() -> None:
    x = unit_rows(1500, 2)
    assert density(x, 0.5) == pytest.approx(kernel(x, 0.5).mean(), rel=1e-12)


def test_what_a_small_cluster_cannot_give_is_passed_on_and_then_handed_back() -> None:
    # Half of 10 to the first, then all that is left to the second, which has 2; the other 3 begin the walk anew.
    quota, walk = cluster_budgets(np.zeros(2), np.array([10, 2]), 10)
    assert quota.tolist() == [8, 2]
    assert walk.tolist() == [0, 1]
    # The best scored is served first, and gives all it has; the next gets what is left.
    quota, walk = cluster_budgets(np.array([0.0, 9]), np.array([10, 2]), 10)
    assert (quota.tolist(), walk.tolist()) == ([8, 2], [1, 0])


def test_clusters_of_equal_score_give_the_same() -> None:
    quota, _ = cluster_budgets(np.ones(4), np.full(4, 50), 100)
    assert quota.tolist() == [25, 25, 25, 25]


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9)), max_size=8), st.integers(0, 60))
def test_budgets_of_clusters_add_up_and_exceed_no_size(clusters: list[tuple[float, int]], budget: int) -> None:
    sizes = np.array([size for _, size in clusters], np.int64)
    quota, _ = cluster_budgets(np.array([score for score, _ in clusters]), sizes, budget)
    assert quota.sum() == min(budget, sizes.sum())
    assert ((quota >= 0) & (quota <= sizes)).all()


@pytest.mark.parametrize("gamma", [0.3, 1.0, 5.0])
def test_rows_are_taken_that_bring_the_discrepancy_lowest(gamma: float) -> None:
    x = unit_rows(14, 3)
    assert greedy_mmd(x, 9, gamma).tolist() == by_definition(x, 9, gamma)


def test_the_order_is_the_same_whether_the_kernel_is_kept_or_not() -> None:
    x = unit_rows(4100, 2)  # above the rows whose kernel is kept
    k = np.exp(x.astype(np.float64) @ x.astype(np.float64).T - 1)  # unit rows, gamma 1
    first = int(np.argmax(k.mean(axis=1)))
    second = int(np.argmin(np.where(np.arange(len(x)) == first, np.inf, k[first] / 2 - k.mean(axis=1))))
    assert greedy_mmd(x, 2).tolist() == [first, second]


def test_of_rows_all_alike_the_first_are_taken() -> None:
    assert greedy_mmd(np.ones((5, 2)), 3).tolist() == [0, 1, 2]


@given(st.integers(0, 12), st.integers(0, 15), st.integers(1, 3))
def test_the_budget_is_met_exactly_and_no_row_is_taken_twice(rows: int, budget: int, kinds: int) -> None:
    x = np.eye(3, dtype=np.float32)[np.arange(rows) % kinds].reshape(rows, 3)
    labels = np.arange(rows) % 2 * 7 - 3  # any integers
    taken = coincide(x, labels, budget)
    assert len(taken) == len(set(taken.tolist())) == min(budget, rows)
    assert taken.dtype == np.int64


def test_transferable_and_thin_clusters_give_most() -> None:
    x = np.concatenate([unit_rows(40, 6, seed=1), np.tile(unit_rows(1, 6, seed=2), (40, 1))])
    labels = np.repeat([0, 1], 40)
    thin = coincide(x, labels, 40, transfer=np.array([0.5, 0.5]))
    assert (thin < 40).sum() > 35
    transferable = coincide(x, labels, 40, transfer=np.array([0.05, 0.9]))
    assert (transferable < 40).sum() < 10


def test_clusters_come_as_they_were_found_or_as_labels() -> None:
    x = unit_rows(60, 4)
    found = spherical_kmeans(x, 5, np.random.default_rng(0), iterations=50)
    transfer = transferability(found.centroids)
    assert coincide(x, found, 20).tolist() == coincide(x, found.label, 20, transfer=transfer).tolist()


def test_what_does_not_fit_is_said() -> None:
    x = unit_rows(4, 2)
    with pytest.raises(ValueError, match="3 labels for 4 rows"):
        coincide(x, np.zeros(3, int), 2)
    with pytest.raises(ValueError, match="1 numbers for 2 clusters"):
        coincide(x, np.array([0, 0, 1, 1]), 2, transfer=np.zeros(1))
    with pytest.raises(ValueError, match="temperature"):
        coincide(x, np.zeros(4, int), 2, tau=0)
