"""A run of sixty samples for the explorer's tests, some of them hostile, and a server of it in a thread."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from PIL import Image

import vlitq
from vlitq.view.app import app
from vlitq.view.explorer import Explorer
from vlitq.view.server import listening

ROWS = 60
WORDS = "complexity.response_words"
HOSTILE = 7  # the row whose id, source and texts try to run script
TEXT_ONLY = 9  # the row without an image
SCRIPT = "<script>window.pwned = 1</script>"
IMAGE = '<img src=x onerror="window.pwned = 2">'


def score(folder: Path, rows: int = ROWS, scorers: tuple[str, ...] = ("complexity", "duplicates")) -> Path:
    """A run of `rows` samples: row i has an image of its own colour, all but one, and an answer of i + 1 words."""
    records = [_record(folder, row) for row in range(rows)]
    (folder / "data.json").write_text(json.dumps(records), encoding="utf-8")
    out = folder / "run"
    vlitq.score(folder / "data.json", out=out, scorers=list(scorers), device="cpu", cache=False, quiet=True)
    return out


def _record(folder: Path, row: int) -> dict[str, Any]:
    Image.new("RGB", (64, 48), (4 * row, 255 - 4 * row, (37 * row) % 256)).save(folder / f"{row}.png")
    answer = " ".join(["word"] * row + ["zebra" if row == 20 else "end"])
    turns = [{"from": "human", "value": "<image>\nWhat is it?"}, {"from": "gpt", "value": answer}]
    told = {"id": f"s{row:02}", "source": ("even", "odd")[row % 2], "image": f"{row}.png", "conversations": turns}
    if row == TEXT_ONLY:
        del told["image"]
        turns[0]["value"] = "What is it?"
    if row == HOSTILE:
        hostile = f"{SCRIPT} {IMAGE} javascript:alert(1) \u202eשלום {{{{ 7 * 7 }}}} \ud800"
        turns[0]["value"] = f"<image>\n{hostile}"
        turns[1]["value"] = f"{SCRIPT} {IMAGE} one two three four five"
        told.update(id=f"s07 {IMAGE}", source=f"odd {SCRIPT}")
    return told


class Served:
    """A run at an address, until `stop`."""

    def __init__(self, run: Path) -> None:
        self.run, self.explorer, self._bound = run, Explorer(run), listening(0)
        self.url = f"http://127.0.0.1:{self._bound.getsockname()[1]}/token/"
        config = uvicorn.Config(app(self.explorer, "token"), log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: self._server.run(sockets=[self._bound]))

    def start(self) -> None:
        """Answer from now on; the text index is there."""
        self.explorer.start()
        self._thread.start()
        while not (self.explorer.texts.ready or self.explorer.texts.problem):
            threading.Event().wait(0.02)

    def stop(self) -> None:
        """Answer no more."""
        self._server.should_exit = True
        self._thread.join(10)
        self._bound.close()

    def labels(self) -> dict[int, str]:
        """The labels as another process reads them from the run folder."""
        return dict(vlitq.open(self.run).labels)


@contextmanager
def served(run: Path) -> Iterator[Served]:
    """The run at an address of this machine."""
    server = Served(run)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.explorer.close()
