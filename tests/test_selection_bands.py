"""Thresholds are promises, bands begin in their middle."""

from __future__ import annotations

import pytest
from selection_world import World, cosines, why

from vlitq.selection.result import Selection
from vlitq.selection.select import select
from vlitq.selector import SelectionError

A, S, W = "alignment.cosine", "duplicates.similarity", "complexity.words"
WORLD = World({A: [0.1, 0.2, 0.3, None, 0.5, 0.6], W: [6, 5, 4, 3, 2, 1]}, ids=["a", "b", "c", "d", "e", "f"])


def threshold(world: World, budget: int | str = "100%", **options) -> Selection:
    return select(world, budget=budget, method="threshold", by="+" + W, options=options)


def test_the_rows_within_the_limits_are_taken_the_best_ranked_first() -> None:
    assert threshold(WORLD, column=A, at_least=0.2).ids == ["b", "c", "e", "f"]
    assert threshold(WORLD, column=A, at_least=0.2, at_most=0.5).ids == ["b", "c", "e"]
    assert threshold(WORLD, column=A, at_most="0.3").ids == ["a", "b", "c"]
    assert threshold(WORLD, 2, column=A, at_least=0.2).ids == ["b", "c"]


def test_rows_outside_are_never_filled_in_and_each_is_told_why() -> None:
    selection = threshold(WORLD, 5, column=A, at_least=0.3, at_most=0.5)
    assert selection.ids == ["c", "e"]
    assert why(selection)["a"].startswith("its alignment.cosine is 0.1, below 0.3")
    assert why(selection)["f"].startswith("its alignment.cosine is 0.6, above 0.5")
    assert why(selection)["d"].startswith("it has no alignment.cosine")
    assert "3 rows short of the budget" in " ".join(selection.notes)


def test_without_a_column_the_limits_are_of_the_score() -> None:
    assert threshold(WORLD, at_least=0.7).ids == ["a", "b"]
    assert threshold(WORLD).ids == ["a", "b", "c", "d", "e", "f"]


def test_quotas_of_strata_do_not_lower_a_threshold() -> None:
    world = World({A: [0.1, 0.2, 0.8, 0.9, 0.7, 0.3], W: [1] * 6}, source=["x", "x", "y", "y", "y", "x"])
    selection = select(
        world, budget=4, method="threshold", by=A, stratify="source", quota="equal",
        options={"column": A, "at_least": 0.3},
    )  # fmt: skip
    assert sorted(selection.ids) == ["s2", "s3", "s4", "s5"]  # one of x is within, and y has what x leaves
    strict = select(
        world, budget=4, method="threshold", by=A, stratify="source", quota="equal",
        options={"column": A, "at_least": 0.75},
    )  # fmt: skip
    assert sorted(strict.ids) == ["s2", "s3"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"column": A}, "say what alignment.cosine is to be, at_least or at_most"),
        ({"column": A, "at_least": 2, "at_most": 1}, "nothing is at least 2 and at most 1"),
        ({"column": "source", "at_least": 2}, "source holds labels; use a gate"),
        ({"column": "alignment.kosine", "at_least": 2}, "Did you mean 'alignment.cosine'"),
    ],
)
def test_a_threshold_that_says_nothing_is_refused(options: dict, message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        threshold(WORLD, **options)


def band(budget: int | str, *values: float, **options) -> list[str]:
    return select(cosines(*values), budget=budget, method="band", by=A, options=options).ids


def test_a_band_is_taken_from_its_middle_outwards_the_better_of_two_first() -> None:
    # Quantiles 0.1, 0.3, 0.5, 0.7, 0.9: the middle one, then of those next to it the better.
    assert band(3, 0.1, 0.2, 0.3, 0.4, 0.5) == ["s2", "s3", "s1"]
    assert band("100%", 0.1, 0.2, 0.3, 0.4, 0.5, fill=False) == ["s2", "s3", "s1"]


def test_what_the_band_leaves_goes_to_the_rows_nearest_to_it() -> None:
    assert band("100%", 0.1, 0.2, 0.3, 0.4, 0.5) == ["s2", "s3", "s1", "s4", "s0"]
    assert band(2, 0.1, 0.2, 0.3, 0.4, 0.5, low=0.95, high=1) == ["s4", "s3"]
    selection = select(cosines(0.1, 0.2, 0.3), budget=3, method="band", by=A, options={"low": 0.4, "high": 0.6})
    assert (
        "fills the budget: at quantile 0.833 of the ranking, outside the band from 0.4 to 0.6" in why(selection)["s2"]
    )


def test_the_ends_belong_to_the_band() -> None:
    assert band("100%", *range(10), low=0.25, high=0.45, fill=False) == ["s3", "s4", "s2"]


def test_a_band_that_is_none_is_refused() -> None:
    for low, high in ((0.6, 0.4), (-0.1, 0.5), (0.5, 1.1)):
        with pytest.raises(SelectionError, match="not in order from 0 to 1"):
            band(1, 0.5, low=low, high=high)
