"""Reads the records of a JSON array through a window of text that slides over the file, in constant memory."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from vlitq.formats.json_value import ENCODING, ERRORS, RECORD_LIMIT, Record, Unreadable, byte_size, decode
from vlitq.sample import Span

CHUNK = 256 * 1024  # bytes read at a time: the working memory is a few of these
TOKEN = 16  # characters: longer than any literal, escape or tail of a number that a chunk may cut in two

OPEN_STRING = "Unterminated string"  # how Python's parser calls one that the end of the text cuts off
STRUCTURE = frozenset('{}[],:"')

_SPACE = re.compile(r"[ \t\r\n]*")


def array_records(file: BinaryIO, offset: int, chunk: int = CHUNK) -> Iterator[Record]:
    """The records of the array that `file` stands before, at byte `offset`.

    Where the array breaks, the records before it are whole, and the last one carries the error and reaches to the
    end of the file: nothing after it can be told apart.
    """
    window = _Window(file, offset, chunk)
    window.next_character()
    window.step()  # over the bracket that made it an array
    separator = window.next_character()
    if separator != "]":
        separator = ","
    while separator == ",":
        record = window.record()
        yield record
        if record.error is not None:
            return
        separator = window.next_character()
        if separator == ",":
            window.step()
    if separator != "]":
        yield window.broken(f"',' or ']' expected, not {separator!r}" if separator else "the array is not closed")
        return
    window.step()
    if window.next_character():
        yield window.broken("there is more after the end of the array")


class _Window:
    """`text[at:]` is what was read of the file and not yet used; it starts at byte `offset`."""

    def __init__(self, file: BinaryIO, offset: int, chunk: int) -> None:
        self.file = file
        self.offset = offset
        self.chunk = chunk
        self.text = ""
        self.at = 0
        self.ended = False
        self.decoder = codecs.getincrementaldecoder(ENCODING)(ERRORS)

    def grow(self) -> bool:
        """Read as much again as is unused, so that a long record costs linear time. False at the end of the file."""
        if self.ended:
            return False
        rest = self.text[self.at :]
        data = self.file.read(max(self.chunk, len(rest)))
        self.ended = not data
        self.text = rest + self.decoder.decode(data, final=self.ended)
        self.at = 0
        return True

    def move(self, end: int) -> int:
        """Go on to character `end`; the bytes passed."""
        text = self.text
        # Asking the whole window is free: an all-ASCII string knows that it is one.
        size = end - self.at if text.isascii() else byte_size(text[self.at : end])
        self.at = end
        self.offset += size
        return size

    def next_character(self) -> str:
        """Go to the next character that is not white space, and look at it; empty at the end of the file."""
        while True:
            end = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]  # it matches the empty string
            if end != self.at:
                self.move(end)
            if end < len(self.text):
                return self.text[end]
            if not self.grow():
                return ""

    def step(self) -> None:
        """Go over the character just looked at."""
        self.move(self.at + 1)

    def record(self) -> Record:
        """The value that starts at the next character."""
        self.next_character()
        while True:
            try:
                value, end = decode(self.text, self.at)
            except Unreadable as error:
                if self._may_be_cut(error) and not self._too_long() and self.grow():
                    continue
                return self._error(error)
            # An object ends with its brace; a number may go on in the next chunk.
            if type(value) is not dict and end + TOKEN > len(self.text) and self.grow():
                continue
            offset = self.offset
            return Record(value, Span(offset, self.move(end)))

    def broken(self, what: str, place: int | None = None) -> Record:
        """The last record of an array that cannot be read on; `place` is the byte of the fault, here unless given."""
        size = self.file.seek(0, io.SEEK_END)
        at = self.offset if place is None else place
        reason = f"not JSON: {what}, at byte {at} of {size}; the rest of the file cannot be read"
        return Record(None, Span(self.offset, size - self.offset), reason)

    def _too_long(self) -> bool:
        return len(self.text) - self.at >= RECORD_LIMIT

    def _may_be_cut(self, error: Unreadable) -> bool:
        """True when the text may just end too early: the fault is at its end, or a string that starts earlier."""
        if error.position is None:
            return False
        return error.position + TOKEN > len(self.text) or str(error).startswith(OPEN_STRING)

    def _goes_on(self, error: Unreadable) -> bool:
        """True when the text goes on after the fault: something was left out there, not cut off."""
        is_string = str(error).startswith(OPEN_STRING)
        return not is_string and not STRUCTURE.isdisjoint(self.text[error.position :])

    def _error(self, error: Unreadable) -> Record:
        if self._too_long():
            return self.broken(f"the record is longer than {RECORD_LIMIT} bytes")
        place = self.offset + byte_size(self.text[self.at : error.position or self.at])
        if self.ended and self._may_be_cut(error) and not self._goes_on(error):
            return self.broken(f"the file is cut off within this record ({error})", place)
        return self.broken(str(error), place)
