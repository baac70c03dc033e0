"""How far a set spreads and what it covers: by hand on small worlds, and by the definitions on larger ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vlitq.schema import Array
from vlitq_scorers.maths import (
    chamfer,
    coverage,
    dcscore,
    effective_rank,
    knn_distance,
    local_density,
    mean_cosine,
    novelsum,
    partition_entropy,
    radius,
)

AXES = np.eye(4, dtype=np.float32)
NOWHERE = np.full((1, 4), np.nan, np.float32)


def made(rows: int, dim: int = 16, seed: int = 0) -> Array:
    """Unit vectors around a few centres, float32, each nearer to one than to the others."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((5, dim))[rng.integers(0, 5, rows)] + rng.standard_normal((rows, dim)) / 2
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def test_the_mean_cosine_is_that_of_all_pairs() -> None:
    assert mean_cosine(AXES[[0, 0, 1]]) == pytest.approx(1 / 3)
    x = made(50)
    pairs = (x @ x.T)[np.triu_indices(50, 1)]
    assert mean_cosine(3 * x) == pytest.approx(pairs.mean(), abs=1e-6)


def test_the_distance_to_the_nearest_is_the_mean_over_rows_and_neighbours() -> None:
    x = made(60)
    distances = 1 - x @ x.T.astype(np.float64)
    np.fill_diagonal(distances, np.inf)
    nearest = np.sort(distances, axis=1)
    assert chamfer(x) == pytest.approx(nearest[:, 0].mean(), abs=1e-6)
    assert knn_distance(x, 3) == pytest.approx(nearest[:, :3].mean(), abs=1e-6)
    assert knn_distance(AXES[[0, 0, 1]], k=10) == pytest.approx(2 / 3)


def test_the_effective_rank_is_the_exponential_of_the_entropy_of_the_singular_values() -> None:
    assert effective_rank(np.diag([3.0, 1.0])) == pytest.approx(math.exp(0.5623351446), abs=1e-9)
    assert effective_rank(np.eye(5, 9)) == pytest.approx(5)
    assert effective_rank(np.ones((7, 3))) == pytest.approx(1)
    values = np.linalg.svd(made(40).astype(np.float64), compute_uv=False)
    shares = values / values.sum()
    assert effective_rank(made(40)) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))


def test_the_radius_is_the_geometric_mean_of_the_standard_deviations() -> None:
    assert radius(np.array([[0.0, 0.0], [2.0, 8.0]])) == pytest.approx(2)
    x = made(9000) + 1000.0
    assert radius(x) == pytest.approx(np.exp(np.log(x.astype(np.float64).std(axis=0)).mean()), rel=1e-6)


def test_a_constant_dimension_leaves_no_radius() -> None:
    assert radius(np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]])) == 0
    assert radius(AXES[:1]) == 0


def test_the_partition_entropy_counts_the_clusters_that_a_set_falls_into() -> None:
    reference = np.repeat(AXES, 10, axis=0)
    assert partition_entropy(reference, reference, np.random.default_rng(0), 4) == pytest.approx(2)
    assert partition_entropy(AXES[:2], reference, np.random.default_rng(0), 4) == pytest.approx(1)
    assert partition_entropy(AXES[:1], reference, np.random.default_rng(0), 4) == 0


def test_coverage_is_the_share_of_the_reference_within_reach_of_the_set() -> None:
    reference = made(80)
    x = reference[:10] + 0.1 * made(10, seed=1)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    near = 1 - reference @ reference.T.astype(np.float64)
    np.fill_diagonal(near, np.inf)
    reach = np.sort(near, axis=1)[:, 4]
    expected = ((1 - reference @ x.T.astype(np.float64)).min(axis=1) < reach).mean()
    assert 0 < expected < 1
    assert coverage(x, reference) == pytest.approx(expected)


def test_a_set_covers_itself_copies_included_and_nothing_covers_nothing() -> None:
    reference = np.concatenate([made(30), np.repeat(AXES[:1] @ np.eye(4, 16, dtype=np.float32), 9, axis=0)])
    assert coverage(reference, reference) == 1
    assert coverage(reference[:0], reference) == 0


def test_rows_without_a_vector_change_nothing() -> None:
    x = np.concatenate([made(20, 4), NOWHERE])
    known = x[:-1]
    for number in (mean_cosine, chamfer, effective_rank, radius, dcscore):
        assert number(x) == pytest.approx(number(known))  # type: ignore[operator]  # all take one array
    assert coverage(x, x) == coverage(known, known) == 1
    assert novelsum(features=x) == pytest.approx(novelsum(features=known))


def test_one_row_and_none_have_no_distances() -> None:
    for x in (AXES[:1], AXES[:0], NOWHERE):
        assert math.isnan(mean_cosine(x))
        assert math.isnan(knn_distance(x))
    for x in (AXES[:0], NOWHERE):
        assert math.isnan(effective_rank(x))
        assert math.isnan(radius(x))
        assert math.isnan(partition_entropy(x, AXES, np.random.default_rng(0)))
    assert math.isnan(coverage(AXES, AXES))  # no row of four has a fifth other


def test_rows_all_alike_have_no_distance() -> None:
    x = np.repeat(made(1), 30, axis=0)
    assert mean_cosine(x) == pytest.approx(1)
    assert chamfer(x) == pytest.approx(0, abs=1e-6)
    assert novelsum(features=x) == pytest.approx(0, abs=1e-6)


def test_dcscore_in_blocks_is_the_trace_of_the_softmax(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vlitq_scorers.maths.set_diversity.ENTRIES", 200)
    x = 3 * made(50).astype(np.float64)
    for rows, options in ((x, {}), (x / 3, {"normalise": True})):
        weights = np.exp(rows @ rows.T / 0.5)
        assert dcscore(x if not options else 7 * x, 0.5, **options) == pytest.approx(
            (np.diag(weights) / weights.sum(axis=1)).sum(), abs=1e-5
        )


def test_novelsum_of_vectors_is_that_of_their_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vlitq_scorers.maths.set_diversity.ENTRIES", 200)
    x = made(50)
    distances = 1 - x @ x.T.astype(np.float64)
    np.fill_diagonal(distances, 0)
    density = np.random.default_rng(0).random(50)
    assert novelsum(features=2 * x) == pytest.approx(novelsum(distances), abs=1e-6)
    assert novelsum(features=x, densities=density, power=2) == pytest.approx(novelsum(distances, density, 2), abs=1e-6)
    with pytest.raises(ValueError, match="give either distance_matrix="):
        novelsum()


def test_density_is_high_where_the_reference_is_near() -> None:
    line = np.array([[0.0], [1.0], [3.0], [3.0], [7.0]])
    assert local_density(line, neighbors=1) == pytest.approx([1, 1, 1 / 2, 1 / 2, 1 / 4], rel=1e-6)
    assert local_density(line[:1], line, neighbors=2) == pytest.approx([1 / math.sqrt(5)], rel=1e-6)
    assert local_density(np.array([[5.0]]), line, neighbors=2) == pytest.approx([1 / 2], rel=1e-6)


def test_a_row_without_others_has_no_density() -> None:
    assert np.isnan(local_density(np.array([[2.0], [2.0]]))).all()
    assert np.isnan(local_density(np.array([[2.0]]), np.empty((0, 1)))).all()
