"""The report as a file: what it holds, what it says of what failed, how it stays small, and its command."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from report_world import HOSTILE, IMAGE, SCRIPT, everything, hostile_run, points

import vlitq
from vlitq.charts.chart import Chart
from vlitq.cli import main
from vlitq.errors import VlitqError
from vlitq.report.blocks import Card, Cards, Figure, Group, Picture, Section, Table, Text
from vlitq.report.material import Material
from vlitq.report.page import Heading, page, split_at_a_word
from vlitq.report.points import LABELS, NONE, STEPS, packed
from vlitq.report.room import NO_ROOM, Room
from vlitq.report.shown import Showing, cell, table
from vlitq.report.write import MOST_BYTES, write
from vlitq.store import Run, RunError


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return hostile_run(tmp_path_factory.mktemp("report"))


def said(section: Section) -> str:
    """A page of one section."""
    return page(Heading("data.json", ["8 rows"]), [Showing().section(section)])


def text_section(*paragraphs: str) -> Section:
    return Section("words", "Words", "", [Text(paragraphs)])


def picture_section(count: int, size: int) -> Section:
    """Cards with a picture of `size` characters each."""
    cards = [
        Card(at, f"s{at}", "", "a sample", (Picture(f"{at}.png", f"data:{'x' * size}"),), ()) for at in range(count)
    ]
    return Section("pictures", "Pictures", "", [Cards("All", cards)])


def test_texts_of_the_data_are_escaped_wherever_they_stand(run: Run) -> None:
    html = said(everything(Material(run)))
    for hostile in (SCRIPT, IMAGE):
        assert hostile not in html
    assert len(re.findall("<script>", html)) == 1  # our own
    assert "window.pwned" in html  # as text


def test_what_no_file_can_hold_is_replaced(run: Run) -> None:
    html = said(text_section("half \ud800 and \x00 nothing"))
    assert "half \ufffd and \ufffd nothing" in html
    html.encode()


def test_the_policy_lets_in_our_style_and_script_by_their_digests_alone() -> None:
    html = said(text_section("x"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-")
    assert "unsafe" not in policy[1]
    assert "://" not in html  # nothing to fetch


def test_a_section_that_fails_says_so_and_leaves_the_others(run: Run, tmp_path: Path) -> None:
    def broken(_: Material) -> Section:
        raise KeyError("no such column")

    def refused(_: Material) -> Section:
        raise VlitqError("score it anew")

    makers = {"one": broken, "two": refused, "three": lambda _: text_section("still here"), "four": lambda _: None}
    written = write(Material(run), tmp_path / "report.html", makers=makers)
    assert written.failures == ("section one: KeyError: 'no such column'", "section two: score it anew")
    assert written.sections == ("one", "two", "words")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    for told in ("no such column", "score it anew", "still here"):
        assert told in html


def test_a_chart_that_cannot_be_drawn_leaves_its_numbers(run: Run, tmp_path: Path) -> None:
    chart = Chart("broken", "Broken", "Nothing.", {"mark": "no such mark"}, ["a", "b"], [["x", 4242]])
    makers = {"one": lambda _: Section("one", "One", "", [Figure(chart)])}
    written = write(Material(run), tmp_path / "report.html", makers=makers)
    assert written.failures[0].startswith("chart broken: ")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "could not be drawn" in html
    assert "4,242" in html


def test_names_that_repeat_are_told_apart_in_the_page() -> None:
    chart = Chart("a.b", "A", "A.", {"data": {"values": []}, "mark": "bar", "encoding": {}}, ["a"], [[1]])
    showing = Showing()
    for _ in range(2):
        shown = showing.section(Section("one", "One", "", [Figure(chart), Figure(chart)]))
    ids = re.findall(r'id="([^"]+-title)"', "".join(one.svg for one in shown.parts[0].thing))
    assert (shown.name, len(shown.parts), sorted(set(ids))) == (
        "one--2", 1, ["chart-a-b--3-title", "chart-a-b--4-title"],
    )  # fmt: skip


def test_the_last_pictures_go_when_the_page_is_too_large(run: Run, tmp_path: Path) -> None:
    makers = {"pictures": lambda _: picture_section(10, 1000)}
    whole = write(Material(run), tmp_path / "whole.html", makers=makers)
    less = write(Material(run), tmp_path / "less.html", makers=makers, most_bytes=whole.bytes - 2500)
    assert (whole.pictures_left_out, less.pictures_left_out) == (0, 3)
    assert less.bytes <= whole.bytes - 2500 + 300  # that it says so takes some bytes
    html = (tmp_path / "less.html").read_text(encoding="utf-8")
    assert "3 pictures were left out" in html
    assert html.count(NO_ROOM) == 3
    assert html.count("<img ") == 7


def test_a_report_of_very_many_pictures_stays_below_its_limit(run: Run, tmp_path: Path) -> None:
    makers = {"pictures": lambda _: picture_section(3000, 8000)}  # 24 MB
    written = write(Material(run), tmp_path / "report.html", makers=makers)
    assert written.bytes < MOST_BYTES == 15_000_000
    assert written.bytes == (tmp_path / "report.html").stat().st_size
    assert written.pictures_left_out > 1000


def test_pictures_in_groups_are_left_out_too_from_the_end() -> None:
    card = picture_section(2, 1000).blocks[0]
    assert isinstance(card, Cards)
    section = Section("one", "One", "", [card, Group("Inner", [replace(card, title="Last")])])
    room = Room(1500)
    (found,) = room.sections([section])
    assert room.left_out == 2
    assert found.blocks[0] == card
    assert isinstance(found.blocks[1], Group)
    inner = found.blocks[1].blocks[0]
    assert isinstance(inner, Cards)
    assert [one.pictures[0].problem for one in inner.cards] == [NO_ROOM, NO_ROOM]


def test_numbers_stand_right_and_read_well() -> None:
    values = [1234567, 0.03125, 12.3456, 1e-9, True, None, float("nan"), float("inf"), "x"]
    assert [cell(one).text for one in values] == [
        "1,234,567", "0.03125", "12.35", "1e-09", "yes", "–", "–", "∞", "x",
    ]  # fmt: skip
    shown = table(Table("T", ["name", "n", "none"], [["a", 1, None], [None, 2.5, None]]))
    assert [one.number for one in shown.head] == [False, True, False]


def test_long_tables_and_texts_are_cut_and_say_so() -> None:
    shown = table(Table("T", ["n"], [[one] for one in range(510)]))
    assert (len(shown.rows), shown.cut) == (500, "10 more rows are not shown.")
    assert cell("x" * 1_000_000).text.endswith("… (999,700 more characters)")
    assert split_at_a_word("word " * 100) == (("word " * 56).rstrip(), ("word " * 44).lstrip())
    assert split_at_a_word("short") == ("short", "")


def test_points_keep_places_numbers_and_labels() -> None:
    given = points(3)
    found = packed(given)
    by_name = {one["name"]: one for one in found["colours"]}
    assert found["rows"] == [0, 1, 2]
    assert (by_name["number"]["low"], by_name["number"]["high"]) == (1, 2)
    assert codes(by_name["number"]["values"]) == [NONE, 0, STEPS]
    assert [one["n"] for one in by_name["label"]["labels"]] == [1, 1]
    assert [one["text"] for one in by_name["truth"]["labels"]] == ["no", "yes"]


def codes(base64: str) -> list[int]:
    from base64 import b64decode

    found: list[int] = np.frombuffer(b64decode(base64), "<u2").tolist()
    return found


def test_rare_labels_share_a_colour_and_are_counted() -> None:
    given = points(13)
    given.colours["many"] = np.array([f"label {one}" for one in range(13)], dtype=object)
    (many,) = (one for one in packed(given)["colours"] if one["name"] == "many")
    assert many["labels"][LABELS] == {"text": "3 others", "n": 3}
    assert max(codes(many["values"])) == LABELS


def test_a_column_without_any_value_is_packed_as_none() -> None:
    given = points(2)
    given.colours["empty"] = np.full(2, np.nan)
    (empty,) = (one for one in packed(given)["colours"] if one["name"] == "empty")
    assert codes(empty["values"]) == [NONE, NONE]


def test_the_command_writes_the_page_and_says_where(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.html"
    assert main(["report", str(run.path), "--out", str(out), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["path"] == str(out)
    assert facts["bytes"] == out.stat().st_size
    assert facts["failures"] == []
    html = out.read_text(encoding="utf-8")
    assert "long keeps 3" in html
    assert not any(hostile in html for hostile in HOSTILE[:2])


def test_only_the_selections_asked_for_are_shown(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.html"
    chosen = run.path.parent / "short.json"
    assert main(["report", str(run.path), "--selection", str(chosen), "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    html = out.read_text(encoding="utf-8")
    assert ("short keeps 3" in html, "long keeps 3" in html) == (True, False)


def test_charts_are_written_as_pictures_too(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, folder = tmp_path / "report.html", tmp_path / "charts"
    assert main(["report", str(run.path), "--out", str(out), "--png", str(folder), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert len(facts["png"]) == len(facts["charts"]) > 3
    assert all(Path(one).read_bytes().startswith(b"\x89PNG") for one in facts["png"])


@pytest.mark.parametrize(
    ("out", "told"), [("report.txt", "end its name in .html"), (".", "is a folder"), ("no.html/x", "end its name")]
)
def test_a_place_that_cannot_hold_the_page_is_told_before_anything_is_made(
    run: Run, tmp_path: Path, out: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(run.path), "--out", str(tmp_path / out)]) == 2
    assert told in capsys.readouterr().err


def test_a_selection_of_another_run_is_refused_and_a_stale_one_left_out(run: Run, tmp_path: Path) -> None:
    records = json.loads(run.data.read_text(encoding="utf-8"))[:1]
    (tmp_path / "data.json").write_text(json.dumps(records), encoding="utf-8")
    other = vlitq.score(tmp_path / "data.json", out=tmp_path / "run", images=run.data.parent, scorers=["complexity"],
                        device="cpu", quiet=True)  # fmt: skip
    with pytest.raises(RunError, match="other rows"):
        vlitq.write_report(other, {"long": run.path.parent / "long.json"}, out=tmp_path / "report.html")
    other.note_selection(run.path.parent / "long.json")
    with pytest.warns(UserWarning, match="other rows"):
        written = vlitq.write_report(other, out=tmp_path / "report.html")
    assert "is of other rows than the run" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert written.failures == ()


def test_a_run_of_one_row_has_a_report(run: Run, tmp_path: Path) -> None:
    records = json.loads(run.data.read_text(encoding="utf-8"))[:1]
    (tmp_path / "one.json").write_text(json.dumps(records), encoding="utf-8")
    one = vlitq.score(tmp_path / "one.json", out=tmp_path / "run", images=run.data.parent, scorers=["complexity"],
                      device="cpu", quiet=True)  # fmt: skip
    written = vlitq.write_report(one, out=tmp_path / "report.html")
    assert written.failures == ()
    assert "overview" in written.sections
