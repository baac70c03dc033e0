"""Charts are drawn whatever the data say, and nothing the data say becomes part of the drawing."""

from __future__ import annotations

from pathlib import Path
from xml.dom import minidom

import pytest

from vlitq.charts.chart import Chart
from vlitq.charts.files import write_pngs
from vlitq.charts.kinds import Bin, Mark, bars, correlations, histogram
from vlitq.charts.numbers import share, short
from vlitq.counted import counted

HOSTILE = ("<script>alert(1)</script>", "@ink", "half \ud800", "nul \x00 \x0b", "שלום", "x" * 100_000, "", '"&\\')
PNG = b"\x89PNG"


def texts(chart: Chart) -> list[str]:
    found = minidom.parseString(chart.svg()).getElementsByTagName("text")  # of our own drawing
    return ["".join(child.data for child in one.childNodes) for one in found]


def plain(name: str = "plain", **series: float) -> Chart:
    return histogram(name, "a.b", "two bins.", [Bin(0, 1, series or {"all": 3}), Bin(1, 2, series or {"all": 4})], "u")


def test_hostile_labels_are_texts_of_the_drawing_and_no_more() -> None:
    chart = bars("hostile", *HOSTILE[:2], {label: {"@bad": 1} for label in HOSTILE}, "samples")
    drawn = texts(chart)
    assert HOSTILE[0] in drawn
    assert "@ink" in drawn
    assert "half �" in drawn
    assert "nul � �" in drawn
    assert "<script>" not in chart.svg()
    assert chart.png().startswith(PNG)


def test_colours_are_variables_of_the_page_and_fixed_in_a_file() -> None:
    assert "var(--series-1)" in plain().svg()
    assert "@series" not in plain().svg()
    assert plain().png().startswith(PNG)


def test_a_mark_is_a_line_with_its_text() -> None:
    bins = [Bin(0, 1, {"all": 3}), Bin(1, 2, {"all": 4})]
    marked = histogram("m", "a.b", "alt", bins, "u", [Mark(0.5, ">= 0.5: 80 % pass"), Mark(1.5, "<= 1.5: 9 % pass")])
    assert {">= 0.5: 80 % pass", "<= 1.5: 9 % pass"} <= set(texts(marked))


def test_a_bar_without_bins_a_series_and_three_are_drawn() -> None:
    for series in ({"all": 1.0}, {"all": 2.0, "kept": 1.0}, {"all": 2.0, "a": 1.0, "b": 1.0, "c": 0.0}):
        assert plain(**series).svg().startswith("<svg")
    assert histogram("none", "a.b", "nothing", [], "u").svg().startswith("<svg")


def test_correlations_go_both_ways_from_0() -> None:
    assert {"one", "two"} <= set(texts(correlations("c", "t", "a", {"one": 0.5, "two": -1.0}, "ρ")))


def test_each_chart_is_a_file_of_its_name_and_no_two_are_one(tmp_path: Path) -> None:
    files = write_pngs([plain("a.b"), plain("A.b"), plain("../c/d"), plain("...")], tmp_path / "new")
    assert [file.relative_to(tmp_path / "new").as_posix() for file in files] == [
        "a.b.png", "A.b-2.png", "c-d.png", "chart.png"
    ]  # fmt: skip
    assert all(file.read_bytes().startswith(PNG) for file in files)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (0.1234, "0.123"), (12.34, "12.3"), (1234, "1,234"), (1_234_567, "1.23M"), (2e9, "2B"), (1e20, "1e+20"),
     (float("nan"), "none"), (float("-inf"), "-infinity"), (-5000, "-5,000")],
)  # fmt: skip
def test_numbers_are_short(value: float, said: str) -> None:
    assert short(value) == said


def test_a_share_of_some_is_never_said_to_be_none_or_all() -> None:
    assert [share(part, 10_000) for part in (0, 1, 50, 5000, 9950, 9999, 10_000)] == [
        "0 %", "less than 0.1 %", "0.5 %", "50 %", "99.5 %", "more than 99.9 %", "100 %"
    ]  # fmt: skip
    assert share(0, 0) == "0 %"


def test_a_noun_follows_its_number() -> None:
    assert (counted(1, "row"), counted(1200, "row"), counted(2, "index", "indices")) == (
        "1 row",
        "1,200 rows",
        "2 indices",
    )
