"""ICONS over any columns: votes, then the mean rank, within strata, and no vote where there is no score."""

from __future__ import annotations

import pytest
from selection_world import World, why

from vlitq.selection.result import Selection
from vlitq.selection.select import select
from vlitq.selector import SelectionError

A, S, W = "alignment.cosine", "duplicates.similarity", "complexity.words"
WORLD = World(
    {A: [0.9, 0.1, 0.5, 0.4, 0.2], S: [0.1, 0.9, 0.5, 0.2, 0.8], W: [35, 50, 40, 30, 2]}, ids=["a", "b", "c", "d", "e"]
)


def icons(world: World, budget: int = 2, by: str | None = None, **options) -> Selection:
    return select(world, budget=budget, method="icons", by=by, options=options)


def test_the_rows_with_the_most_votes_are_taken_with_their_votes_told() -> None:
    # With a share of 2/5 each column votes for two: a and c by the cosine, a and d by low similarity, b and c by words.
    # Mean ranks: a (.9 + .9 + .5) / 3, c (.7 + .5 + .7) / 3, d (.5 + .7 + .3) / 3, b (.1 + .1 + .9) / 3.
    selection = icons(WORLD, 4, columns=f"{A}, {S}, +{W}", share=0.4)
    assert selection.ids == ["a", "c", "d", "b"]
    assert "2 of 3 votes, mean rank 0.633" in why(selection)["c"]


def test_without_columns_those_of_the_ranking_vote_with_their_signs() -> None:
    by = f"0.5*{A} + {S} + +{W}"
    for budget in range(6):
        assert icons(WORLD, budget, by=by).ids == icons(WORLD, budget, columns=f"{A},{S},+{W}").ids


def test_the_share_can_be_set() -> None:
    assert icons(WORLD, 2, columns=f"{A},{S},+{W}", share=0.2).ids == ["a", "b"]  # 2, 1 votes for the single best


def test_a_row_without_a_score_gets_no_vote_of_it_and_is_told_so() -> None:
    world = World({A: [None, 0.1, 0.2], S: [0.1, 0.5, 0.6]})
    selection = icons(world, 3, columns=f"{A},{S}", share=0.3)
    assert selection.ids == ["s0", "s2", "s1"]  # one vote each for s0 and s2, with mean ranks 0.667 and 0.458
    assert "none of alignment.cosine, which it does not have" in why(selection)["s0"]


def test_votes_are_cast_within_strata() -> None:
    world = World({A: [0.9, 0.8, 0.2, 0.1]}, source=["x", "x", "y", "y"])
    selection = select(world, budget=2, method="icons", by=A, stratify="source")
    assert selection.ids == ["s0", "s2"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": " , "}, "needs columns"),
        ({"columns": f"{A},{W}"}, "'complexity.words' has no better end"),
        ({"columns": "source"}, "holds labels"),
        ({"columns": "alignment.kosine"}, "Did you mean 'alignment.cosine'"),
        ({"columns": A, "share": 0}, "share 0 is not above 0"),
    ],
)
def test_what_cannot_vote_is_refused(options: dict, message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        icons(WORLD, **options)


@pytest.mark.parametrize("quota", ["proportional", "sqrt", "equal", 0.3])
def test_with_quotas_the_budget_is_met_to_the_row(quota: str | float) -> None:
    world = World({A: [0.1 * (row % 3) for row in range(11)]}, source=["x"] * 7 + ["y"] * 3 + ["z"])
    for budget in (0, 1, 5, 10, 11):
        assert len(select(world, budget=budget, method="icons", by=A, stratify="source", quota=quota)) == min(
            budget, 11
        )
