"""A real Chromium for the tests of pages: it notes all that a page asks for and says, and axe looks at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

LAPTOP, PHONE = (1280, 800), (390, 844)  # pixels
Theme = Literal["light", "dark"]
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Visit:
    """A page that is open, and what has been heard of it: messages and errors, addresses asked for, dialogs."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> list[str]:
        """The addresses asked for that are neither a file, data of the page, nor this machine."""
        here = ("file:", "data:", "blob:", "http://127.0.0.1")
        return [one for one in self.asked if not one.startswith(here)]

    @property
    def sideways(self) -> int:
        """How many pixels the page is wider than the window."""
        wider: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return wider

    def faults(self) -> list[str]:
        """What axe finds serious or critical: the rule and the first place."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['html'][:200]}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window; a test is skipped where the machine has none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visit(
    browser: Browser, url: str, size: tuple[int, int] = LAPTOP, theme: Theme = "light", **context: Any
) -> Iterator[Visit]:
    """A page opened in a window of this size and theme, and all that it says and asks for from its first byte on."""
    viewport = {"width": size[0], "height": size[1]}
    window = browser.new_context(viewport=viewport, color_scheme=theme, **context)  # type: ignore[arg-type]  # a dict is what it takes
    try:
        heard = Visit(window.new_page())
        heard.page.on("console", lambda message: heard.said.append(f"{message.type}: {message.text}"))
        heard.page.on("pageerror", lambda error: heard.said.append(f"error: {error}"))
        heard.page.on("request", lambda request: heard.asked.append(request.url))
        heard.page.on("dialog", lambda dialog: (heard.dialogs.append(dialog.message), dialog.dismiss()))
        heard.page.goto(url)
        yield heard
    finally:
        window.close()
