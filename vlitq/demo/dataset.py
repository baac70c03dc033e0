"""Writes the demo dataset: about 200 samples in LLaVA JSON, their images, and the list of planted faults."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vlitq.demo.charts import charts
from vlitq.demo.conversations import Material, written_texts
from vlitq.demo.faults import Planted, plant
from vlitq.demo.photographs import photographs
from vlitq.demo.scenes import scenes


@dataclass(frozen=True)
class DemoData:
    """Where the demo lies: the records, the folder of their images, and the planted faults by id."""

    data: Path
    images: Path
    planted: Path


def write_demo(folder: Path, seed: int = 0) -> DemoData:
    """Write the demo below `folder`; the same seed writes the same bytes.

    `planted.json` maps an id to its `fault` and, where there is one, the id `of` the sample that it copies or whose
    answer it bears. Raises `vlitq.node.Unavailable` when a package whose photographs are shown is missing.
    """
    rng = np.random.default_rng(seed)
    planted = plant(_material(rng), rng)
    demo = DemoData(folder / "demo.json", folder / "images", folder / "planted.json")
    demo.images.mkdir(parents=True, exist_ok=True)
    for name, content in planted.files.items():
        (demo.images / name).write_bytes(content)
    _write_records(planted, rng.permutation(len(planted.drafts)), demo)
    return demo


def _material(rng: np.random.Generator) -> Material:
    parts = [photographs(), charts(rng), scenes(rng)]
    pictures = {name: picture for part in parts for name, picture in part.pictures.items()}
    return Material(pictures, [*(draft for part in parts for draft in part.drafts), *written_texts()])


def _write_records(planted: Planted, order: np.ndarray[tuple[int], np.dtype[np.int64]], demo: DemoData) -> None:
    """Records in a mixed order, so that neither an id nor a place gives a fault away."""
    ids = {int(place): f"demo-{row:03d}" for row, place in enumerate(order)}
    _write_json(demo.data, [planted.drafts[place].record(identifier) for place, identifier in ids.items()])
    faults = {}
    for place, identifier in ids.items():
        if place in planted.plants:
            fault, other = planted.plants[place].fault, planted.plants[place].of
            faults[identifier] = {"fault": fault.value} | ({} if other is None else {"of": ids[other]})
    _write_json(demo.planted, faults)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
