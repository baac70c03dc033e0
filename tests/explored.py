"""A small run to look at: six samples of two sources, one with a missing image, one that is no sample."""

from __future__ import annotations

import json
from pathlib import Path

from worlds import Length, Rank, Red, colour, record, run, write

from vlitq.store import Run

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def world(folder: Path) -> Run:
    """Rows: 0 a red image, 1 a blue one, 2 no image, 3 a missing image, 4 a hostile text, 5 not a record at all.

    `red.mean` is 1, 0, null, null, null, null; `length.mean` that of the answers' words.
    """
    colour(folder / "red.png", (255, 0, 0))
    colour(folder / "blue.png", (0, 0, 255))
    records = [
        record(0, "A red square", images=["red.png"], source="web"),
        record(1, "A blue square, quite blue", images=["blue.png"], source="web"),
        record(2, "Nothing to see", source="books"),
        record(3, "A café", images=["gone.png"], source="books"),
        record(4, HOSTILE + "\ud800 end", source="web"),
        ["not a record"],
    ]
    made = run(write(folder / "data.json", records), folder / "run", Red(), Length(), Rank())
    manifest = made.path / "manifest.json"
    manifest.write_text(json.dumps({**made.manifest, "recipe": {"name": "toys"}}))  # as `vlitq score` notes it
    return Run(made.path)
