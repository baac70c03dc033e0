"""The rows of a run as measures see them: columns, unit vectors and texts, each read once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vlitq.measure import Text
from vlitq.schema import Array, Column
from vlitq.selection.fields import Field, Fields
from vlitq.selection.vectors import reader
from vlitq.selector import SelectableRun, SelectionError
from vlitq.store import RunError


class Rows:
    """All rows of a run. What is read is kept, for the subsets that are asked about the same."""

    def __init__(self, run: SelectableRun) -> None:
        self.run = run
        self.fields = Fields(run)
        self._texts: dict[Text, list[str]] = {}
        self._references: dict[int | None, RowsOf] = {}

    def __len__(self) -> int:
        return len(self.fields)

    def field(self, name: str) -> Field:
        """A column over all rows. Raises `RunError` where there is none of this name."""
        try:
            return self.fields[name]
        except SelectionError as error:
            raise RunError(str(error)) from error

    def texts(self, part: Text) -> list[str]:
        """A text a row, "" where it has none."""
        if part not in self._texts:
            self._texts[part] = self.run.texts(part, np.arange(len(self)))
        return self._texts[part]

    def of(self, rows: Array) -> RowsOf:
        """Some of the rows, int64, as a `vlitq.measure.Subset`."""
        return RowsOf(self, rows)

    def reference(self, most: int | None) -> RowsOf:
        """All rows, or `most` of them, drawn with one seed; kept, so that their vectors are read once."""
        if most not in self._references:
            self._references[most] = self.of(np.random.default_rng(0).permutation(len(self))[:most])
        return self._references[most]


class RowsOf:
    """Some rows of a run, in input order: a `vlitq.measure.Subset`. Its vectors are kept for the next measure."""

    def __init__(self, every: Rows, rows: Array) -> None:
        self.rows = np.sort(rows)
        self._every = every
        self._vectors: dict[str, Array] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def columns(self) -> Mapping[str, Column]:
        """The scored columns by full name."""
        return self._every.run.columns

    def column(self, name: str) -> Array:
        """Values of a scored column or of a row's own: float64, NaN where null, or object, None where null."""
        field = self._every.field(name)
        values = field.values[self.rows]
        return np.asarray(np.where(values == "", None, values)) if name == "source" else values

    def feature(self, name: str) -> Array:
        """Unit vectors, float32 of shape (rows, dim), NaN where a row has none; `joint` is image and text."""
        if name not in self._vectors:
            try:
                read = reader(self._every.run, self.rows)
                self._vectors[name] = read(name, np.arange(len(self)))
            except SelectionError as error:
                raise RunError(str(error)) from error
        return self._vectors[name]

    def texts(self, part: Text) -> Sequence[str]:
        """A text a row, "" where it has none, read from the dataset."""
        every = self._every.texts(part)
        return [every[row] for row in self.rows.tolist()]

    def reference(self, most: int | None = None) -> RowsOf:
        """All rows of the run, or `most` of them, the same ones whoever asks."""
        return self._every.reference(most)
