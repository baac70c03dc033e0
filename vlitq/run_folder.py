"""What lies where in the folder of a run and beside a written subset; the tables and the manifest there, read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vlitq.errors import VlitqError

LAYOUT = 1  # of the run folder
MANIFEST = "manifest.json"
SELECTIONS = "selections.json"
CALIBRATION = "calibration.json"
ROWS, SCORES, FEATURES, PROGRESS = "rows", "scores", "features", "progress"
ROW_FIELDS = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("status", pa.string()),
        ("reason", pa.string()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("turns", pa.int32()),
        ("tokens", pa.int32()),
        ("images", pa.int32()),
        ("content", pa.uint64()),
    ]
)


class RunError(VlitqError):
    """A folder is not the run it is taken for. The message names the folder and the way out."""


def scores_folder(run: Path, scorer: str, key: str) -> Path:
    """Where a scorer's shards lie: its scores under other parameters, or of other models, lie elsewhere."""
    return run / SCORES / f"{scorer}.{key[:8]}"


def shard_file(folder: Path, index: int, suffix: str = ".parquet") -> Path:
    """The file of one shard."""
    return folder / f"{index:06d}{suffix}"


def decisions_file(subset: Path) -> Path:
    """Where the decisions of a written subset stand: beside it."""
    return subset.with_name(subset.name + ".decisions.parquet")


def manifest_file(subset: Path) -> Path:
    """Where what made a written subset stands: beside it."""
    return subset.with_name(subset.name + ".manifest.json")


def read_table(folder: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The shards of a folder as one table, of some columns or all."""
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise RunError(f"{folder} is empty: the run was stopped before its first shard. Run the same `score` again")
    return pa.concat_tables([_read_shard(file, columns) for file in files])


def read_manifest(path: Path) -> Mapping[str, Any]:
    """What made a run. Raises `RunError` for a file that is no manifest, or one of another layout."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        layout = manifest["layout"]
    except (ValueError, TypeError, KeyError) as error:
        raise RunError(f"{path} is not the manifest of a run: choose another folder") from error
    if layout != LAYOUT:
        raise RunError(f"{path} is of a run in layout {layout}; this vlitq reads layout {LAYOUT}: score it anew")
    found: Mapping[str, Any] = manifest
    return found


def _read_shard(path: Path, columns: Sequence[str] | None) -> pa.Table:
    with pq.ParquetFile(path) as file:  # half the time of `pq.read_table`, which makes a dataset of each file
        return file.read(columns=columns)
