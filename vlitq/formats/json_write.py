"""Writes records of a JSON file, byte for byte, as another file of the same container."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vlitq.format import FormatError
from vlitq.formats.json_stream import Container, container
from vlitq.formats.json_value import RECORD_LIMIT
from vlitq.sample import Span


@dataclass(frozen=True)
class _Frame:
    """What stands before, between and after the records."""

    before: bytes
    between: bytes
    after: bytes


_FRAMES: dict[Container, _Frame] = {"array": _Frame(b"[\n", b",\n", b"\n]\n"), "lines": _Frame(b"", b"\n", b"\n")}


def write_records(source: Path, spans: Sequence[Span], target: Path) -> None:
    """The records at `spans` of `source`, in that order. The file appears whole or not at all.

    Raises `FormatError` when `target` is `source` or a span holds no record, `OSError` when the disk is full.
    """
    if target.resolve() == source.resolve():
        raise FormatError(f"{target}: would overwrite the file that the records come from; choose another name")
    frame = _FRAMES[container(source)]
    with source.open("rb") as records, _replacing(target) as subset:
        subset.write(frame.before)
        for number, span in enumerate(spans):
            record = _record(records, span, source)
            if number:
                subset.write(frame.between)
            subset.write(record)
        subset.write(frame.after if spans else frame.after.lstrip())


def _record(file: BinaryIO, span: Span, path: Path) -> bytes:
    """The bytes of one object. A row that is not one would break the new file."""
    file.seek(span.offset)
    record = file.read(min(span.length, RECORD_LIMIT))
    if len(record) != span.length or record[:1] != b"{" or record[-1:] != b"}":
        raise FormatError(
            f"{path}: the {span.length} bytes at {span.offset} are not a whole record: the row is invalid, "
            "or the file has changed since it was read"
        )
    return record


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A new file beside `target` that takes its name once it is written and on disk, and goes if anything fails."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
