"""Reads a JSON array or JSON lines as a stream of records, each with its place in bytes, in constant memory."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from vlitq.format import FormatError
from vlitq.formats.json_array import CHUNK, array_records
from vlitq.formats.json_value import ENCODING, ERRORS, RECORD_LIMIT, Record, Unreadable, byte_size, decode, type_name
from vlitq.sample import Span

Container = Literal["array", "lines"]

PROBE_RECORDS = 100  # lines looked at before a file is refused: its first ones may be damaged
EXPECTED = "expected a JSON array of records, or one record a line"

READ_AHEAD = 1 << 20  # bytes a read: small reads hand the interpreter to another thread every few records
_WHITE = b" \t\r\n"
PARQUET = b"PAR1"  # how such a file begins


def container(path: Path) -> Container:
    """How the file holds its records.

    Raises `FormatError` when it holds none: it is missing, empty, not JSON, or one object, string or number.
    """
    with _opened(path) as file:
        start = _start(file)
        head = _head(file)
        if not head:
            raise FormatError(f"{path}: the file is empty; {EXPECTED}")
        if head.startswith(b"["):
            return "array"
        file.seek(start)
        probe = list(islice(_lines(file, start), PROBE_RECORDS))
    if _are_lines(probe):
        return "lines"
    raise FormatError(f"{path}: {_wrong_top_level(head, probe)}; {EXPECTED}")


def records(path: Path, chunk: int = CHUNK) -> Iterator[Record]:
    """The records in order. A bad line is one record with an error; an array that breaks ends with one.

    Raises `FormatError`, at the call, when the file as a whole cannot be read.
    """
    return _records(path, container(path), chunk)


def wanted_records(path: Path, wanted: Callable[[int], bool]) -> Iterator[Record | None]:
    """The records in order, None in place of each whose number, from 0, is not wanted: such a line is not parsed.

    Raises `FormatError`, at the call, when the file as a whole cannot be read.
    """
    return _wanted_lines(path, wanted) if container(path) == "lines" else _wanted_of_array(path, wanted)


def _records(path: Path, kind: Container, chunk: int) -> Iterator[Record]:
    with _opened(path) as file:
        start = _start(file)
        yield from _lines(file, start) if kind == "lines" else array_records(file, start, chunk)


def _wanted_lines(path: Path, wanted: Callable[[int], bool]) -> Iterator[Record | None]:
    with _opened(path) as file:
        for number, line in enumerate(_bodies(file, _start(file))):
            yield _line(line) if wanted(number) else None


def _wanted_of_array(path: Path, wanted: Callable[[int], bool]) -> Iterator[Record | None]:
    for number, record in enumerate(_records(path, "array", CHUNK)):
        yield record if wanted(number) else None


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb", buffering=READ_AHEAD)
    except OSError as error:
        raise FormatError(f"{path}: cannot be opened: {error.strerror}") from error


def _start(file: BinaryIO) -> int:
    """The byte at which the text starts, after a byte-order mark if there is one; the file stands there."""
    marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    return file.seek(len(codecs.BOM_UTF8) if marked else 0)


def _head(file: BinaryIO) -> bytes:
    """The first bytes that are not white space; none when the file has no others."""
    while data := file.read(CHUNK):
        if head := data.lstrip(_WHITE):
            return head
    return b""


def _are_lines(probe: list[Record]) -> bool:
    """True when the first line is an object, or is damaged and half of the lines are.

    An object that is spread over many lines may well have a line with a whole object in it.
    """
    objects = [isinstance(record.value, dict) for record in probe]
    return objects[0] or 2 * sum(objects) >= len(objects)


def _wrong_top_level(head: bytes, probe: list[Record]) -> str:
    first = probe[0]
    if head.startswith(PARQUET):
        return "it is Parquet, which is not read: write its rows as JSON lines, and its images as files"
    if head.startswith(b"{"):
        return f"its top level is an object over several lines, or none of its first {len(probe)} lines is JSON"
    if first.error is not None:
        return f"{first.error}; it starts with {head[:20]!r}"
    return f"its top level is {type_name(first.value)}"


class _Body(NamedTuple):
    """The bytes of a line without the white space around them; none of a line that is too long to be read."""

    data: bytes
    offset: int
    length: int


def _lines(file: BinaryIO, offset: int) -> Iterator[Record]:
    return map(_line, _bodies(file, offset))


def _bodies(file: BinaryIO, offset: int) -> Iterator[_Body]:
    """The lines that are not blank."""
    while line := file.readline(RECORD_LIMIT):
        length = len(line)
        if length == RECORD_LIMIT and not line.endswith(b"\n"):
            length += _skip_line(file)
            yield _Body(b"", offset, length)
        elif body := line.strip(_WHITE):
            yield _Body(body, offset + line.index(body[:1]), len(body))
        offset += length


def _line(body: _Body) -> Record:
    data, offset, length = body
    span = Span(offset, length)
    if not data:
        return Record(None, span, f"not JSON: the line is longer than {RECORD_LIMIT} bytes, at byte {offset}")
    text = data.decode(ENCODING, ERRORS)
    try:
        value, end = decode(text, 0)
        if end != len(text):
            raise Unreadable("there is more after the end of the record", end)
    except Unreadable as error:
        place = offset + byte_size(text[: error.position or 0])
        return Record(None, span, f"not JSON: {error}, at byte {place}")
    return Record(value, span)


def _skip_line(file: BinaryIO) -> int:
    skipped = 0
    while part := file.readline(io.DEFAULT_BUFFER_SIZE):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped
