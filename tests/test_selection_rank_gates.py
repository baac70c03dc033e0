"""Gates on ranks leave out the lowest of each stratum, whatever the method, and say at which place a row stood."""

from __future__ import annotations

import pytest
from selection_world import World, cosines

from vlitq.selection.select import select
from vlitq.selector import SelectionError

A = "alignment.cosine"
RAMP = cosines(*[row / 10 for row in range(20)])


def kept(world: World, gate: str, **more) -> set[str]:
    return set(select(world, budget="100%", method="random", gates=gate, **more).ids)


def test_the_lowest_share_is_left_out_and_the_reason_tells_the_place() -> None:
    selection = select(RAMP, budget="100%", method="random", gates=f"rank({A}) >= 0.25")
    assert set(selection.ids) == {f"s{row}" for row in range(5, 20)}
    assert selection.decisions()["reason"][4].as_py() == f"gate rank({A}) >= 0.25: {A} is 0.4, rank 0.225"
    assert f"5 rows dropped by the gate rank({A}) >= 0.25" in selection.notes


def test_the_rank_is_that_among_the_rows_of_the_stratum() -> None:
    world = World({A: [*range(8), *range(100, 108)]}, source=["a"] * 8 + ["b"] * 8)
    left_out = {f"s{row}" for row in range(16)} - kept(world, f"rank({A}) >= 0.25", stratify="source")
    assert left_out == {"s0", "s1", "s8", "s9"}
    assert {f"s{row}" for row in range(16)} - kept(world, f"rank({A}) >= 0.25") == {"s0", "s1", "s2", "s3"}


def test_low_values_are_best_where_the_column_says_so_and_a_sign_turns_it() -> None:
    world = World({"duplicates.similarity": [0.1, 0.2, 0.3, 0.4]})
    assert kept(world, "rank(duplicates.similarity) > 0.5") == {"s0", "s1"}
    assert kept(world, "rank(+duplicates.similarity) > 0.5") == {"s2", "s3"}


def test_a_row_without_the_value_passes_and_the_others_are_ranked_without_it() -> None:
    world = World({A: [0.1, None, 0.3]}, failures={"alignment": ["ok", "not_applicable", "ok"]})
    assert kept(world, f"rank({A}) >= 0.5") == {"s1", "s2"}


def test_rows_that_are_alike_stand_in_the_middle() -> None:
    assert kept(cosines(0.5, 0.5, 0.5), f"rank({A}) >= 0.25") == {"s0", "s1", "s2"}


def test_a_later_gate_ranks_the_rows_that_an_earlier_one_left() -> None:
    world = cosines(0.1, 0.2, 0.3, 0.4)
    gates = [f"{A} >= 0.2", f"rank({A}) >= 0.3"]
    assert set(select(world, budget="100%", method="random", gates=gates).ids) == {"s2", "s3"}


@pytest.mark.parametrize(
    ("gate", "problem"),
    [
        (f"rank({A}) >= 2", "a rank is from 0, the worst, to 1, the best"),
        (f"rank({A}) == 0.5", "a rank is from 0, the worst, to 1, the best"),
        ("rank(source) >= 0.5", "labels, which do not rank"),
        ("rank(complexity.words) >= 0.5", "has no better end"),
        (f"rank({A}, source) >= 0.5", "is not a column"),
    ],
)
def test_what_is_no_rank_is_refused_with_the_reason(gate: str, problem: str) -> None:
    world = World({A: [0.1, 0.2], "complexity.words": [1, 2]}, source=["a", "b"])
    with pytest.raises(SelectionError, match=problem):
        kept(world, gate)


def test_of_a_group_the_best_ranked_stays_though_the_method_draws() -> None:
    world = World({A: [0.1, 0.9, 0.5], "complexity.words": [1, 1, 2]})
    for seed in range(5):
        chosen = select(world, budget="100%", method="random", by=A, one_per="complexity.words", seed=seed)
        assert set(chosen.ids) == {"s1", "s2"}
