"""Decodes one JSON value out of text, and says what is wrong with it and where.

Text is decoded from bytes with `surrogateescape`: bytes that are not UTF-8 survive as lone surrogates, so that a slice
of text always encodes back to the bytes it came from, and a file name on disk can be found whatever its encoding.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from vlitq.sample import Span

ENCODING, ERRORS = "utf-8", "surrogateescape"
RECORD_LIMIT = 64 * 1024 * 1024  # bytes: a record this long is a missing bracket, or embedded images


class Record(NamedTuple):
    """One value of a file and its place; where it cannot be read, `error` says why and `value` is None."""

    value: Any
    span: Span
    error: str | None = None


class Unreadable(ValueError):
    """Not JSON: what is wrong, and at which character of the text (None: it has no place)."""

    def __init__(self, what: str, position: int | None = None) -> None:
        super().__init__(what)
        self.position = position


def decode(text: str, at: int) -> tuple[Any, int]:
    """The value that starts at character `at`, and the character after it. Raises `Unreadable`."""
    return _decode(_DECODER, text, at)


def byte_size(text: str) -> int:
    """The bytes a slice of decoded text came from."""
    return len(text) if text.isascii() else len(text.encode(ENCODING, ERRORS))


def type_name(value: Any) -> str:
    """What JSON calls the type of a value, with its article."""
    return _TYPE_NAMES.get(type(value), "null")


_TYPE_NAMES = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}


def _decode(decoder: json.JSONDecoder, text: str, at: int) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise Unreadable(error.msg, error.pos) from error
    except RecursionError as error:
        raise Unreadable("the record is nested too deeply") from error
    except ValueError:  # an integer of more digits than Python converts
        return _decode(_LENIENT, text, at)


def _int(digits: str) -> int | str:
    """The number; one of more digits than Python converts stays text: an absurd field must not cost the record."""
    try:
        return int(digits)
    except ValueError:
        return digits


_DECODER = json.JSONDecoder()
_LENIENT = json.JSONDecoder(parse_int=_int)  # a Python call a number: only where the fast one gives up
