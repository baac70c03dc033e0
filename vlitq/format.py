"""What a data format is: it knows its files, reads them as a stream of rows, and writes a subset of one back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from vlitq.errors import VlitqError
from vlitq.sample import Row, Span


class FormatError(VlitqError, ValueError):
    """A file as a whole cannot be read. The message names the file, the place and the way out."""


class Format(Protocol):
    """A data format. Stateless; memory does not grow with the file."""

    name: str

    def matches(self, path: Path) -> bool:
        """True when the start of the file looks like this format."""

    def read(self, path: Path, wanted: Callable[[int], bool]) -> Iterator[Row | None]:
        """One `Row` a record, in order; None for a record that is not wanted, which need not be parsed.

        An unreadable record is a row with an invalid sample and a reason; it never stops the rest.
        Raises `FormatError` when nothing can be read at all.

        :param wanted: whether the record of a number, counted from 0, is asked for; given by keyword. Several
            processes read one file, each its own rows: the cheaper the others are to pass, the more it gains.
        """

    def write(self, source: Path, spans: Sequence[Span], target: Path) -> None:
        """The records at `spans` of `source`, byte for byte and in that order, as a file of the same format.

        Written whole and then renamed to `target`.
        """
