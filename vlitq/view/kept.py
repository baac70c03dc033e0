"""A run whose tables are read once and kept in memory, so that a page asks for rows and selections many times."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq.labels import HUMAN
from vlitq.schema import Array
from vlitq.store import Run, read_table


class KeptRun(Run):
    """A `Run` of the same answers; its scores are those of when they were first read, its labels those of now."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._told: dict[str, pa.Table] = {}

    def rows(self) -> pa.Table:
        """One row a record."""
        return self._rows

    def table(self) -> pa.Table:
        """`id`, `status` and every column."""
        return self._scores.append_column(HUMAN, self.label_column()) if self.labels else self._scores

    def status(self, scorer: str) -> Array:
        """The status of every row with this scorer."""
        if scorer not in self.scorers:
            return super().status(scorer)
        return np.asarray(self._statuses(scorer)["status"].to_numpy(zero_copy_only=False))

    def why_null(self, scorer: str, row: int) -> tuple[str, str]:
        """A scorer's status of a row, and its reason, "" where it gives none."""
        told = self._statuses(scorer).slice(row, 1).to_pylist()[0]
        return told["status"], told["reason"] or ""

    def label_column(self) -> pa.Array:
        """The label of every row, strings of shape (rows,), null where there is none."""
        marked = dict(self.labels)
        places = pc.index_in(self._numbers, pa.array(list(marked), pa.int64()))
        return pa.array(list(marked.values()), pa.string()).take(places)

    def _statuses(self, scorer: str) -> pa.Table:
        if scorer not in self._told:
            self._told[scorer] = read_table(self._scores_folder(scorer), ["status", "reason"])
        return self._told[scorer]

    @cached_property
    def _numbers(self) -> pa.Array:
        return pa.array(range(len(self)), pa.int64())

    @cached_property
    def _rows(self) -> pa.Table:
        return super().rows()

    @cached_property
    def _scores(self) -> pa.Table:
        table = super().table()
        return table.drop_columns([HUMAN]) if HUMAN in table.column_names else table
