"""What the sections of a report read: the run's columns and rows, each read once, its selections, and its samples."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from vlitq.comparison.chosen import Chosen
from vlitq.counted import counted
from vlitq.images import ImageError
from vlitq.report.blocks import Card, Picture
from vlitq.sample import Sample
from vlitq.schema import Column
from vlitq.selection.fields import Field, Fields
from vlitq.store import Run, RunError
from vlitq.thumbnails import MEDIA_TYPE, thumbnail

NEWEST = 3  # selections that are shown where none is named: more lines over a histogram cannot be told apart
TEXT_SHOWN = 600  # characters of a turn
TURNS_SHOWN = 6
NOT_READ = "It cannot be shown: the dataset is gone or has changed."
PICTURES_SHOWN = 4
THUMBNAIL_BYTES = 9_000_000  # of all thumbnails as data URLs: the page stays below 15 MB


@dataclass(eq=False)
class Material:
    """A run and some selections of it. `stratify` is the column whose strata are told apart. `older` are the files of
    selections that were written of the run before these, and are named only."""

    run: Run
    selections: Sequence[Chosen] = ()
    stratify: str = "source"
    older: Mapping[str, Path] = field(default_factory=dict)
    _samples: dict[int, Sample] = field(default_factory=dict, repr=False)
    _pictures: dict[str, Picture] = field(default_factory=dict, repr=False)
    _spent: int = field(default=0, repr=False)

    @cached_property
    def fields(self) -> Fields:
        """All columns, scored or of the row, by name."""
        return Fields(self.run)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """The scored columns that say something of the sample itself, not the number of another row."""
        return {name: column for name, column in self.run.columns.items() if column.unit != "row"}

    @cached_property
    def numeric(self) -> dict[str, Column]:
        """Those that hold numbers or truth values."""
        return {name: column for name, column in self.columns.items() if column.dtype != "string"}

    def values(self, name: str) -> Field:
        """A column over all rows."""
        return self.fields[name]

    def cards(self, shown: Iterable[tuple[int, str, Sequence[str]]]) -> list[Card]:
        """Samples to show: of each its row, its heading, and sentences that say why. An unreadable one has no turns."""
        wanted = list(shown)
        self._read(sorted({row for row, _, _ in wanted} - self._samples.keys()))
        return [self._card(row, heading, tuple(why)) for row, heading, why in wanted]

    @cached_property
    def problem(self) -> str:
        """Why no sample can be read, such as a dataset that is gone or has changed; "" where they can."""
        try:
            self.run.check_data_unchanged()
        except (RunError, OSError) as error:
            return str(error)
        return ""

    def _read(self, rows: Sequence[int]) -> None:
        """Hold the samples of some rows, those that can be read."""
        if rows and not self.problem:
            self._samples |= self.run.samples(rows)

    def _card(self, row: int, heading: str, why: tuple[str, ...]) -> Card:
        sample = self._samples.get(row)
        identifier = str(self.fields.stored("id")[row])
        if sample is None:
            reason = NOT_READ if self.problem else f"The record cannot be read: {self.fields.stored('reason')[row]}"
            return Card(row, identifier, "", heading, (), (), (*why, reason))
        pictures = tuple(self._picture(sample, at) for at in range(min(len(sample.images), PICTURES_SHOWN)))
        turns = tuple((turn.role, shortened(turn.text)) for turn in sample.turns[:TURNS_SHOWN])
        more = len(sample.turns) - len(turns)
        told = (*why, f"{counted(more, 'more turn')}.") if more else why
        return Card(row, identifier, sample.source or "", heading, pictures, turns, told)

    def _picture(self, sample: Sample, at: int) -> Picture:
        """The thumbnail of an image, made once; none any more when the page has as many as it may hold."""
        ref = sample.images[at]
        if ref.path not in self._pictures:
            self._pictures[ref.path] = self._made(sample, at)
        return self._pictures[ref.path]

    def _made(self, sample: Sample, at: int) -> Picture:
        path = sample.images[at].path
        if self._spent > THUMBNAIL_BYTES:
            return Picture(path, problem="left out: the page holds as many pictures as it may")
        try:
            url = f"data:{MEDIA_TYPE};base64,{b64encode(thumbnail(self.run.images, sample.images[at])).decode()}"
        except ImageError as error:
            return Picture(path, problem=error.reason)
        self._spent += len(url)
        return Picture(path, url)


def shortened(text: str, most: int = TEXT_SHOWN) -> str:
    """The text, or its beginning and how much more there is."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"
