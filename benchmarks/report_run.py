"""Scored runs to report on: a folder of made rows with vectors, groups of copies and two selections, without scoring.

`python -m benchmarks.report_run FOLDER ROWS` makes one."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.made_data import sentence, write_jpegs
from vlitq.files import sha256_of
from vlitq.schema import Array, Axis, Column, Direction, DType
from vlitq.selection.select import select
from vlitq.store import Run

SOURCES, PICTURES, ANSWERS = 12, 200, 2_000  # the answers are drawn from so many
DIM, CENTRES = 512, 2_000  # of the vectors, on each side
WRITTEN = 20_000  # vectors made at a time
COPIES = 0.1  # the share of rows that stand in a group of copies
AXES: Mapping[str, tuple[Axis, int]] = {  # scorers, their axes, and how many columns of numbers each has
    "fit": ("correctness", 7),
    "loss": ("correctness", 5),
    "words": ("complexity", 8),
    "spread": ("diversity", 6),
    "nearness": ("redundancy", 5),
    "shares": ("balance", 4),
}
DIRECTIONS: tuple[Direction, ...] = ("higher", "lower", "neutral")
LABELS = ("animals", "charts", "food", "people", "places", "vehicles")
SELECTIONS: Mapping[str, Mapping[str, Any]] = {
    "best": {"by": "0.7*+fit.n0 + 0.3*+words.n1", "gates": ["fit.n1 >= -1.5"], "stratify": "source"},
    "distinct": {"by": "+loss.n2", "one_per": "duplicates.group", "gates": ["spread.n3 <= 1"]},
}


def write_run(folder: Path, rows: int) -> Path:
    """The run folder, of which two selections are written beside it."""
    rng, run = np.random.default_rng(0), folder / "run"
    data = _write_data(folder, rows, rng)
    scorers = {name: _scored(columns, rows, rng) for name, columns in AXES.items()}
    scorers |= {"kinds": _kinds(rows, rng), "duplicates": _groups(rows, rng)}
    entries = {}
    for name, (columns, table) in scorers.items():
        _write(run / "scores" / f"{name}.{'0' * 8}" / "000000.parquet", _with_status(table, rows))
        entries[name] = {"key": "0" * 24, "plugin": "made", "version": 1, "parameters": {},
                         "columns": [{**asdict(one), "bounds": list(one.bounds)} for one in columns]}  # fmt: skip
    _write(run / "rows" / "000000.parquet", _facts(data, rows, rng))
    features = {name: _vectors(run / "features", name, rows, rng) for name in ("image", "text")}
    manifest = {
        "layout": 1, "complete": True, "rows": rows, "passes": [], "models": {},
        "dataset": {"path": str(data.path), "images": str(folder), "format": "llava", "bytes": data.path.stat().st_size,
                    "sha256": sha256_of(data.path), "limit": None},
        "features": features, "roles": {"clip_image": "image", "clip_text": "text"},
        "recipe": {"name": "made", "select": {"budget": "20%", **SELECTIONS["best"]}}, "scorers": entries,
    }  # fmt: skip
    (run / "manifest.json").write_text(json.dumps(manifest))
    for name, how in SELECTIONS.items():
        select(Run(run), budget="20%", **how).write(folder / f"{name}.json")
    return run


class _Data:
    """A dataset file, and offset and length of each record, int64 of shape (rows,)."""

    def __init__(self, path: Path, lines: list[bytes]) -> None:
        path.write_bytes(b"[" + b",\n".join(lines) + b"]")
        self.path, self.lengths = path, np.array([len(line) for line in lines])
        self.offsets = np.cumsum(self.lengths + 2) - self.lengths - 1


def _write_data(folder: Path, rows: int, rng: np.random.Generator) -> _Data:
    pictures = write_jpegs(folder, min(PICTURES, rows), (320, 240))
    answers = [sentence(rng, 20) for _ in range(min(ANSWERS, rows))]
    which = rng.integers(0, len(answers), rows).tolist()
    shown = rng.integers(0, len(pictures), rows).tolist()
    return _Data(folder / "made.json", [
        json.dumps({"id": f"sample-{row:08d}", "image": pictures[picture], "conversations": [
            {"from": "human", "value": "<image>\nDescribe the image."}, {"from": "gpt", "value": answers[answer]}]
        }).encode() for row, (answer, picture) in enumerate(zip(which, shown, strict=True))
    ])  # fmt: skip


def _facts(data: _Data, rows: int, rng: np.random.Generator) -> pa.Table:
    unreadable = rng.random(rows) < 0.005
    return pa.table({
        "id": pa.array([f"sample-{row:08d}" for row in range(rows)]),
        "source": pa.array([f"source {one}" for one in rng.integers(0, SOURCES, rows).tolist()]),
        "status": pa.array(np.where(unreadable, "missing_image", "ok").astype(object), pa.string()),
        "reason": pa.array(np.full(rows, "the picture is not there"), mask=~unreadable),
        "offset": pa.array(data.offsets), "length": pa.array(data.lengths),
        "turns": pa.array(np.full(rows, 2, np.int32)),
        "tokens": pa.array(rng.integers(20, 400, rows).astype(np.int32)),
        "images": pa.array(np.ones(rows, np.int32)),
        "content": pa.array(rng.integers(0, 2**63, rows).astype(np.uint64)),
    })  # fmt: skip


Columns = tuple[list[Column], dict[str, pa.Array]]


def _scored(axis: tuple[Axis, int], rows: int, rng: np.random.Generator) -> Columns:
    """Numbers of one axis, some whole; every second one is missing from some rows, each from others."""
    columns, table, common = [], {}, rng.standard_normal(rows)
    for number in range(axis[1]):
        values, whole = rng.standard_normal(rows) + common * rng.random(), number % 4 == 3
        direction = DIRECTIONS[number % len(DIRECTIONS)]
        columns.append(_column(f"n{number}", "int32" if whole else "float32", axis[0], direction))
        mask = rng.random(rows) < 0.01 if number % 2 else np.zeros(rows, bool)
        values = np.round(10 * values).astype(np.int32) if whole else values.astype(np.float32)
        table[f"n{number}"] = pa.array(values, mask=mask)
    return columns, table


def _kinds(rows: int, rng: np.random.Generator) -> Columns:
    labels = np.array(LABELS, dtype=object)[rng.integers(0, len(LABELS), rows)]
    topics = [f"topic {one}" for one in rng.zipf(1.5, rows).clip(max=500).tolist()]
    columns = [_column("domain", "string", "balance"), _column("topic", "string", "balance"),
               _column("whole", "bool", "correctness", "higher")]  # fmt: skip
    table = {"domain": pa.array(labels), "topic": pa.array(topics), "whole": pa.array(rng.random(rows) < 0.97)}
    return columns, table


def _groups(rows: int, rng: np.random.Generator) -> Columns:
    """Groups of two to some copies, each named by its first row; every row has one, alone or not."""
    group = np.arange(rows)
    later = np.flatnonzero(rng.random(rows) < COPIES)
    group[later] = later // 50 * 50
    columns = [_column("group", "int64", "redundancy", unit="row"), _column("nearest_cosine", "float32", "redundancy")]
    return columns, {"group": pa.array(group), "nearest_cosine": pa.array(rng.random(rows, np.float32))}


def _column(name: str, dtype: DType, axis: Axis, direction: Direction = "neutral", unit: str = "") -> Column:
    return Column(name, dtype, f"The made column {name}.", unit=unit, direction=direction, axis=axis)


def _with_status(table: Mapping[str, pa.Array], rows: int) -> pa.Table:
    reason = pa.nulls(rows, pa.string())
    return pa.table({**table, "status": pa.array(["ok"] * rows), "reason": reason})


def _vectors(folder: Path, name: str, rows: int, rng: np.random.Generator) -> dict[str, Any]:
    """Vectors around some centres, float16 of shape (rows, 512), in a file; what the manifest says of them."""
    folder.mkdir(parents=True, exist_ok=True)
    centres = rng.standard_normal((min(CENTRES, rows), DIM)).astype(np.float32)
    file = f"{name}.npy"
    stored: Array = np.lib.format.open_memmap(folder / file, "w+", np.float16, (rows, DIM))
    for start in range(0, rows, WRITTEN):
        count = min(WRITTEN, rows - start)
        made = centres[rng.integers(0, len(centres), count)] + rng.standard_normal((count, DIM), dtype=np.float32)
        stored[start : start + count] = made / np.linalg.norm(made, axis=1, keepdims=True)
    stored.flush()  # type: ignore[attr-defined]  # it is a memory map
    return {"file": file, "key": f"{name}-made", "node": name, "version": 1, "parameters": {}, "weights": None}


def _write(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(parents=True)
    pq.write_table(table, path)


if __name__ == "__main__":
    write_run(Path(sys.argv[1]), int(sys.argv[2]))
