"""What holds for every selection: the budget is met, nothing repeats, nothing is lost, order does not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_world import World

from vlitq.selection.result import Selection
from vlitq.selection.select import BUILT_IN, select

A = "alignment.cosine"
METHODS = st.sampled_from(sorted(BUILT_IN))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to 30 rows with ties, rows without a cosine, three sources, and vectors that are often alike."""
    rows = draw(st.integers(0, 30))

    def column(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    cosine = column(st.sampled_from([0.1, 0.2, 0.3, None]))
    vectors = column(st.sampled_from([(1.0, 0.0), (0.0, 1.0), (0.6, 0.8), (np.nan, np.nan)]))
    return World(
        {A: cosine, "duplicates.similarity": column(st.sampled_from([0.5, 0.9]))},
        ids=[f"id{row}" for row in range(rows)],
        source=column(st.sampled_from(["a", "b", None])),
        statuses=column(st.sampled_from(["ok", "ok", "ok", "invalid"])),
        tokens=column(st.integers(0, 9)),
        failures={"alignment": ["ok" if value is not None else "not_applicable" for value in cosine]},
        features={"clip_image": np.array(vectors, dtype=np.float32).reshape(rows, 2)},
    )


def permuted(world: World, order: list[int]) -> World:
    def moved(values):
        return [values[row] for row in order]

    return replace(
        world,
        scores={name: moved(values) for name, values in world.scores.items()},
        ids=moved(world.ids),
        source=moved(world.source),
        statuses=moved(world.statuses),
        tokens=moved(world.tokens),
        failures={"alignment": moved(world.failures["alignment"])},
        features={"clip_image": world.features["clip_image"][order]},
    )


def chosen(world: World, method: str, budget: int, **more) -> Selection:
    return select(world, budget=budget, method=method, by=f"min({A}, duplicates.similarity)", stratify="source", **more)


@given(worlds(), METHODS, st.integers(0, 35))
def test_a_budget_of_rows_is_met_to_the_row_and_none_is_taken_twice(world: World, method: str, budget: int) -> None:
    selection = chosen(world, method, budget)
    assert len(selection) == min(budget, list(world.statuses).count("ok"))
    assert len(set(selection.ids)) == len(selection)


@given(worlds(), METHODS, st.integers(0, 150))
def test_a_budget_of_tokens_is_never_exceeded_and_nothing_that_fits_is_left(
    world: World, method: str, budget: int
) -> None:
    selection = chosen(world, method, budget, unit="tokens")
    tokens = np.array(world.tokens, dtype=int)
    left = budget - int(tokens[selection.rows].sum())
    valid = {row for row, status in enumerate(world.statuses) if status == "ok"}
    assert left >= 0
    assert not [row for row in valid - set(selection.rows.tolist()) if 0 < tokens[row] <= left]


@given(worlds(), METHODS, st.integers(0, 35))
def test_every_row_has_a_decision_a_stage_and_a_reason(world: World, method: str, budget: int) -> None:
    decisions = chosen(world, method, budget).decisions().to_pydict()
    assert decisions["row"] == list(range(len(world.ids)))
    assert decisions["id"] == list(world.ids)
    assert all(decisions["reason"])
    assert [stage == "kept" for stage in decisions["stage"]] == decisions["kept"]
    assert set(decisions["stage"]) <= {"kept", "gate", "budget", "method"}


@settings(max_examples=60)
@given(st.data(), worlds(), METHODS, st.integers(0, 35))
def test_the_same_samples_are_taken_in_the_same_order_wherever_they_stand(
    data: st.DataObject, world: World, method: str, budget: int
) -> None:
    order = data.draw(st.permutations(range(len(world.ids))))
    again = chosen(permuted(world, list(order)), method, budget)
    assert again.ids == chosen(world, method, budget).ids


@given(worlds(), st.integers(0, 30))
def test_a_larger_budget_keeps_what_a_smaller_one_kept(world: World, budget: int) -> None:
    assert chosen(world, "top", budget + 1).ids[:budget] == chosen(world, "top", budget).ids


@pytest.mark.parametrize("method", sorted(BUILT_IN))
@pytest.mark.parametrize("budget", [0, 1, "100%", 5])
def test_one_sample_and_samples_all_alike_are_no_special_case(method: str, budget: int | str) -> None:
    for rows in (1, 4):
        world = World(
            {A: [0.5] * rows, "duplicates.similarity": [0.5] * rows},
            features={"clip_image": np.ones((rows, 3), dtype=np.float32)},
        )
        amount = rows if budget == "100%" else min(int(budget), rows)
        assert len(select(world, budget=budget, method=method, by=A)) == amount


@pytest.mark.parametrize("method", sorted(BUILT_IN))
def test_a_run_without_rows_gives_a_selection_without_rows(method: str) -> None:
    selection = select(World({A: []}), budget="20%", method=method, by=A)
    assert selection.ids == []
    assert selection.decisions().num_rows == 0
