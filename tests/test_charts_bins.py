"""Where the bins of a histogram lie, and that every value is in one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlitq.charts.bins import MOST, bins_for


def test_few_whole_numbers_have_a_bar_each_around_their_place() -> None:
    bins = bins_for(np.array([1.0, 1.0, 4.0]), whole=True)
    assert bins.edges.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5]
    assert bins.low.tolist() == bins.high.tolist() == [1, 2, 3, 4]
    assert bins.count(np.array([1.0, 1.0, 4.0])).tolist() == [2, 0, 0, 1]


def test_many_whole_numbers_share_bars_of_a_width_people_count_in() -> None:
    bins = bins_for(np.arange(100.0), whole=True)
    assert (bins.step, bins.number) == (5, 20)
    assert bins.low.tolist()[:3] == [0, 5, 10]
    assert bins.high.tolist()[:3] == [4, 9, 14]
    assert set(bins.count(np.arange(100.0)).tolist()) == {5}


def test_a_constant_column_is_one_bin_around_its_value() -> None:
    for value in (0.0, 0.3, -7.5, 1e200, 1e-200):
        bins = bins_for(np.full(5, value), whole=False)
        assert bins.number == 1
        assert bins.edges[0] < value < bins.edges[1] or bins.first < value
        assert bins.count(np.full(5, value)).tolist() == [5]


def test_values_that_differ_by_rounding_are_constant() -> None:
    values = np.array([1.0, np.nextafter(1.0, 2.0)])
    assert bins_for(values, whole=False).count(values).tolist() == [2]


def test_a_value_of_float32_is_in_the_bin_that_begins_at_it() -> None:
    values = np.linspace(0, 1, 11).astype(np.float32).astype(np.float64)
    bins = bins_for(values, whole=False)
    assert bins.step == pytest.approx(0.05)
    assert bins.count(values).tolist() == [1, 0] * 9 + [1, 1]  # the last value closes the last bin


def test_a_long_tail_is_gathered_in_the_last_bin() -> None:
    values = np.array([*range(200), 10_000.0])
    bins = bins_for(values, whole=False)
    assert bins.above
    assert not bins.below
    assert bins.high[-1] == 10_000
    assert bins.edges[-1] < 250
    assert bins.count(values).sum() == 201


def test_both_tails_are_gathered() -> None:
    values = np.array([-10_000.0, *range(300), 10_000.0])
    bins = bins_for(values, whole=True)
    assert (bins.below, bins.above) == (True, True)
    assert (bins.low[0], bins.high[-1]) == (-10_000, 10_000)


def test_where_nearly_all_is_zero_the_bins_reach_to_the_end() -> None:
    values = np.array([0.0] * 198 + [0.14, 0.186])
    bins = bins_for(values, whole=False)
    assert not bins.above
    assert bins.edges[-1] == pytest.approx(0.19)


@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=60), st.booleans())
def test_every_value_is_in_one_of_a_few_bins(values: list[float], whole: bool) -> None:
    array = np.round(np.array(values)) if whole else np.array(values)
    bins = bins_for(array, whole)
    counts = bins.count(array)
    assert counts.sum() == len(array)
    assert 1 <= bins.number <= MOST + 4
    assert len(counts) == len(bins.low) == len(bins.high) == bins.number
    assert np.isfinite(bins.edges).all()
