"""What people say of samples: keep or drop, a line a mark in the run folder, the last one of a row counts."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
TOLD = 5  # of the lines that cannot be read


class LabelError(VlitqError, ValueError):
    """A label cannot be kept. The message says which, and the way out."""


def mark(run: Path, row: int, label: Label | None) -> None:
    """Keep what is said of a row of the run; None takes back what was. On the disk when this returns."""
    mark_all(run, {row: label})


def mark_all(run: Path, labels: Mapping[int, Label | None]) -> None:
    """Keep what is said of some rows at once, as `mark` does of one."""
    if wrong := [label for label in labels.values() if label is not None and label not in LABELS]:
        raise LabelError(f"label {wrong[0]!r} is not one of {', '.join(LABELS)}, or None to take it back")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [json.dumps({"row": int(row), "label": label, "at": at}) + "\n" for row, label in labels.items()]
    file = run / FILE
    # What a crash left of a line is ended first, or it would take the next one with it.
    start = "\n" if _is_torn(file) else ""
    with open(file, "ab", buffering=0) as out:
        out.write((start + "".join(lines)).encode())
        os.fsync(out.fileno())


def read(run: Path) -> Mapping[int, Label]:
    """The label of every row that has one, by row, in the order of the rows; none where nobody has marked any.

    Warns of lines that cannot be read, such as the last one after a crash, and leaves them out.
    """
    return Labels(run).now()


@dataclass
class Labels:
    """The labels of a run as they are now; of a file that has grown, only what is new is read."""

    run: Path
    _seen: tuple[int, int, int] = (0, 0, 0)
    _end: int = 0  # of the last whole line that was read
    _lines: int = 0
    _marked: Mapping[int, Label] = field(default_factory=dict)

    def now(self) -> Mapping[int, Label]:
        """The label of every row that has one, by row, in the order of the rows; see `read`."""
        seen = _seen(self.run / FILE)
        if seen != self._seen:
            if seen[0] != self._seen[0] or seen[1] < self._end:  # another file, or one that was cut
                self._end, self._lines, self._marked = 0, 0, {}
            self._read_on()
            self._seen = seen
        return self._marked

    def _read_on(self) -> None:
        file = self.run / FILE
        if not file.is_file():
            return
        with open(file, "rb") as lines:
            lines.seek(self._end)
            whole, newline, torn = lines.read().rpartition(b"\n")
        entries = [_entry(line) for line in whole.split(b"\n")] if newline else []
        found = dict(self._marked) | dict(entry for entry in entries if entry is not None)
        unread = [self._lines + at for at, entry in enumerate(entries, 1) if entry is None]
        _warn(file, unread + ([self._lines + len(entries) + 1] if torn else []))
        self._end += len(whole) + len(newline)
        self._lines += len(entries)
        self._marked = {row: label for row, label in sorted(found.items()) if label is not None}


def _seen(file: Path) -> tuple[int, int, int]:
    """What tells whether a file has changed: which it is, its size, and when it was written; zeros without one."""
    try:
        stat = file.stat()
    except FileNotFoundError:
        return 0, 0, 0
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _is_torn(file: Path) -> bool:
    """Whether the last line has no end, as after a crash."""
    if not file.is_file() or not file.stat().st_size:
        return False
    with open(file, "rb") as lines:
        lines.seek(-1, os.SEEK_END)
        return lines.read(1) != b"\n"


def _entry(line: bytes) -> tuple[int, Label | None] | None:
    """A row and what is said of it; None for a line that says neither."""
    try:
        entry = json.loads(line)
        row, label = entry["row"], entry["label"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    whole = type(row) is int and row >= 0  # true is no row
    return (row, label) if whole and (label is None or label in LABELS) else None


def _warn(file: Path, lines: Iterable[int]) -> None:
    """Tell which lines are left out."""
    if not (unread := list(lines)):
        return
    told = ", ".join(map(str, unread[:TOLD])) + (", …" if len(unread) > TOLD else "")
    which = f"line {told} is no mark and is" if len(unread) == 1 else f"lines {told} are no marks and are"
    warnings.warn(f"{file}: {which} left out; mark the sample again, or take it out of the file", stacklevel=2)
