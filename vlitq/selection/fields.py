"""A column of a run as selection sees it: values, nulls, and whether null means 'does not apply' or 'is missing'."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from hashlib import blake2b
from threading import Lock
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq.labels import HUMAN
from vlitq.names import unknown
from vlitq.schema import Array, Column, DType, Status
from vlitq.selection.wording import joined
from vlitq.selector import SelectableRun, SelectionError
from vlitq.sorting import ascending


def _of_row(name: str, dtype: DType, description: str) -> Column:
    return Column(name, dtype, description, direction="neutral", axis="balance")


# What every row has before any scorer: gates, strata and rankings may name these without a scorer in front.
ROW_COLUMNS: Mapping[str, Column] = {
    column.name: column
    for column in (
        _of_row("id", "string", "Identifier of the sample."),
        _of_row("source", "string", "Where the sample comes from; empty where the record does not say."),
        _of_row("status", "string", "Status of the record."),
        _of_row("turns", "int32", "Number of turns."),
        _of_row("tokens", "int32", "Number of tokens."),
        _of_row("images", "int32", "Number of images."),
    )
}


Made = TypeVar("Made")
MADE_KEPT = 16  # orders of columns, most of them: 25 MB each for a million rows
_FAILED = pa.array([status.value for status in Status if status.failed], pa.string())


class UnknownColumn(SelectionError):
    """A selection names a column that the run does not have."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, eq=False)
class Coded:
    """Labels as numbers: of each row the place of its label among `names`, which are sorted, int64, -1 where null."""

    codes: Array
    names: tuple[str, ...]

    def equal(self, name: str) -> Array:
        """Which rows have this label, bool of shape (rows,)."""
        return self.codes == self.names.index(name) if name in self.names else np.zeros(len(self.codes), dtype=bool)


@dataclass(frozen=True)
class Field:
    """One column over all rows.

    values: float64 for numbers and truth values (NaN where null), object for labels (None where null). Whole numbers
    beyond 2^53 are rounded.
    missing: bool, true where a score should exist and does not; null and not missing is 'not applicable'.
    status: object, the scorer's status of each row.
    """

    name: str
    column: Column
    values: Array
    missing: Array
    status: Array

    @property
    def is_label(self) -> bool:
        """True when the values are strings."""
        return self.column.dtype == "string"

    @cached_property
    def null(self) -> Array:
        """Bool of shape (rows,)."""
        if self.is_label:
            return np.asarray(self.values == None, dtype=bool)  # noqa: E711  # compared entry by entry
        return np.isnan(self.values.astype(np.float64))

    @cached_property
    def coded(self) -> Coded:
        """The values of a column of labels as numbers."""
        found = pa.array(self.values, pa.string()).dictionary_encode()
        names = found.dictionary.to_pylist()
        place = np.empty(len(names) + 1, dtype=np.int64)
        place[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        place[-1] = -1
        codes = place[found.indices.fill_null(-1).to_numpy()]
        return Coded(codes, tuple(sorted(names)))

    @property
    def not_applicable(self) -> Array:
        """Bool of shape (rows,): null, and nothing is wrong."""
        return self.null & ~self.missing


class Fields:
    """The columns of a run by name; each is read once."""

    def __init__(self, run: SelectableRun) -> None:
        self._run = run
        self._rows = run.rows()
        self._table = run.table()
        held = set(self._table.column_names)  # a label given or taken back while the table was read is not half there
        self._columns = {name: column for name, column in run.columns.items() if name in held}
        self._read: dict[str, Field] = {}
        self._statuses: dict[str, tuple[Array, Array]] = {}
        self._kept: dict[str, Array] = {}
        self._made: dict[tuple[str, ...], object] = {}
        self._keeping = Lock()

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def relabelled(self, run: SelectableRun) -> Fields:
        """The columns after people marked samples: all that does not depend on labels stays as it was read."""
        new, fresh = copy(self), Fields(run)
        new._table, new._columns = fresh._table, fresh._columns
        with self._keeping:
            made = dict(self._made)
        # Copied first: another thread may read one more column meanwhile.
        new._read = {name: field for name, field in dict(self._read).items() if name != HUMAN}
        new._statuses = {name: told for name, told in dict(self._statuses).items() if name != HUMAN.partition(".")[0]}
        new._made = {key: one for key, one in made.items() if not any(HUMAN in part for part in key)}
        return new

    def __getitem__(self, name: str) -> Field:
        if name not in self._read:
            self._read[name] = self._row_field(name) if name in ROW_COLUMNS else self._scored_field(name)
        return self._read[name]

    def once(self, key: tuple[str, ...], make: Callable[[], Made]) -> Made:
        """What `make` makes of columns, kept while it is among the last asked for. key: what it is, then of which.

        Thread-safe; two threads that ask at once may both make it.
        """
        with self._keeping:
            found = key in self._made
            made = self._made.get(key)
        if not found:
            made = make()
        with self._keeping:
            self._made.pop(key, None)
            self._made[key] = made  # the last asked for stands last
            while len(self._made) > MADE_KEPT:
                del self._made[next(iter(self._made))]
        return made  # type: ignore[return-value]  # one key is of one thing

    @property
    def scored(self) -> list[str]:
        """Full names of the scorers' columns."""
        return sorted(self._columns)

    def stored(self, name: str) -> pa.ChunkedArray:
        """A column of `run.rows()` as it is."""
        return self._rows[name]

    @cached_property
    def ties(self) -> Array:
        """BLAKE2b of each row's id and content, uint64: the same in every process, wherever the row stands."""
        ids, contents = self.stored("id").fill_null("None"), self.stored("content").fill_null(0)
        texts = joined(ids, "\0", contents, rows=len(self)).cast(pa.large_binary())
        digests = [blake2b(text, digest_size=8).digest() for text in texts.to_pylist()]
        return np.frombuffer(b"".join(digests), dtype="<u8")

    @cached_property
    def _by_tie(self) -> Array:
        return ascending(self.ties)

    def in_order_of_ties(self, rows: Array) -> Array:
        """Some rows, ascending and each once, in the order of `ties`, int64."""
        among = np.zeros(len(self), dtype=bool)
        among[rows] = True
        return np.asarray(self._by_tie[among[self._by_tie]])

    def row(self, name: str) -> Array:
        """A column of `run.rows()` as it is stored; numbers that an unreadable record lacks are 0."""
        if name not in self._kept:
            self._kept[name] = self._row(name)
        return self._kept[name]

    def _row(self, name: str) -> Array:
        stored = self.stored(name)
        # Null would turn integers into floats, and hashes of the content would lose digits.
        stored = stored.fill_null(0) if pa.types.is_integer(stored.type) else stored
        return np.asarray(stored.to_numpy(zero_copy_only=False))

    def _row_field(self, name: str) -> Field:
        if ROW_COLUMNS[name].dtype == "string":
            values = _labels(self.stored(name).fill_null(""))
        else:
            values = self.row(name).astype(np.float64)
        nothing = np.zeros(len(self), dtype=bool)
        return Field(name, ROW_COLUMNS[name], values, nothing, np.full(len(self), Status.OK.value, dtype=object))

    def _scored_field(self, name: str) -> Field:
        if name not in self._columns:
            raise UnknownColumn(name, _no_column(name, [*ROW_COLUMNS, *self._columns]))
        column = self._columns[name]
        values = _values(self._table[name], column)
        status, failed = self._status(name.partition(".")[0])
        field = Field(name, column, values, np.zeros(len(self), dtype=bool), status)
        return Field(name, column, values, field.null & failed, status)

    def _status(self, scorer: str) -> tuple[Array, Array]:
        """The status of each row with a scorer, which all its columns share, and whether it says that a score that
        should exist does not."""
        if scorer not in self._statuses:
            status = self._run.status(scorer)
            failed = pc.is_in(pa.array(status, pa.string()), _FAILED).to_numpy(zero_copy_only=False)
            self._statuses[scorer] = (status, failed)
        return self._statuses[scorer]


def _no_column(name: str, known: list[str]) -> str:
    """What is there instead: the scorer's other columns, or how a scorer that was not run is added."""
    if name == HUMAN:
        return f"no column {name!r}: nobody has marked a sample of this run yet (`vlitq mark RUN ID keep`)"
    scorer, dot, _ = name.partition(".")
    scorers = sorted({one.partition(".")[0] for one in known if "." in one})
    if scorer in scorers and dot:
        return unknown("column", name, [one for one in known if one.startswith(f"{scorer}.")])
    if dot and not get_close_matches(name, known, n=1):
        return (
            f"no column {name!r}: scorer {scorer!r} was not run, only {', '.join(scorers) or 'none'}. "
            f"`vlitq score` of the same data into the same run with --scorers {scorer} adds it (`vlitq scorers list`)"
        )
    if same := [repr(one) for one in known if one.endswith(f".{name}")]:
        return f"no column {name!r}. Did you mean {' or '.join(same)}?"
    return unknown("column", name, known)


def _values(stored: pa.ChunkedArray, column: Column) -> Array:
    if column.dtype == "string":
        return _labels(stored)
    # Not refused where float64 does not hold it: of whole numbers beyond 2^53 the last digits are rounded.
    return np.asarray(stored.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))


def _labels(stored: pa.ChunkedArray) -> Array:
    """Strings as an object array, None where null."""
    return np.asarray(stored.to_numpy(zero_copy_only=False), dtype=object)
