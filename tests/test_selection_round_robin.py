"""mmSSR over any columns and styles: equal parts, the smallest bins first, and styles joined to their source."""

from __future__ import annotations

from collections import Counter

import pytest
from selection_world import World, why

from vlitq.selection.result import Selection
from vlitq.selection.select import select
from vlitq.selector import SelectionError

A, S, W, Q = "alignment.cosine", "duplicates.similarity", "complexity.words", "complexity.question_type"
WORLD = World(
    {
        A: [0.9, 0.8, 0.7, 0.6, 0.1, 0.2],
        W: [0, 0, 1, 2, 5, 4],
        Q: ["what", "what", "what", "why", "what", "why, what"],
    },
    source=["x"] * 6,
)


def mmssr(world: World, budget: int, columns: str | None = f"{A},+{W}", by: str | None = None, **options) -> Selection:
    return select(
        world, budget=budget, method="mmssr", by=by, options={"columns": columns, **options} if columns else options
    )


def test_each_capability_takes_its_best_of_each_style() -> None:
    # Two rows each; of the cosine the best why (s3) and the best what (s0), of words why s5 and what s4.
    selection = mmssr(WORLD, 4, style=Q)
    assert set(selection.ids) == {"s3", "s0", "s5", "s4"}
    assert "wanted by alignment.cosine, style 'why+x'" in why(selection)["s3"]
    assert "wanted by +complexity.words, style 'what+x'" in why(selection)["s4"]


def test_without_a_style_each_capability_takes_its_best() -> None:
    assert set(mmssr(WORLD, 4, source_column="").ids) == {"s0", "s1", "s4", "s5"}


def test_the_same_style_of_another_source_is_a_bin_of_its_own() -> None:
    world = World({A: [0.9, 0.8, 0.7, 0.1], Q: ["what"] * 4}, source=["x", "x", "x", "y"])
    assert set(mmssr(world, 2, A, style=Q).ids) == {"s0", "s3"}
    assert set(mmssr(world, 2, A, style=Q, source_column="").ids) == {"s0", "s1"}


def test_rows_at_the_threshold_or_below_are_wanted_by_nobody_and_fill_the_budget_last() -> None:
    world = World({A: [0.2, 0.1, 0.1, None]}, ids=["a", "b", "c", "d"])
    selection = mmssr(world, 4, A, threshold=0.1)
    assert selection.ids[0] == "a"
    assert all("no column wants it" in why(selection)[one] for one in "bcd")


def test_without_columns_those_of_the_ranking_take_turns() -> None:
    for budget in range(7):
        assert set(mmssr(WORLD, budget, None, by=f"{A} + +{W}", style=Q).ids) == set(mmssr(WORLD, budget, style=Q).ids)


def test_a_budget_of_tokens_is_spent_on_all_capabilities_alike() -> None:
    world = World(
        {A: [(row % 20) / 20 for row in range(40)], S: [(row * 7 % 40) / 40 for row in range(40)]},
        tokens=[3 + row % 4 for row in range(40)],
    )
    selection = select(world, budget=60, method="mmssr", unit="tokens", options={"columns": f"{A},{S}"})
    kept = [reason for reason in why(selection).values() if reason.startswith("number")]
    by = Counter("cosine" if "wanted by alignment" in reason else "similarity" for reason in kept)
    assert abs(by["cosine"] - by["similarity"]) <= 2
    assert 57 <= sum(world.tokens[row] for row in selection.rows) <= 60


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": ","}, "needs columns"),
        ({"style": A}, "alignment.cosine holds numbers, not labels"),
        ({"style": "complexity.question_tipe"}, "Did you mean 'complexity.question_type'"),
        ({"columns": W}, "has no better end"),
    ],
)
def test_what_has_no_turns_or_styles_is_refused(options: dict, message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        mmssr(WORLD, 2, **options)


@pytest.mark.parametrize("quota", ["proportional", "sqrt", "equal", 0.3])
def test_with_quotas_the_budget_is_met_to_the_row(quota: str | float) -> None:
    world = World({A: [0.1 * (row % 3) for row in range(11)]}, source=["x"] * 7 + ["y"] * 3 + ["z"])
    for budget in (0, 1, 5, 10, 11):
        assert len(select(world, budget=budget, method="mmssr", by=A, stratify="source", quota=quota)) == min(
            budget, 11
        )
