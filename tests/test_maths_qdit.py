"""QDIT adds quality to the gain of facility location: its ends are the two, and it is a greedy."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.selection import facility_location, qdit
from vlitq.selection.maths.qdit import Terms, qdit_cover_of


def objective(quality: np.ndarray, similarity: np.ndarray, taken: list[int], alpha: float, terms: Terms) -> float:
    covered, good = similarity[:, taken].max(axis=1), quality[taken]
    if terms == "means":
        return float((1 - alpha) * covered.mean() + alpha * good.mean())
    return float((1 - alpha) * covered.sum() + alpha * good.sum())


def by_definition(
    quality: np.ndarray, similarity: np.ndarray, budget: int, alpha: float, terms: Terms, equal: float = 1e-12
) -> list[int]:
    """The lowest position of those within `equal` of the best, in every step."""
    taken: list[int] = []
    while len(taken) < budget:
        left = [j for j in range(len(quality)) if j not in taken]
        values = np.array([objective(quality, similarity, [*taken, j], alpha, terms) for j in left])
        taken.append(left[int(np.argmax(values >= values.max() - equal))])
    return taken


def world(rows: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    x = rng.standard_normal((rows, 6)).astype(np.float32)
    return rng.random(rows), x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.mark.parametrize("terms", ["sums", "means"])
@pytest.mark.parametrize("alpha", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_it_is_the_greedy_of_the_definition(alpha: float, terms: Terms) -> None:
    quality, x = world()
    similarity = x.astype(np.float64) @ x.T.astype(np.float64)
    expected = by_definition(quality, similarity, 25, alpha, terms)
    assert qdit(quality, similarity, 25, alpha, terms).tolist() == expected
    tied = 1e-6 * (1 - alpha) / (len(x) if terms == "means" else 1)
    expected = by_definition(quality, similarity, 25, alpha, terms, tied + 1e-12)
    assert qdit_cover_of(quality, x, 25, alpha, terms).order.tolist() == expected


@pytest.mark.parametrize("terms", ["sums", "means"])
def test_its_ends_are_facility_location_and_the_ranking(terms: Terms) -> None:
    quality, x = world()
    similarity = x @ x.T
    np.testing.assert_array_equal(qdit(quality, similarity, 20, 0.0, terms), facility_location(similarity, 20))
    np.testing.assert_array_equal(qdit(quality, similarity, 20, 1.0, terms), np.argsort(-quality, kind="stable")[:20])


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("rows", "budget"), [(0, 3), (1, 0), (1, 1), (4, 0), (4, 3), (4, 9)])
def test_rows_all_alike_are_taken_by_position_and_as_many_as_there_are(rows: int, budget: int, alpha: float) -> None:
    taken = qdit(np.full(rows, 0.5), np.ones((rows, rows)), budget, alpha)
    assert taken.tolist() == list(range(min(rows, budget)))


def test_an_alpha_outside_0_and_1_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"alpha 1\.5 is not between 0 and 1"):
        qdit(np.ones(2), np.ones((2, 2)), 1, 1.5)
