"""Charts as files for papers and notebooks: sharp in a column, with n, and titles that do not squeeze the plot."""

from __future__ import annotations

import io
import re
from xml.dom import minidom

from PIL import Image

from vlitq.charts.chart import SHARP, Chart
from vlitq.charts.draw import width_of
from vlitq.charts.kinds import Bin, bars, histogram
from vlitq.charts.lines import in_lines

COLUMN = 8.5 / 2.54  # inches
BINS = [Bin(0, 1, {"all": 700, "kept": 3}), Bin(1, 2, {"all": 4000, "kept": 4})]
LONG = "a_scorer_of_a_long_name.and_a_column_of_a_very_long_name_that_goes_on_and_on"


def chart(title: str = "a.b", unit: str = "cosine") -> Chart:
    return histogram("h", title, "Two bins.", BINS, unit)


def size(drawn: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(drawn)) as picture:
        return picture.size


def said(chart: Chart) -> list[str]:
    found = minidom.parseString(chart.svg()).getElementsByTagName("text")  # of our own drawing
    return ["".join(node.toxml() for node in one.childNodes) for one in found]


def test_a_histogram_says_of_how_many_samples_it_is() -> None:
    assert "samples (n = 4,700)" in said(chart())


def test_a_histogram_has_300_pixels_an_inch_in_a_column_of_a_paper() -> None:
    assert size(chart().png())[0] / COLUMN > 300


def test_a_file_says_how_large_it_is_on_paper() -> None:
    with Image.open(io.BytesIO(chart().png(2.0))) as picture:
        assert [round(one) for one in picture.info["dpi"]] == [144, 144]
    assert size(chart().png(4.0))[0] == 2 * size(chart().png(2.0))[0]


def test_the_narrow_chart_has_letters_half_as_large_again_in_the_same_column() -> None:
    assert size(chart().png())[0] > 1.5 * size(chart().png(narrow=True))[0]


def test_long_titles_and_units_go_on_in_another_line_and_leave_the_width_as_it_is() -> None:
    plain, titled = size(chart().png()), size(chart(LONG, f"per cent of {'the words ' * 12}").png())
    assert abs(titled[0] - plain[0]) < 40 * SHARP
    assert titled[1] > plain[1]


def test_a_notebook_shows_a_chart_as_large_as_a_page_does() -> None:
    found = re.search(r' width="(\d+)" ', chart()._repr_html_())
    assert found is not None
    assert int(found[1]) == round(width_of(chart().png()) / SHARP)
    assert width_of(chart().png()) == size(chart().png())[0]


def test_lines_part_at_spaces_and_within_names_and_lose_no_letter() -> None:
    assert in_lines("one two three", 7) == ["one two", "three"]
    assert in_lines("scorer.column_of_it", 10) == ["scorer.", "column_of_", "it"]
    assert in_lines("", 5) == [""]
    assert in_lines("short", 5) == ["short"]
    assert "".join(in_lines("x" * 23, 10)) == "x" * 23


def test_more_than_four_lines_end_in_an_ellipsis() -> None:
    assert in_lines("a b c d e f", 1) == ["a", "b", "c", "…"]
    assert in_lines("ab cd ef gh", 2) == ["ab", "cd", "ef", "gh"]


def test_bars_without_samples_and_of_one_value_are_files_too() -> None:
    for values in ({}, {"one": {"all": 1.0}}):
        assert min(size(bars("b", "B", "B.", values, "samples").png())) > 0
