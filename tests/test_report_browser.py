"""The report in a real Chromium: charts are drawn, nothing in the data acts, nothing is fetched, axe finds no fault."""

from __future__ import annotations

from pathlib import Path

import pytest
import worlds
from browser import LAPTOP, PHONE, Theme, visit
from playwright.sync_api import Browser
from report_world import Many, everything, hostile_run, points

import vlitq
from vlitq.report.blocks import Section
from vlitq.report.material import Material
from vlitq.report.write import write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages of a hostile run: `all.html`, a block of every kind, and `report.html`, as a user gets it."""
    folder = tmp_path_factory.mktemp("report")
    run = hostile_run(folder)
    write(Material(run), folder / "all.html", makers={"everything": everything})
    assert vlitq.write_report(run, out=folder / "report.html").failures == ()
    return folder


@pytest.mark.parametrize("name", ["all.html", "report.html"])
@pytest.mark.parametrize(("size", "theme"), [(LAPTOP, "light"), (LAPTOP, "dark"), (PHONE, "light")])
def test_the_page_is_whole_quiet_and_accessible(
    folder: Path, browser: Browser, name: str, size: tuple[int, int], theme: Theme
) -> None:
    with visit(browser, (folder / name).as_uri(), size, theme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        seen.page.wait_for_timeout(100)
        assert seen.page.locator("main > section").count() > 0
        assert seen.sideways == 0
        assert seen.faults() == []
        assert (seen.said, seen.elsewhere, seen.dialogs) == ([], [], [])
        assert seen.page.evaluate("typeof window.pwned") == "undefined"


@pytest.mark.parametrize("name", ["all.html", "report.html"])
def test_every_chart_is_there_and_not_empty(folder: Path, browser: Browser, name: str) -> None:
    with visit(browser, (folder / name).as_uri()) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        charts = seen.page.locator("figure.chart-box")
        assert charts.count() >= 3
        for chart in charts.all():
            box = chart.locator("svg.chart:visible").bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) > 20
            assert chart.locator("svg.chart .mark-rect path, svg.chart .mark-symbol path").count() > 0
            assert chart.locator("table tbody tr").count() > 0


CHARTS_TOO_WIDE = """() => [...document.querySelectorAll(".scroll, .slim")]
  .filter((one) => one.offsetParent && one.querySelector("svg") && one.scrollWidth > one.clientWidth + 1).length"""


@pytest.mark.parametrize(("size", "narrow"), [(LAPTOP, False), (PHONE, True)])
def test_no_chart_is_scrolled_and_a_wide_one_has_a_narrow_drawing_for_a_phone(
    folder: Path, browser: Browser, size: tuple[int, int], narrow: bool
) -> None:
    with visit(browser, (folder / "report.html").as_uri(), size) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert seen.page.evaluate(CHARTS_TOO_WIDE) == 0
        drawn = seen.page.locator("figure.wide").first
        assert drawn.locator(".slim svg.chart").is_visible() is narrow
        assert drawn.locator(".broad svg.chart").is_visible() is not narrow


def test_the_first_screen_says_what_was_scored_and_who_is_worst_in_what(tmp_path: Path, browser: Browser) -> None:
    lengths = [("terse", 1 + number % 3) for number in range(12)] + [("wordy", 20 + number % 3) for number in range(12)]
    records = [
        worlds.record(number, " ".join(f"word{at}" for at in range(words)) + ".", source=source)
        for number, (source, words) in enumerate(lengths)
    ]
    data = worlds.write(tmp_path / "data.json", records)
    run = vlitq.score(data, out=tmp_path / "run", scorers=["complexity", "schema"], device="cpu", quiet=True)
    written = vlitq.write_report(run, out=tmp_path / "report.html")
    with visit(browser, written.path.as_uri(), LAPTOP) as seen:
        for said in ("24 samples of data.json from 2 sources", "In complexity: terse.", "complexity.response_words"):
            box = seen.page.get_by_text(said).locator("visible=true").first.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] < LAPTOP[1]


def test_hostile_texts_are_shown_as_they_are_written(folder: Path, browser: Browser) -> None:
    with visit(browser, (folder / "all.html").as_uri()) as seen:
        text = seen.page.locator("main").text_content() or ""
        for said in ("alert('script')</script>", "onerror=", "javascript:alert", "{{ 7 * 7 }}", "שלום עולם"):
            assert said in text
        assert seen.page.locator("main script:not([type='application/json']), main [onerror], main a").count() == 0
        assert seen.page.locator(".said").first.get_attribute("dir") == "auto"


def test_pictures_are_shown_and_an_absent_one_says_why(folder: Path, browser: Browser) -> None:
    with visit(browser, (folder / "all.html").as_uri()) as seen:
        first = seen.page.locator(".card img").first
        assert first.evaluate("(one) => one.complete && one.naturalWidth") == 40
        assert "1.png" in (seen.page.locator(".absent").first.text_content() or "")


PIXELS = """() => {
  const map = document.querySelector("figure.map > canvas");
  const copy = new OffscreenCanvas(map.width, map.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(map, 0, 0);
  return Array.from(new Uint32Array(copy.getImageData(0, 0, map.width, map.height).data.buffer));
}"""


def test_the_map_is_drawn_coloured_anew_and_told_by_the_keyboard(folder: Path, browser: Browser) -> None:
    with visit(browser, (folder / "all.html").as_uri()) as seen:
        page = seen.page
        by_number = page.evaluate(PIXELS)
        assert len(set(by_number)) > 5
        page.get_by_label("Colour by").select_option(label="label")
        by_label = page.evaluate(PIXELS)
        assert by_label != by_number
        assert page.locator(".legend li").count() == 4  # three labels, and none
        page.locator("figure.map > canvas").focus()
        page.keyboard.press("ArrowRight")
        assert "(row 0), label: none" in page.locator(".point").inner_text()
        page.keyboard.press("ArrowDown")
        assert "(row 0)" not in page.locator(".point").inner_text()
        assert seen.said == []


def test_pointing_at_the_map_tells_the_sample(tmp_path: Path, folder: Path, browser: Browser) -> None:
    run = vlitq.open(folder / "run")
    write(Material(run), tmp_path / "map.html", makers={"map": lambda _: Section("map", "Map", "", [points(2)])})
    with visit(browser, (tmp_path / "map.html").as_uri()) as seen:
        canvas = seen.page.locator("figure.map > canvas")
        box = canvas.bounding_box()
        assert box is not None
        seen.page.get_by_label("Colour by").select_option(label="truth")
        canvas.hover(position={"x": box["width"] - 15, "y": 15})  # point 1 is the farthest right and up
        assert "(row 1), truth: yes" in seen.page.locator(".point").inner_text()
        canvas.hover(position={"x": box["width"] / 2, "y": box["height"] / 2})
        assert seen.page.locator(".point").inner_text() == ""


def test_the_page_reads_without_its_script(folder: Path, browser: Browser) -> None:
    with visit(browser, (folder / "all.html").as_uri(), java_script_enabled=False) as seen:
        assert seen.page.locator("svg.chart").first.is_visible()
        assert "switched off" in seen.page.locator("figure.map noscript").inner_text()


def test_the_contents_lead_to_each_section(folder: Path, browser: Browser) -> None:
    for size, bar in ((LAPTOP, "nav.aside"), (PHONE, "nav.folded")):
        with visit(browser, (folder / "report.html").as_uri(), size) as seen:
            for fold in seen.page.locator("nav.folded:visible details").all():
                fold.locator("summary").click()
            links = seen.page.locator(f"{bar} a")
            assert links.count() == seen.page.locator("main > section").count()
            links.last.click()
            target = links.last.get_attribute("href") or ""
            assert seen.page.locator(target).is_visible()
            assert seen.page.url.endswith(target)


def test_a_run_of_a_hundred_and_twenty_columns_opens(tmp_path: Path, browser: Browser) -> None:
    records = [worlds.record(number, "word " * (number + 1), source=f"s{number % 3}") for number in range(40)]
    run = worlds.run(worlds.write(tmp_path / "data.json", records), tmp_path / "run", Many())
    written = vlitq.write_report(run, out=tmp_path / "report.html")
    assert written.failures == ()
    assert written.bytes < 8_000_000
    for size in (LAPTOP, PHONE):
        with visit(browser, written.path.as_uri(), size) as seen:
            assert seen.sideways == 0
            assert seen.said == []
