"""A run whose tables are read once and kept in memory, so that a page asks for rows and selections many times."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from vlitq import labels as human
from vlitq.labels import HUMAN, Label
from vlitq.schema import Array, Column
from vlitq.store import Run


class KeptRun(Run):
    """A `Run` of the same answers. Its scores are those of when they were first read; labels given here count."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._labels: dict[int, Label] = dict(human.read(path))
        self._status: dict[str, Array] = {}

    @property
    def labels(self) -> dict[int, Label]:
        """What people said of samples, by row, in no order."""
        return self._labels

    def mark_all(self, labels: dict[int, Label | None]) -> None:
        """Keep what is said of some rows, on the disk when this returns; None takes back what was."""
        human.mark_all(self.path, labels)
        for row, label in labels.items():
            if label is None:
                self._labels.pop(row, None)
            else:
                self._labels[row] = label

    @property
    def columns(self) -> dict[str, Column]:
        """Every column by its full name."""
        return self._columns | ({HUMAN: human.COLUMN} if self._labels else {})

    def rows(self) -> pa.Table:
        """One row a record."""
        return self._rows

    def table(self) -> pa.Table:
        """`id`, `status` and every column."""
        return self._scores.append_column(HUMAN, self.label_column()) if self._labels else self._scores

    def status(self, scorer: str) -> Array:
        """The status of every row with this scorer."""
        if scorer == HUMAN.partition(".")[0]:
            return super().status(scorer)
        if scorer not in self._status:
            self._status[scorer] = super().status(scorer)
        return self._status[scorer]

    def label_column(self) -> pa.Array:
        """The label of every row, strings of shape (rows,), null where there is none."""
        marked = dict(self._labels)
        places = pc.index_in(pa.array(range(len(self)), pa.int64()), pa.array(list(marked), pa.int64()))
        return pa.array(list(marked.values()), pa.string()).take(places)

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {name: column for name, column in super().columns.items() if name != HUMAN}

    @cached_property
    def _rows(self) -> pa.Table:
        return super().rows()

    @cached_property
    def _scores(self) -> pa.Table:
        table = super().table()
        return table.drop_columns([HUMAN]) if HUMAN in table.column_names else table
