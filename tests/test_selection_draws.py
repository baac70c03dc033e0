"""A random draw belongs to the rows: what becomes of one leaves the others as they were."""

from __future__ import annotations

import numpy as np
from selection_world import World

from vlitq.selection.select import select
from vlitq.selector import _mixed

A = "alignment.cosine"


def world(rows: int) -> World:
    return World({A: [0.5] * rows}, ids=[f"id{row}" for row in range(rows)])


def drawn(one: World, budget: int, seed: int = 0, **more) -> set[str]:
    return set(select(one, budget=budget, method="random", seed=seed, **more).ids)


def test_one_row_less_replaces_at_most_that_row() -> None:
    before = drawn(world(200), 100)
    assert len(before - drawn(world(199), 100)) <= 1


def test_other_seeds_draw_other_rows() -> None:
    assert len(drawn(world(200), 100) & drawn(world(200), 100, seed=1)) < 70


def test_every_row_is_drawn_as_often_as_any_other() -> None:
    counts = np.zeros(20)
    for seed in range(400):
        for name in drawn(world(20), 5, seed):
            counts[int(name.removeprefix("id"))] += 1
    assert abs(counts - 100).max() < 45  # five standard deviations


def test_near_numbers_are_mixed_apart_and_none_meets_another() -> None:
    mixed = _mixed(np.arange(10_000, dtype=np.uint64))
    assert len(set(mixed.tolist())) == 10_000
    assert abs(np.corrcoef(np.arange(10_000), mixed.astype(np.float64))[0, 1]) < 0.05
