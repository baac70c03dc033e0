"""The recipe `datacomp_basic` keeps what DataComp's basic filter keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import worlds
from PIL import Image

import vlitq

ENGLISH = "A red bicycle leans against the wall of the old library."
GERMAN = "Ein rotes Fahrrad lehnt an der Wand der alten Bibliothek."


def picture(path: Path, width: int, height: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(path)


def test_each_condition_drops_the_sample_that_fails_it_and_no_other(tmp_path: Path) -> None:
    for name, width, height in (("whole", 300, 200), ("small", 199, 300), ("long", 601, 200), ("limit", 600, 200)):
        picture(tmp_path / f"{name}.png", width, height)
    records = [
        worlds.record(0, ENGLISH, ["whole.png"]),
        worlds.record(1, GERMAN, ["whole.png"]),
        worlds.record(2, "Bicycle. Library.", ["whole.png"]),
        worlds.record(3, ENGLISH, ["small.png"]),
        worlds.record(4, ENGLISH, ["long.png"]),
        worlds.record(5, ENGLISH, ["limit.png"]),
    ]
    data = worlds.write(tmp_path / "data.json", records)
    run = vlitq.score(data, out=tmp_path / "run", recipe="datacomp_basic", quiet=True)
    assert sorted(vlitq.select(run).ids) == ["s0", "s5"]
