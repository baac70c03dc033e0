"""The rows of a run in an embedded database in memory: what filters, sorts and counts them."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from vlitq.labels import HUMAN
from vlitq.schema import Array, DType
from vlitq.selection.fields import ROW_COLUMNS
from vlitq.view.kept import KeptRun
from vlitq.view.query import Condition, Held, Question, condition, find, ordering

LIVE, LABEL, ROW, SELECTION = "live", "label", "row", "selection:"
VALUES_LISTED = 200  # of a column of texts
# The database reads no file, loads no code and asks no host; nothing it is told later can change that.
_CLOSED = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
}
_LOCKS = ("set temp_directory=''", "set enable_external_access=false", "set lock_configuration=true")


@dataclass(frozen=True)
class Page:
    """A page of rows, each a table of `row` and the columns asked for; total: how many rows meet the question."""

    total: int
    rows: list[dict[str, Any]]


class Index:
    """The rows of a run and some selections of it, each a bool array of shape (rows,).

    Columns: `row`, those of every row (`id`, `source`, …), `label`, every scored column by its full name, a bool
    column `selection:NAME` for each selection, and `live`, the selection that is being tried.
    """

    def __init__(self, run: KeptRun, selections: Mapping[str, Array]) -> None:
        import duckdb

        self._writing = threading.Lock()
        self._database = duckdb.connect(":memory:", config={**_CLOSED, "threads": len(os.sched_getaffinity(0))})
        table, self.columns = _table(run, selections)
        self._database.register("given", table)
        self._database.execute("create table samples as from given")
        self._database.unregister("given")
        for lock in _LOCKS:
            self._database.execute(lock)
        self.choose_live(np.zeros(len(run), dtype=bool))

    def close(self) -> None:
        """Give the memory back."""
        self._database.close()

    def page(self, asked: Question, found: Array | None = None) -> Page:
        """The rows that meet the question; found: the rows that hold what is searched for, where anything is."""
        names = list(self.columns) if asked.columns is None else list(dict.fromkeys([ROW, *asked.columns]))
        shown = [find(name, self.columns) for name in names]
        order = ordering(asked.sort, self.columns)
        with self._rows_that(asked, found) as (database, rows, values):
            (total,) = database.execute(f"select count(*) {rows}", values).fetchone()  # noqa: S608  # names are ours
            listed = ", ".join(one.sql for one in shown)
            taken = f"select {listed} {rows} order by {order} limit ? offset ?"  # noqa: S608  # names are ours
            read = database.execute(taken, [*values, asked.limit, asked.offset]).fetchall()
        return Page(total, [dict(zip(names, map(plain, row), strict=True)) for row in read])

    def matching(self, asked: Question, found: Array | None = None) -> Array:
        """The numbers of all rows that meet the question, int64, ascending."""
        with self._rows_that(asked, found) as (database, rows, values):
            read = database.execute(f"select row {rows} order by row", values).fetchnumpy()  # noqa: S608  # names are ours
        return np.asarray(read["row"], dtype=np.int64)

    def values(self, column: str, most: int = VALUES_LISTED) -> list[str]:
        """The commonest values of a column of texts, the commonest first."""
        sql = find(column, self.columns).sql
        counted = f"select {sql} from samples where {sql} is not null group by 1 order by count(*) desc, 1 limit ?"  # noqa: S608  # names are ours
        return [value for (value,) in self._database.cursor().execute(counted, [most]).fetchall()]

    def relabel(self, rows: Sequence[int], labels: Sequence[str | None]) -> None:
        """Give rows their labels."""
        given = pa.table({"row": pa.array(rows, pa.int64()), "label": pa.array(labels, pa.string())})
        with self._writing:
            database = self._database.cursor()
            database.register("given", given)
            database.execute("update samples set label = given.label from given where samples.row = given.row")

    def choose_live(self, kept: Array) -> None:
        """Have the column `live` hold these truth values of shape (rows,)."""
        with self._writing:
            database = self._database.cursor()
            database.register("given", pa.table({LIVE: pa.array(kept, pa.bool_())}))
            # Beside the samples, not in them: a million values replaced take 8 ms, updated 300 ms.
            database.execute("create or replace table chosen as from given")

    @contextmanager
    def _rows_that(self, asked: Question, found: Array | None) -> Iterator[tuple[Any, str, list[Any]]]:
        """A cursor, `from … where …`, and the values for its question marks."""
        with self.among(condition(asked.filters, self.columns), found) as chosen:
            yield chosen

    @contextmanager
    def among(self, meeting: Condition, found: Array | None) -> Iterator[tuple[Any, str, list[Any]]]:
        """A cursor, `from … where …` for the rows that meet a condition and are found, and its values."""
        database = self._database.cursor()
        where = meeting.sql
        if found is not None:
            database.register("found", pa.table({ROW: pa.array(found, pa.int64())}))
            where += " and row in (select row from found)"
        try:
            yield database, f"from samples positional join chosen where {where}", list(meeting.values)
        finally:
            database.close()


def plain(value: Any) -> Any:
    """The value as JSON can hold it: infinities, which it lacks, as texts."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _table(run: KeptRun, selections: Mapping[str, Array]) -> tuple[pa.Table, dict[str, Held]]:
    """The table under names of ours, so that no name of anybody's stands in SQL; and every column by its own name."""
    rows, scores = run.rows(), run.table()
    arrays: dict[str, Any] = {ROW: pa.array(np.arange(len(run)), pa.int64())}
    held = {ROW: Held(ROW, ROW, "int64")}
    for name, column in ROW_COLUMNS.items():
        arrays[name], held[name] = rows[name], Held(name, name, column.dtype)
    arrays[LABEL], held[LABEL] = run.label_column(), Held(LABEL, LABEL, "string")
    scored = [(name, scores[name], column.dtype) for name, column in run.columns.items() if name != HUMAN]
    chosen = [(SELECTION + name, pa.array(kept, pa.bool_()), "bool") for name, kept in selections.items()]
    dtype: DType
    for number, (name, values, dtype) in enumerate([*scored, *chosen]):  # type: ignore[assignment]  # of two lists
        arrays[f"c{number}"], held[name] = values, Held(name, f"c{number}", dtype)
    held[LIVE] = Held(LIVE, LIVE, "bool")
    return pa.table(arrays), held
