"""Percentile ranks of strata, the columns that drive them, and the area under the ROC curve, worked out by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from vlitq.report.balance import evenness
from vlitq.report.discrimination import area, interval
from vlitq.report.naming import labelled, listed
from vlitq.report.standing import percentiles, spread, standing, takes_part
from vlitq.report.statuses import kinds_of
from vlitq.schema import Array, Axis, Column, Direction, DType
from vlitq.selection.fields import Field

NAN = float("nan")


def field(
    *values: float, direction: Direction = "higher", axis: Axis = "correctness", dtype: DType = "float64"
) -> Field:
    column = Column("a", dtype, "A number.", direction=direction, axis=axis)
    numbers = np.array(values, dtype=np.float64)
    return Field("s.a", column, numbers, np.zeros(len(numbers), bool), np.full(len(numbers), "ok", dtype=object))


def test_the_better_end_has_the_higher_percentile_and_null_has_none() -> None:
    np.testing.assert_allclose(percentiles(field(3, 1, NAN, 2, 4)), [62.5, 12.5, NAN, 37.5, 87.5])
    np.testing.assert_allclose(percentiles(field(3, 1, direction="lower")), [25, 75])


def test_values_that_tie_share_the_middle() -> None:
    np.testing.assert_allclose(percentiles(field(1, 1, 1, 2)), [37.5, 37.5, 37.5, 87.5])


@pytest.mark.parametrize(
    ("one", "part"),
    [
        (field(1, 2), True),
        (field(1, 1), False),
        (field(NAN, NAN), False),
        (field(1, 2, direction="neutral"), False),
        (field(1, 2, direction="neutral", axis="complexity"), True),
        (field(0, 1, direction="neutral", axis="complexity", dtype="bool"), False),
    ],
)
def test_a_column_takes_part_that_varies_and_has_a_better_end_or_more_of_something(one: Field, part: bool) -> None:
    assert takes_part(one.column, one) is part


def test_the_spread_of_a_stratum_is_its_mean_and_standard_error() -> None:
    found = spread(np.array([1.0, 3, NAN, 7]), np.array([0, 0, 0, 1]), 3)
    np.testing.assert_allclose(found.n, [2, 1, 0])
    np.testing.assert_allclose(found.mean, [2, 7, NAN])
    np.testing.assert_allclose(found.error, [1, NAN, NAN])  # of 1 and 3: √2 / √2


def test_the_driver_is_the_column_in_which_the_stratum_lies_farthest_below_the_others() -> None:
    codes = np.repeat([0, 1], 10)
    low = np.concatenate([np.arange(10), np.arange(100, 110)])  # percentiles 2.5 … 47.5 and 52.5 … 97.5
    half = np.tile(np.arange(10), 2) + codes * 5.0
    found = standing("correctness", {"s.low": field(*low), "s.half": field(*half)}, codes, 2)
    assert [one.name for one in found.drivers(0)] == ["s.low", "s.half"]
    assert found.drivers(0)[0].below == 50
    assert (found.drivers(0)[0].mean, found.drivers(0)[0].others, found.drivers(0)[0].n) == (4.5, 104.5, 10)
    assert found.drivers(1) == []


def test_columns_that_order_the_samples_alike_count_once() -> None:
    values = np.arange(8.0)
    codes = np.zeros(8, dtype=np.int64)
    other = np.array([3.0, 1, 4, 1, 5, 9, 2, 6])
    fields = {"s.a": field(*values), "s.twice": field(*(2 * values)), "s.other": field(*other)}
    assert standing("correctness", fields, codes, 1).alike == {"s.a": ["s.twice"], "s.other": []}


def test_a_stratum_of_four_samples_has_no_driver() -> None:
    codes = np.repeat([0, 1], [4, 16])
    assert standing("correctness", {"s.a": field(*range(20))}, codes, 2).drivers(0) == []


@pytest.mark.parametrize(
    ("keep", "drop", "direction", "share"),
    [
        ([3, 4], [1, 2], "higher", 1.0),
        ([3, 4], [1, 2], "lower", 0.0),
        ([1, 3], [2, 2], "higher", 0.5),
        ([2, 2], [2, 1], "higher", 0.75),  # of four pairs two tie
        ([2, 2], [2, 1], "neutral", 0.75),
    ],
)
def test_the_area_is_the_share_of_pairs_in_which_the_keep_is_better(
    keep: list[float], drop: list[float], direction: Direction, share: float
) -> None:
    found = area(np.array(keep, float), np.array(drop, float), direction)
    assert found is not None
    assert found.value == share


def test_the_area_leaves_out_null_and_is_none_where_one_kind_has_no_value() -> None:
    found = area(np.array([3.0, NAN]), np.array([1.0]), "higher")
    assert found is not None
    assert (found.value, found.kept, found.dropped) == (1, 1, 1)
    assert area(np.array([NAN]), np.array([1.0]), "higher") is None


def test_two_above_two_do_not_prove_anything_and_fifty_above_fifty_do() -> None:
    assert interval(1.0, 2, 2)[0] < 0.5
    assert interval(1.0, 50, 50)[0] > 0.9


def test_the_interval_holds_the_area_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    truth = 0.8144533  # Φ(√½ · 1.265): normals 1.265 apart
    held = 0
    for _ in range(300):
        found = area(rng.normal(1.2649, 1, 15), rng.normal(0, 1, 15), "higher")
        assert found is not None
        held += found.low <= truth <= found.high
    assert 0.91 < held / 300 < 0.99


@pytest.mark.parametrize(
    ("shares", "even"), [([0.5, 0.5], 1), ([1, 0], 0), ([1], None), ([0, 0], None), ([0.5, 0.5, 0, 0], 0.5)]
)
def test_evenness_is_one_where_all_have_the_same_and_none_where_there_is_nothing_to_share(
    shares: list[float], even: float | None
) -> None:
    assert (
        evenness(np.array(shares, float)) == pytest.approx(even) if even is not None else evenness(_of(shares)) is None
    )


def _of(shares: list[float]) -> Array:
    return np.array(shares, float)


def test_reasons_that_differ_in_file_or_number_only_are_one_kind_and_a_single_one_stands_as_it_is() -> None:
    reasons = pa.array(["a/b_1.jpg is missing", "c.png is missing", "x.jpg has zero bytes", None])
    assert kinds_of(reasons) == {"FILE is missing": 2, "no reason is given": 1, "x.jpg has zero bytes": 1}


def test_names_are_listed_with_how_many_are_left_out_and_labels_differ() -> None:
    assert listed(["a", "b", "c", "d"], 3) == "a, b and 2 others"
    assert listed([]) == "none"
    assert labelled(["a", "a", "a (2)"]) == ["a", "a (2)", "a (2) (2)"]
    assert len(set(labelled(["x" * 1000, "x" * 1001]))) == 2
