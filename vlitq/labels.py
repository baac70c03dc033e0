"""What people say of samples: keep or drop, a line a mark in the run folder, the last one of a row counts."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from vlitq.errors import VlitqError
from vlitq.schema import Column

Label = Literal["keep", "drop"]
LABELS: tuple[Label, ...] = get_args(Label)
FILE = "labels.jsonl"  # in the run folder
HUMAN = "human.label"
COLUMN = Column(
    "label",
    "string",
    "What a person said of the sample: keep or drop.",
    axis="validity",
    null="nobody has marked the sample",
)


class LabelError(VlitqError, ValueError):
    """A label cannot be kept or read. The message says which, and the way out."""


def mark(run: Path, row: int, label: Label | None) -> None:
    """Keep what is said of a row of the run; None takes back what was. On the disk when this returns."""
    if label is not None and label not in LABELS:
        raise LabelError(f"label {label!r} is not one of {', '.join(LABELS)}")
    entry = {"row": row, "label": label, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    line = json.dumps(entry).encode() + b"\n"
    with open(run / FILE, "ab", buffering=0) as file:
        file.write(line)
        os.fsync(file.fileno())


def read(run: Path) -> Mapping[int, Label]:
    """The label of every row that has one, by row, in the order of the rows; none where nobody has marked any."""
    if not (run / FILE).is_file():
        return {}
    found: dict[int, Label | None] = {}
    for number, line in enumerate((run / FILE).read_bytes().splitlines(), 1):
        row, label = _entry(run / FILE, number, line)
        found[row] = label
    return {row: label for row, label in sorted(found.items()) if label is not None}


def _entry(file: Path, number: int, line: bytes) -> tuple[int, Label | None]:
    try:
        entry = json.loads(line)
        row, label = entry["row"], entry["label"]
    except (ValueError, TypeError, KeyError) as error:
        raise LabelError(f"{file}, line {number} is no label: take the line out") from error
    if not isinstance(row, int) or row < 0 or (label is not None and label not in LABELS):
        raise LabelError(f"{file}, line {number} is no label: take the line out")
    return row, label
