"""A run of eight samples with small pictures and hostile texts, two selections of it, and sections of every kind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import vlitq
from vlitq.charts.kinds import Bin, Interval, bars, histogram, intervals
from vlitq.plugin import Array, Column, Columns, Need, Samples, SampleScorer
from vlitq.report.blocks import Block, Cards, Figure, Group, Map, Section, Table, Text
from vlitq.report.material import Material
from vlitq.schema import DType
from vlitq.store import Run

SCRIPT = "<script>window.pwned = 1; alert('script')</script>"
IMAGE = "<img src=x onerror=\"window.pwned = 2; alert('image')\">"
LINK = "<a href=\"javascript:alert('link')\">javascript:alert(1)</a> </script></style>--> {{ 7 * 7 }} ${pwned}"
HEBREW = "\u202eשלום עולם, תמונה של כלב"
SURROGATE = "half a pair: \ud800, and NUL: \x00 end"
HOSTILE = (SCRIPT, IMAGE, LINK, HEBREW, SURROGATE)
ANSWERS = ("Two brown dogs run over a green field.", "A red car stands next to the house.", "Yes.", *HOSTILE)
KINDS: tuple[DType, ...] = ("float32", "float32", "int64", "bool", "string")
WORDS = "complexity.response_words"


def hostile_run(folder: Path) -> Run:
    """A run of eight samples whose ids, sources and texts are hostile; one image is not there."""
    records = [_record(folder, number, answer) for number, answer in enumerate(ANSWERS)]
    (folder / "data.json").write_text(json.dumps(records), encoding="utf-8")
    with pytest.warns(UserWarning, match="could not be scored"):  # one image is not there
        run = vlitq.score(folder / "data.json", out=folder / "run", scorers=["complexity", "schema"], device="cpu",
                          quiet=True)  # fmt: skip
    for name, by in (("long", WORDS), ("short", f"-{WORDS}")):
        vlitq.select(run, budget=3, by=by, missing="last").write(folder / f"{name}.json")
    return run


def _record(folder: Path, number: int, answer: str) -> dict[str, object]:
    if number != 1:
        Image.new("RGB", (40, 30), (30 * number, 90, 200 - 20 * number)).save(folder / f"{number}.png")
    turns = [{"from": "human", "value": "<image>\nWhat is this?"}, {"from": "gpt", "value": answer}]
    hostile = number >= len(ANSWERS) - len(HOSTILE)
    source = ("even", "odd")[number % 2] + (f" {SCRIPT}" if hostile else "")
    return {"id": f"{number} {IMAGE if hostile else ''}", "source": source, "image": f"{number}.png",
            "conversations": turns}  # fmt: skip


@dataclass(frozen=True)
class Many(SampleScorer):
    """A hundred and twenty columns: numbers, truth values, labels, constants, and some that are null everywhere."""

    name = "many"
    columns = tuple(
        Column(f"column_{at:03}", KINDS[at % len(KINDS)], f"Column {at}.", direction="higher", axis="correctness")
        for at in range(120)
    )

    def needs(self) -> tuple[Need, ...]:
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        lengths = np.array([len(sample.response) for sample in features[0]])
        return {column.name: _values(column, at, lengths) for at, column in enumerate(self.columns)}


def _values(column: Column, at: int, lengths: Array) -> Any:
    if column.dtype == "string":
        return [f"label {length % (at + 2)}" for length in lengths.tolist()]
    if column.dtype == "bool":
        return lengths % (at + 2) == 0
    if at % 10 == 0:
        return np.full(len(lengths), np.nan)
    return np.sin(lengths * (at + 1)) if column.dtype == "float32" else np.full(len(lengths), at, dtype=np.int64)


def everything(material: Material) -> Section:
    """A section with a block of every kind."""
    every = material.cards((row, f"{WORDS} {row}", [f"it says {SCRIPT}"]) for row in range(len(material.run)))
    blocks: list[Block] = [
        Text(("A paragraph.", SCRIPT)),
        Figure(histogram("words", "Words", "Most answers are short.", [Bin(0, 5, {"all": 4}), Bin(5, 10, {"all": 4})],
                         "words")),
        Figure(bars("sources", f"Sources {SCRIPT}", "Two sources.", {"even": {"n": 4}, IMAGE: {"n": 4}}, "samples",
                    note="both alike")),
        Table("Every kind of cell", ["name", "number", "truth"], [[IMAGE, 1234567, True], [None, 0.03125, None]]),
        Cards("Samples", every[:3], note="the first three"),
        Cards("Hostile samples", every[3:], folded=True),
        Group("Of one scorer", [Figure(intervals("means", "Means", "One.", [Interval("a", "b", 1, 2, 3)], "words")),
                                Cards("Again", every[:1])]),
        Group("Folded", [Table("Inner", ["x"], [[1]])], folded=True),
        points(len(material.run)),
    ]  # fmt: skip
    return Section("everything", "Everything", "Every kind of block there is.", blocks)


def points(count: int) -> Map:
    """Points on a spiral, coloured by a number (one is not known), a label and a truth value."""
    at = np.arange(count, dtype=np.float64)
    number, label = at.copy(), np.array([f"{SCRIPT} {one % 3}" for one in range(count)], dtype=object)
    number[:1], label[:1] = np.nan, None
    colours = {"number": number, "label": label, "truth": (at % 2).astype(np.float64)}
    ids = [f"{one} {IMAGE}" for one in range(count)]
    table = Table("Regions", ["region", "samples"], [["one", count]])
    x, y = at * np.cos(at), at * np.sin(at)
    return Map(x, y, np.arange(count, dtype=np.int64), ids, colours, "Placed on a spiral.", table)
