"""Selections as plain loops over rows compute them: ranks within strata, and conditions on whole numbers."""

from __future__ import annotations

import pytest
from selection_world import World

from vlitq.selection.grammar import ExpressionError, parse_by
from vlitq.selection.result import Selection
from vlitq.selection.select import select

A, W = "alignment.cosine", "complexity.words"


def scores(selection: Selection) -> dict[str, float]:
    """The score of each row of the pool by its id."""
    told = selection.decisions().to_pydict()
    return {name: round(score, 3) for name, score in zip(told["id"], told["score"], strict=True) if score is not None}


def test_where_a_gate_leaves_few_numbers_rows_rank_within_those_and_not_within_the_quartiles_of_the_run() -> None:
    world = World({W: [*range(30), 1, 1], A: [row / 100 for row in range(32)]})
    selection = select(world, budget="100%", by=A, stratify=W, gates=[f"{W} <= 2"])
    assert scores(selection) == {"s0": 0.5, "s1": 0.167, "s2": 0.5, "s30": 0.5, "s31": 0.833}
    assert selection.decisions()["stratum"].to_pylist()[:3] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("gate", "passing"),
    [
        (f"{W} >= 2.5", {"s3"}),
        (f"{W} < 2.5", {"s0", "s1", "s2"}),
        (f"{W} == 2.5", set()),
        (f"{W} != 2.5", {"s0", "s1", "s2", "s3"}),
        (f"{W} in (2.5, 1)", {"s1"}),
        (f"{W} <= 1e12", {"s0", "s1", "s2", "s3"}),
        (f"{W} <= {'9' * 400}", {"s0", "s1", "s2", "s3"}),
        (f"{W} >= -{'9' * 400}", {"s0", "s1", "s2", "s3"}),
        (f"{A} <= 1e300", {"s0", "s1", "s2", "s3"}),
        (f"{A} >= 0.9", {"s3"}),
    ],
)
def test_a_limit_between_two_whole_numbers_or_beyond_all_of_them_is_taken_as_it_is(
    gate: str, passing: set[str]
) -> None:
    world = World({W: [0, 1, 2, 3], A: [0.1, 0.2, 0.3, 0.9]})
    assert set(select(world, budget="100%", method="random", gates=gate).ids) == passing


@pytest.mark.parametrize("text", ["-" * 5000 + W, "+".join([W] * 5000), "(" * 5000 + W])
def test_what_is_nested_too_deeply_to_read_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="cannot read the ranking"):
        parse_by(text)
    with pytest.raises(ExpressionError, match="cannot read the gate"):
        select(World({W: [1]}), budget=1, method="random", gates=f"{text} > 1")


def test_minus_zero_is_in_the_stratum_of_zero_whichever_stands_first() -> None:
    for cosines in ([0.0, -0.0], [-0.0, 0.0]):
        selection = select(World({A: cosines}), budget="100%", by=A, stratify=A)
        assert selection.decisions()["stratum"].to_pylist() == ["0", "0"]


def test_of_exact_copies_the_first_comes_first_however_many_there_are() -> None:
    rows = 200  # of few rows NumPy's sort is one that leaves equal ones as they stand
    copies = World({A: [0.5] * rows}, ids=["same"] * rows)
    assert select(copies, budget=rows, by=A).rows.tolist() == list(range(rows))
    assert select(copies, budget=rows, by=A, one_per="id").rows.tolist() == [0]
    two = World({A: [0.5, 0.7] * rows}, ids=["same"] * 2 * rows)
    assert select(two, budget=2, by=A).rows.tolist() == [1, 3]
