"""The rows of a run in an embedded database in memory: what filters, sorts and counts them."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
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
# The columns of the map, there as soon as the map is.
MAP: dict[str, Held] = {name: Held(name, name.replace(".", "_"), "float32") for name in ("map.x", "map.y")}
# `chosen` holds the column `live`, `placed` those of the map: what is not read of them costs nothing.
EVERY = "from samples positional join chosen positional join placed"
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


@dataclass(frozen=True)
class Reading:
    """A cursor of one question, the `from` of all rows, and the condition for those that the question is about."""

    database: Any
    every: str
    shown: Condition

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The lines that answer some SQL."""
        lines: list[tuple[Any, ...]] = self.database.execute(sql, values).fetchall()
        return lines


class Index:
    """The rows of a run and some selections of it, each a bool array of shape (rows,).

    Columns: `row`, those of every row (`id`, `source`, …), `label`, every scored column by its full name, a bool
    column `selection:NAME` for each selection, and `live`, the selection that is being tried; `map.x` and `map.y` as
    soon as `place` tells where the samples lie.
    """

    def __init__(self, run: KeptRun, selections: Mapping[str, Array]) -> None:
        import duckdb

        self.rows = len(run)
        self._beside: dict[str, Array] = {}  # values of the columns that are not in the table `samples`
        self._writing = threading.Lock()
        self._database = duckdb.connect(":memory:", config={**_CLOSED, "threads": len(os.sched_getaffinity(0))})
        table, self.columns = _table(run, selections)
        self._database.register("given", table)
        self._database.execute("create table samples as from given")
        self._database.unregister("given")
        for lock in _LOCKS:
            self._database.execute(lock)
        self._database.execute("create table placed (map_x float, map_y float)")
        self.choose_live(np.zeros(self.rows, dtype=bool))

    def close(self) -> None:
        """Give the memory back."""
        self._database.close()

    def page(self, asked: Question, found: Array | None = None) -> Page:
        """The rows that meet the question; found: the rows that hold what is searched for, where anything is."""
        names = list(self.columns) if asked.columns is None else list(dict.fromkeys([ROW, *asked.columns]))
        order = ordering(asked.sort, self.columns)
        with self.reading(asked, found) as read:
            (total,) = read.all(f"select count(*) {read.every} where {read.shown.sql}", read.shown.values)[0]
            # The numbers of the rows alone are sorted: half the time of sorting all that is shown of them.
            taken = f"select row {read.every} where {read.shown.sql} order by {order} limit ? offset ?"
            rows = read.all(taken, [*read.shown.values, asked.limit, asked.offset])
            return Page(total, self._told(read, [row for (row,) in rows], names))

    def matching(self, asked: Question, found: Array | None = None) -> Array:
        """The numbers of all rows that meet the question, int64, ascending."""
        with self.reading(asked, found) as read:
            listed = f"select row {read.every} where {read.shown.sql} order by row"
            rows = read.database.execute(listed, read.shown.values).fetchnumpy()[ROW]
        return np.asarray(rows, dtype=np.int64)

    def below(self, row: int) -> dict[str, float]:
        """Of every column of numbers that has a value in a row, the share of the values that are smaller."""
        stored = [held for held in self.columns.values() if held.name not in self._beside]
        numeric = [held for held in stored if held.dtype not in ("string", "bool")]
        shares = ", ".join(
            f"case when any_value(own.{held.sql}) is not null "
            f"then count(*) filter (where samples.{held.sql} < own.{held.sql})::double / count(samples.{held.sql}) end"
            for held in numeric
        )
        with closing(self._database.cursor()) as database:
            asked = f"select {shares} from samples, (select * from samples where row = ?) own"  # noqa: S608  # the names are ours
            told = database.execute(asked, [row]).fetchone()
        return {held.name: share for held, share in zip(numeric, told, strict=True) if share is not None}

    def values(self, column: str, most: int = VALUES_LISTED) -> list[str]:
        """The commonest values of a column of texts, the commonest first."""
        sql = find(column, self.columns).sql
        with closing(self._database.cursor()) as database:
            counted = f"select {sql} from samples where {sql} is not null group by 1 order by count(*) desc, 1 limit ?"  # noqa: S608  # the name is ours
            return [value for (value,) in database.execute(counted, [most]).fetchall()]

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
            # Beside the samples, not in them: a million values replaced take 8 ms, updated 300 ms.
            self._put_beside("chosen", {LIVE: pa.array(kept, pa.bool_())})
            self._beside[LIVE] = kept

    def place(self, x: Array, y: Array) -> None:
        """Have the columns `map.x` and `map.y` hold these numbers of shape (rows,), null where they are not finite."""
        given = dict(zip(MAP, (x.astype(np.float32), y.astype(np.float32)), strict=True))
        with self._writing:
            self._put_beside(
                "placed", {MAP[name].sql: pa.array(one, mask=~np.isfinite(one)) for name, one in given.items()}
            )
            self._beside |= given
            self.columns = self.columns | MAP

    @contextmanager
    def reading(self, asked: Question, found: Array | None = None) -> Iterator[Reading]:
        """What answers a question about rows; found: the rows that hold what is searched for."""
        shown, every = condition(asked.filters, self.columns), EVERY
        with closing(self._database.cursor()) as database:
            if found is not None:
                # A truth value a row, side by side with the rows: a fifth of the time of looking their numbers up.
                holds = np.zeros(self.rows, dtype=bool)
                holds[found] = True
                database.register("found", pa.table({"holds": pa.array(holds)}))
                shown, every = Condition(f"holds and {shown.sql}", shown.values), f"{EVERY} positional join found"
            yield Reading(database, every, shown)

    def _put_beside(self, table: str, columns: Mapping[str, pa.Array]) -> None:
        """Replace a table that lies beside the samples, row by row."""
        database = self._database.cursor()
        database.register("given", pa.table(dict(columns)))
        database.execute(f"create or replace table {table} as from given")

    def _told(self, read: Reading, rows: list[int], names: Sequence[str]) -> list[dict[str, Any]]:
        """Columns of some rows, in the order of the rows."""
        stored = [find(name, self.columns) for name in names if name not in self._beside]
        beside = [name for name in names if name in self._beside]
        if not rows:
            return []
        listed, marks = ", ".join(held.sql for held in stored), ", ".join("?" * len(rows))
        lines = read.all(f"select {listed}, row from samples where row in ({marks})", rows)  # noqa: S608  # ours
        told = {line[-1]: dict(zip((held.name for held in stored), map(plain, line), strict=False)) for line in lines}
        return [told[row] | {name: plain(self._beside[name][row].item()) for name in beside} for row in rows]


def plain(value: Any) -> Any:
    """The value as JSON can hold it: infinities, which it lacks, as texts; not a number as null."""
    if isinstance(value, float) and math.isnan(value):
        return None
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
