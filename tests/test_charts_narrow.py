"""Charts drawn again for a phone."""

from __future__ import annotations

import re

from vlitq.charts.chart import Chart
from vlitq.charts.kinds import Grid, Interval, bars, intervals, matrix
from vlitq.charts.standings import standings

LONG = "a_scorer_of_a_long_name.and_a_column_of_a_long_name"
PHONE = 390


def width(svg: str) -> float:
    found = re.search(r'viewBox="0 0 ([\d.]+) ', svg)
    assert found is not None
    return float(found[1])


def assert_narrow(chart: Chart) -> None:
    assert width(chart.narrow_svg()) < PHONE < width(chart.svg())


def test_bars_and_intervals_fit_a_phone_whatever_their_labels() -> None:
    assert_narrow(bars("b", "B", "B.", {LONG: {"n": 3}}, "samples"))
    assert_narrow(intervals("i", "I", "I.", [Interval(LONG, "one", 1, 2, 3)], "words"))


def test_a_matrix_of_twenty_columns_fits_and_loses_its_numbers() -> None:
    names = [f"{number} {LONG}" for number in range(20)]
    grid = Grid([str(number) for number in range(20)], names, [[0.25] * 20] * 20, 1.0)
    chart = matrix("m", "M", "M.", grid, "rho")
    assert_narrow(chart)
    assert ("0.25" in chart.svg(), "0.25" in chart.narrow_svg()) == (True, False)
    assert chart.narrow_svg().count("<path") > 400


def test_standings_in_seven_axes_fit_with_their_numbers() -> None:
    axes = ["Correctness", "Validity", "Complexity", "Diversity", "Redundancy", "Balance", "Visual dependence"]
    chart = standings("S", "S.", axes, [LONG], [[float(at) for at in range(41, 48)]], "rank")
    assert_narrow(chart)
    assert ">47<" in chart.narrow_svg()


def test_the_two_drawings_have_ids_of_their_own() -> None:
    chart = bars("b", "B", "B.", {"a": {"n": 3}}, "samples")
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (chart.svg(), chart.narrow_svg())]
    assert not ids[0] & ids[1]
