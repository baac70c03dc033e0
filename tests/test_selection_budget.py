"""Budgets and quotas, to the unit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_world import World

from vlitq.selection.budget import Budget, spend
from vlitq.selection.fields import Fields
from vlitq.selection.strata import quotas, strata_by, strata_of
from vlitq.selector import SelectionError


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("20%", 98),
        (0.2, 98),
        ("0.2", 98),
        ("500", 500),
        (500, 500),
        (1, 1),
        (1.0, 492),
        ("100%", 492),
        (0, 0),
        ("0%", 0),
    ],
)
def test_a_budget_is_a_share_rounded_down_or_a_number(value: str | float, amount: int) -> None:
    assert Budget.parse(value).amount(492) == amount


def test_a_share_is_exact_where_floats_are_not() -> None:
    assert Budget.parse(0.29).amount(100) == 29
    assert Budget.parse("7%").amount(100) == 7


@pytest.mark.parametrize("value", ["", "many", "120%", 1.5, "-3", -3, -0.1, True, "nan", "inf", None, "20%%"])
def test_what_is_not_a_budget_is_refused(value: str | float) -> None:
    with pytest.raises(SelectionError, match=r"write a share \('20%', 0.2\) or a whole number"):
        Budget.parse(value)


def test_a_walk_skips_what_does_not_fit_and_goes_on() -> None:
    assert spend(np.arange(4), np.array([5, 7, 4, 1]), 10).tolist() == [0, 2, 3]


def test_a_row_that_costs_nothing_is_taken_only_while_budget_is_left() -> None:
    assert spend(np.arange(4), np.array([0, 1, 0, 1]), 1).tolist() == [0, 1]
    assert spend(np.arange(3), np.array([0, 1, 0]), 1).tolist() == [0, 1, 2]


def test_largest_remainders_get_the_units_left_over() -> None:
    assert quotas(np.array([50, 30, 20]), 7, "proportional").tolist() == [4, 2, 1]  # 3.5, 2.1, 1.4
    assert quotas(np.array([1, 1, 1]), 2, "proportional").tolist() == [1, 1, 0]


def test_equal_quotas_pass_on_what_a_small_stratum_cannot_use() -> None:
    assert quotas(np.array([100, 2, 50]), 30, "equal").tolist() == [14, 2, 14]
    assert quotas(np.array([3, 9, 5]), 2, "equal").tolist() == [0, 1, 1]


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=8),
    st.integers(0, 400),
    st.sampled_from(["proportional", "equal"]),
)
def test_quotas_add_up_and_never_exceed_a_stratum(sizes: list[int], budget: int, how: str) -> None:
    shares = quotas(np.array(sizes), budget, how)
    assert shares.sum() == min(budget, sum(sizes))
    assert (shares <= np.array(sizes)).all()
    assert (shares >= 0).all()


def test_strata_are_values_for_labels_and_few_numbers() -> None:
    world = World({"complexity.words": [3, 10, None]}, source=["coco", None, "vqa"])
    fields = Fields(world)
    assert strata_of(fields["source"], np.arange(3)).names == ("(none)", "coco", "vqa")
    assert strata_of(fields["complexity.words"], np.arange(3)).names == ("(none)", "10", "3")


def test_a_number_with_many_values_is_cut_in_quartiles() -> None:
    fields = Fields(World({"complexity.words": list(range(40))}))
    strata = strata_of(fields["complexity.words"], np.arange(40))
    assert strata.names == ("quartile 1", "quartile 2", "quartile 3", "quartile 4")
    assert np.bincount(strata.codes).tolist() == [10, 10, 10, 10]


def test_strata_by_several_columns_are_the_combinations_that_occur() -> None:
    world = World({"complexity.words": [3, 3, 10, None]}, source=["coco", "vqa", "vqa", "coco"])
    strata = strata_by(Fields(world).__getitem__, "source, complexity.words", np.arange(4))
    assert strata.names == ("coco, (none)", "coco, 3", "vqa, 10", "vqa, 3")
    assert strata.codes.tolist() == [1, 3, 2, 0]
    assert strata_by(Fields(world).__getitem__, "source", np.arange(4)).names == ("coco", "vqa")
    assert strata_by(Fields(world).__getitem__, "source", np.arange(0)).names == ()
