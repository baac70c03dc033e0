"""DICS as a method: what is on the shortlist, what is far apart, and what its reasons say."""

from __future__ import annotations

import numpy as np
from selection_world import World, cosines, why

from vlitq.selection.result import Selection
from vlitq.selection.select import select

A = "alignment.cosine"
CIRCLE = np.array([[1, 0], [0.99, 0.14], [0.98, 0.2], [0, 1], [-1, 0], [0, -1]], dtype=np.float32)


def dics(budget: int | str, vectors: np.ndarray = CIRCLE, **more) -> Selection:
    world = cosines(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, features={"clip_image": vectors})
    return select(world, budget=budget, method="dics", by=A, **more)


def test_of_the_best_double_the_rows_far_apart_are_taken() -> None:
    selection = dics(2)
    assert selection.ids == ["s0", "s3"]
    reasons = why(selection)
    assert "number 2 of the rows far apart among the best 4" in reasons["s3"]
    assert "on the shortlist of the best 4, but near a row that is kept" in reasons["s1"]
    assert "not on the shortlist of the best 4 of 6 rows" in reasons["s4"]


def test_at_half_the_rows_the_best_are_taken() -> None:
    selection = dics("50%")
    assert selection.ids == ["s0", "s1", "s2"]
    assert "not among the best 3 of 6 rows" in why(selection)["s3"]


def test_above_half_a_core_and_the_rows_farthest_from_it() -> None:
    selection = dics(4)
    assert selection.ids[:2] == ["s0", "s1"]
    assert set(selection.ids[2:]) == {"s4", "s5"}
    assert "in the core of the best 2 of 6 rows" in why(selection)["s1"]


def test_rows_without_a_vector_fill_the_budget_last() -> None:
    vectors = CIRCLE.copy()
    vectors[0] = np.nan
    selection = dics(6, vectors)
    assert selection.ids[-1] == "s0"
    assert "it has no joint vector" in why(selection)["s0"]


def test_each_stratum_has_its_own_shortlist() -> None:
    world = World({A: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]}, source=list("aaabbb"), features={"clip_image": CIRCLE})
    selection = select(world, budget=2, method="dics", by=A, stratify="source", quota="equal")
    assert set(selection.ids) == {"s0", "s3"}


def test_a_budget_of_tokens_is_spent_without_a_row_too_many() -> None:
    world = cosines(0.9, 0.8, 0.7, 0.6, 0.5, 0.4, features={"clip_image": CIRCLE}, tokens=[5, 1, 1, 1, 9, 2])
    selection = select(world, budget=7, method="dics", by=A, unit="tokens")
    assert sum(world.tokens[row] for row in selection.rows.tolist()) <= 7
