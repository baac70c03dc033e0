"""What people say of samples: keep or drop, a line a mark in the run folder, the last one of a row counts."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple, get_args

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
    if not labels:
        return
    at = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [json.dumps({"row": int(row), "label": label, "at": at}) + "\n" for row, label in labels.items()]
    file = run / FILE
    # A link may lead to anybody's file, and a pipe would be waited for, for ever.
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise LabelError(f"{file} is not a regular file: move it away, and mark again")
    # What a crash left of a line is ended first, or it would take the next one with it.
    start = "\n" if _is_torn(file) else ""
    with open(file, "ab", buffering=0) as out:
        out.write((start + "".join(lines)).encode())
        os.fsync(out.fileno())


def read(run: Path) -> Mapping[int, Label]:
    """The label of every row that has one, by row, in the order of the rows; none where nobody has marked any.

    Warns of lines that cannot be read, such as the last one after a crash, and leaves them out.
    """
    return _read_on(run / FILE, _NOTHING).labels


@dataclass
class Marks:
    """The labels of a run of so many rows; of a file that has grown, only what is new is read."""

    run: Path
    rows: int
    _last: _Read | None = None

    def now(self) -> Mapping[int, Label]:
        """The same as `read`; warns of marks of rows that the run does not have, and leaves them out too."""
        file, last = self.run / FILE, self._last
        stamp = _stamp(file)  # first: what is written while the file is read is read next time
        if last is None or last.stamp != stamp:
            grown = last is not None and stamp.inode == last.stamp.inode and stamp.size > last.stamp.size
            found = _read_on(file, last if last and grown else _NOTHING)
            self._last = last = replace(found, stamp=stamp, labels=self._of_the_run(found.labels))
        return last.labels

    def _of_the_run(self, labels: dict[int, Label]) -> dict[int, Label]:
        if next(reversed(labels), 0) < self.rows:
            return labels
        known = {row: label for row, label in labels.items() if row < self.rows}
        told = f"{len(labels) - len(known)} of {len(labels)} labels are of rows that the run does not have, and are"
        warnings.warn(f"{self.run / FILE}: {told} left out: the file may be of another run", stacklevel=4)
        return known


def digest(labels: Mapping[int, str]) -> str:
    """Hex SHA-256 of the rows with their labels, whenever and in whatever order they were marked."""
    return sha256(json.dumps(sorted(labels.items())).encode()).hexdigest()


class _Stamp(NamedTuple):
    """What differs when a file does; zeros where there is none."""

    inode: int
    size: int
    nanoseconds: int


@dataclass(frozen=True)
class _Read:
    """What a file held when it was last read: its labels, and the bytes and the number of its whole lines."""

    stamp: _Stamp
    bytes: int
    lines: int
    labels: dict[int, Label]


_NOTHING = _Read(_Stamp(0, 0, 0), 0, 0, {})


def _stamp(file: Path) -> _Stamp:
    try:
        stat = file.stat()
    except FileNotFoundError:
        return _NOTHING.stamp
    return _Stamp(stat.st_ino, stat.st_size, stat.st_mtime_ns)


def _read_on(file: Path, known: _Read) -> _Read:
    """The labels of a file of which `known` was read."""
    if not file.is_file():
        return _NOTHING
    with open(file, "rb") as lines:
        lines.seek(known.bytes)
        *whole, rest = lines.read().split(b"\n")
    entries = [(number, _entry(line)) for number, line in enumerate([*whole, rest], known.lines + 1) if line.strip()]
    _warn(file, [number for number, entry in entries if entry is None])
    found = known.labels | dict(entry for _, entry in entries if entry is not None)
    labels = {row: label for row in sorted(found) if (label := found[row]) is not None}
    read = known.bytes + sum(map(len, whole)) + len(whole)
    return _Read(known.stamp, read, known.lines + len(whole), labels)


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


def _warn(file: Path, unread: Sequence[int]) -> None:
    """Tell which lines are left out."""
    if not unread:
        return
    told = ", ".join(map(str, unread[:TOLD])) + (", …" if len(unread) > TOLD else "")
    which = f"line {told} is no label and is" if len(unread) == 1 else f"lines {told} are no labels and are"
    warnings.warn(f"{file}: {which} left out; mark the sample again, or take the line out of the file", stacklevel=4)
