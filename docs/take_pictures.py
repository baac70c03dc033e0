"""Takes the README's pictures of the report and the explorer, after `make demo`.

From the root of the project: `PYTHONPATH=tests .venv/bin/python docs/take_pictures.py DEMO`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browser import LAPTOP, Theme, chromium
from PIL import Image
from playwright.sync_api import Browser, Page

PICTURES = Path(__file__).parent / "pictures"


def main(demo: Path) -> None:
    """Four pictures: where the sources stand, samples of the report, the explorer with a selection, and its map."""
    with chromium() as browser:
        report = (demo / "report.html").resolve().as_uri()
        _take(_page(browser, report, "light"), "report-sources")
        _take(_page(browser, report, "dark"), "report-samples", "#examples h3:has-text('relevance.cosine')")
        with _served(demo / "run") as address:
            explorer = _page(browser, address, "light")
            explorer.get_by_text("What would be selected").click()
            _chosen(explorer)
            _take(explorer, "explorer-selection")
            explorer = _page(browser, address, "dark")
            explorer.get_by_role("button", name="Map").click()
            explorer.wait_for_timeout(6000)
            _with_a_rectangle(explorer)
            _take(explorer, "explorer-map")


def _page(browser: Browser, address: str, theme: Theme) -> Page:
    viewport = {"width": LAPTOP[0], "height": LAPTOP[1]}
    page = browser.new_context(color_scheme=theme, viewport=viewport).new_page()  # type: ignore[arg-type]  # a dict is what it takes
    page.goto(address)
    page.wait_for_timeout(2500)
    return page


def _chosen(page: Page) -> None:
    page.wait_for_timeout(2500)
    for _ in range(3):
        page.keyboard.press("j")
        page.wait_for_timeout(500)
    page.wait_for_timeout(2000)


def _with_a_rectangle(page: Page) -> None:
    box = page.locator("canvas").first.bounding_box()
    assert box is not None
    left, top = box["x"] + 0.03 * box["width"], box["y"] + 0.4 * box["height"]
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + 0.3 * box["width"], top + 0.57 * box["height"], steps=8)
    page.mouse.up()
    page.wait_for_timeout(2500)


def _take(page: Page, name: str, at: str = "") -> None:
    if at:
        page.locator(at).first.evaluate("place => place.scrollIntoView()")
        page.wait_for_timeout(500)
    file = PICTURES / f"{name}.png"
    page.screenshot(path=file)
    Image.open(file).convert("RGB").save(file, optimize=True)


@contextmanager
def _served(run: Path) -> Iterator[str]:
    """The explorer of a run, on a port of its own; its address."""
    command = [sys.executable, "-m", "vlitq", "view", str(run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own command
        try:
            assert process.stdout is not None
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://\S+", line)))
        finally:
            process.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
