"""DICS: farthest points among the best 2p, the best alone, or a core and what is far from it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlitq.selection import dics, k_center
from vlitq.selection.maths.shortlist import farthest_from

LINE = np.array([[0.0], [1.0], [2.0], [9.0], [4.0], [5.0]])
FALLING = np.array([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])


def farthest_by_definition(x: np.ndarray, taken: list[int], others: list[int], budget: int) -> list[int]:
    taken, others, found = list(taken), list(others), []
    for _ in range(budget):
        far = {i: min(((x[i] - x[j]) ** 2).sum() for j in taken) for i in others}
        best = max(others, key=lambda i: (far[i], -others.index(i)))
        found.append(best)
        taken.append(best)
        others.remove(best)
    return found


def dics_by_definition(scores: np.ndarray, x: np.ndarray, budget: int) -> list[int]:
    best = sorted(range(len(x)), key=lambda i: (-scores[i], i))
    budget = min(budget, len(x))
    if 2 * budget == len(x) or budget == 0:
        return best[:budget]
    if 2 * budget < len(x):
        return [best[0], *farthest_by_definition(x, best[:1], best[1 : 2 * budget], budget - 1)]
    core = best[: 2 * budget - len(x)]
    return [*core, *farthest_by_definition(x, core, best[len(core) :], budget - len(core))]


def test_below_half_the_farthest_of_the_best_double() -> None:
    # A third: of the best four, at 0, 1, 2 and 9, the best and the farthest from it.
    assert dics(FALLING, LINE, 2).tolist() == [0, 3]


def test_at_half_the_best() -> None:
    assert dics(FALLING, LINE, 3).tolist() == [0, 1, 2]


def test_above_half_a_core_and_what_is_far_from_it() -> None:
    # Four of six: the best two are the core, at 0 and 1; the farthest from them is 9, then 5, four from both.
    assert dics(FALLING, LINE, 4).tolist() == [0, 1, 3, 5]


def test_a_far_row_off_the_shortlist_is_not_taken() -> None:
    assert dics(np.array([6.0, 5, 4, 1, 3, 2]), LINE, 2).tolist() == [0, 4]


@given(st.integers(1, 14), st.integers(0, 16), st.integers(0, 999), st.booleans())
def test_the_result_is_that_of_the_definition(rows: int, budget: int, seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (rows, 2)).astype(float) if ties else rng.standard_normal((rows, 3))
    scores = rng.integers(0, 3, rows).astype(float)
    taken = dics(scores, x, budget).tolist()
    assert taken == dics_by_definition(scores, x, budget)
    assert len(set(taken)) == min(rows, budget)


def test_from_one_row_on_far_rows_are_those_of_k_center() -> None:
    x = np.random.default_rng(0).standard_normal((40, 5)).astype(np.float32)
    assert [0, *(farthest_from(x[:1], x[1:], 11) + 1).tolist()] == k_center(x, 12).tolist()


@pytest.mark.parametrize("budget", [0, 1, 2, 3, 5, 9])
def test_rows_all_alike_are_taken_in_order(budget: int) -> None:
    assert dics(np.ones(5), np.ones((5, 2)), budget).tolist() == list(range(min(budget, 5)))


def test_no_rows_give_no_rows() -> None:
    assert dics(np.zeros(0), np.zeros((0, 3)), 4).tolist() == []


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no finite number"):
        dics(np.array([1.0, np.nan]), np.ones((2, 2)), 1)
