"""Titles in lines: a chart would grow as wide as a long one."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST = 4  # lines
_PART = re.compile(r"\S*?[._/-]+|\S+|\s+")  # a word, or as much of it as ends where names are joined


def in_lines(text: str, characters: int) -> list[str]:
    """The text in lines of so many characters at most, parted at spaces and within names behind `.`, `_`, `-` and `/`;
    what four lines do not hold is left out behind an ellipsis. One line at least."""
    found = list(_lines(text, characters))
    if len(found) > MOST:
        found = [*found[: MOST - 1], f"{found[MOST - 1][: characters - 1]}…"]
    return found or [""]


def _lines(text: str, characters: int) -> Iterator[str]:
    line = ""
    for part in _pieces(text, characters):
        if line and len(line) + len(part.rstrip()) > characters:
            yield line.rstrip()
            line = ""
        line += part if line else part.lstrip()
    if line.strip():
        yield line.rstrip()


def _pieces(text: str, characters: int) -> Iterator[str]:
    """The parts of the text, those longer than a line in pieces."""
    for part in _PART.findall(text):
        yield from (part[at : at + characters] for at in range(0, len(part), characters))
