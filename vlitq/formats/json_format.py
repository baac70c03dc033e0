"""What the JSON formats share: telling their files, turning records into rows, and writing subsets."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, overload

from vlitq.format import FormatError
from vlitq.formats import record as parts
from vlitq.formats.json_stream import EXPECTED, PROBE_RECORDS, container, records, wanted_records
from vlitq.formats.json_value import Record, type_name
from vlitq.formats.json_write import write_records
from vlitq.sample import Problem, Row, Sample, Span, Turn
from vlitq.schema import Status


class Dialogue(NamedTuple):
    """The turns of a record, and the paths of its images in the order they are shown."""

    turns: tuple[Turn, ...]
    images: list[str]


def every(number: int) -> bool:  # noqa: ARG001  # other choices of rows look at the number
    """All rows are wanted."""
    return True


class JsonFormat(ABC):
    """A schema of JSON records, in an array or one a line. Every field but the id, turns and images is metadata."""

    name: str
    turns_field: str

    @abstractmethod
    def dialogue(self, record: parts.Fields) -> Dialogue:
        """The turns and images of a record. Raises `Malformed`."""

    def image_problems(self, markers: int, images: int) -> tuple[Problem, ...]:
        """What is wrong when a record has this many markers and images: that the numbers differ, unless overridden."""
        return parts.image_problems(markers, images)

    def matches(self, path: Path) -> bool:
        """True when one of the first records has the field that holds this schema's turns."""
        try:
            probe = list(islice(records(path), PROBE_RECORDS))
        except FormatError:
            return False
        return any(self._holds_turns(record.value) for record in probe)

    @overload
    def read(self, path: Path) -> Iterator[Row]: ...
    @overload
    def read(self, path: Path, wanted: Callable[[int], bool]) -> Iterator[Row | None]: ...
    def read(self, path: Path, wanted: Callable[[int], bool] = every) -> Iterator[Row | None]:
        """One row a record. A broken line is an invalid row; a broken array ends with one.

        A row whose number, from 0, is not wanted is None, and costs little. Raises `FormatError`, at the call, when
        the file is neither a JSON array nor JSON lines.
        """
        stream = wanted_records(path, wanted)
        self._refuse_single_object(path)
        return (
            None if record is None else Row(self._sample(index, record), record.span)
            for index, record in enumerate(stream)
        )

    def write(self, source: Path, spans: Sequence[Span], target: Path) -> None:
        """The records at `spans`, byte for byte, in a file of the source's container; whole, then renamed.

        Raises `FormatError` when `target` is `source` or a span holds no record, `OSError` when the disk is full.
        """
        write_records(source, spans, target)

    def _holds_turns(self, value: Any) -> bool:
        return isinstance(value, dict) and self.turns_field in value

    def _refuse_single_object(self, path: Path) -> None:
        """One object that holds the data somewhere inside would pass for a file of one bad line."""
        first = [record.value for record in islice(records(path), 2)]
        if len(first) == 1 and not self._holds_turns(first[0]) and container(path) == "lines":
            raise FormatError(f"{path}: its top level is one object without {self.turns_field!r}; {EXPECTED}")

    def _sample(self, index: int, record: Record) -> Sample:
        if record.error is not None:
            return _invalid(f"row-{index:06d}", record.error)
        if not isinstance(record.value, dict):
            return _invalid(f"row-{index:06d}", f"the record is {type_name(record.value)}, not an object")
        return self._parsed(index, record.value)

    def _parsed(self, index: int, record: dict[str, Any]) -> Sample:
        identifier = parts.identifier(record, index)
        metadata = parts.metadata(record, self.turns_field)
        try:
            dialogue = self.dialogue(record)
        except parts.Malformed as error:
            return _invalid(identifier, str(error), parts.source(record, ()), metadata)
        turns, images = dialogue
        markers = sum([turn.markers for turn in turns])
        problems = parts.role_problems(turns) + self.image_problems(markers, len(images))
        return Sample(identifier, parts.source(record, images), parts.refs(images), turns, metadata, problems)

    def turns_of(self, record: parts.Fields) -> list[Any]:
        """The raw turns, at least one. Raises `Malformed`."""
        turns = record.get(self.turns_field)
        if turns is None:
            raise parts.Malformed(f"the record has no {self.turns_field!r}")
        if not isinstance(turns, list):
            raise parts.Malformed(f"{self.turns_field!r} is {type_name(turns)}, not a list")
        if not turns:
            raise parts.Malformed(f"{self.turns_field!r} is empty")
        for number, turn in enumerate(turns, 1):
            if not isinstance(turn, dict):
                raise parts.Malformed(f"turn {number} is {type_name(turn)}, not an object")
        return turns


def _invalid(identifier: str, reason: str, source: str | None = None, metadata: dict[str, Any] | None = None) -> Sample:
    return Sample(identifier, source, metadata=metadata or {}, problems=(Problem(Status.INVALID, reason),))
