"""Finds the format of a file, and says what the file looks like when no format reads it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from vlitq.format import Format, FormatError
from vlitq.formats.json_stream import PROBE_RECORDS, records


def choose(formats: Iterable[Format], path: Path) -> Format:
    """The first format that says the file is its own.

    Raises `FormatError` when none does: with the fault of the file, or the fields its records have.
    """
    asked = list(formats)
    for offered in asked:
        if offered.matches(path):
            return offered
    names = ", ".join(offered.name for offered in asked)
    raise FormatError(f"{path}: {_contents(path)}; the formats are: {names}")


def _contents(path: Path) -> str:
    """What the file holds. Raises `FormatError` where it is not JSON at all."""
    probe = list(islice(records(path), PROBE_RECORDS))
    if not probe:
        return "the array is empty"
    fields = next((list(record.value) for record in probe if isinstance(record.value, dict)), None)
    if fields is None:
        return probe[0].error or "its records are not objects"
    return f"no format knows records with the fields {', '.join(map(repr, fields[:10]))}"
