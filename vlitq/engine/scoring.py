"""Runs a scorer on rows: checks what it returns, bisects what fails, and says of every row why it has no score."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from vlitq.failure import described
from vlitq.node import SampleScorer, Scorer
from vlitq.sample import Problem
from vlitq.schema import ContractError, Status

Values = dict[str, np.ma.MaskedArray[Any, Any]]
ARROW = {
    "float32": pa.float32(),
    "float64": pa.float64(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "bool": pa.bool_(),
    "string": pa.string(),
}
DTYPES = {"string": object}
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Rows:
    """Rows `start` to `start + total` of the dataset, of which `wanted` (counted from `start`) are to be scored."""

    start: int
    total: int
    wanted: Sequence[int]


@dataclass(frozen=True)
class Scores:
    """A scorer's columns for some rows, and the rows on which it failed."""

    values: Values
    errors: dict[int, Problem]


def score_rows(scorer: SampleScorer, take: Callable[[Sequence[int]], Sequence[Any]], batch: Rows, owner: str) -> Scores:
    """Score the rows of a batch; `take(rows)` gives the scorer's inputs for some of them.

    What raises or breaks the contract is halved until only the rows at fault are left.
    """
    values = empty(scorer, batch.total)
    errors: dict[int, Problem] = {}
    pending = [list(batch.wanted)] if len(batch.wanted) else []
    while pending:
        rows = pending.pop()
        try:
            result = checked(scorer, scorer.score(*take(rows)), [batch.start + row for row in rows])
        except Exception as error:  # a plugin's border: the failure is recorded with the plugin, scorer and cause
            if len(rows) == 1:
                errors[rows[0]] = Problem(Status.ERROR, blame(scorer, owner, error))
            else:
                middle = len(rows) // 2
                pending += [rows[middle:], rows[:middle]]
            continue
        for name, column in result.items():
            values[name][rows] = column
    return Scores(values, errors)


def checked(scorer: Scorer, returned: Mapping[str, Any], rows: Sequence[int]) -> Values:
    """What a scorer returned for these rows, held to its columns. Raises `ContractError` with the row."""
    declared = {column.name for column in scorer.columns}
    if set(returned) != declared:
        raise ContractError(f"scorer {scorer.name!r} returned {sorted(returned)}, declared {sorted(declared)}")
    values = {column.name: column.check(returned[column.name], len(rows), rows) for column in scorer.columns}
    for column in scorer.columns:
        if column.dtype == "string":
            _require_text(column.name, values[column.name], rows)
    return values


def _require_text(name: str, values: np.ma.MaskedArray[Any, Any], rows: Sequence[int]) -> None:
    for row, value in zip(rows, values.data, strict=True):
        if isinstance(value, str) and not value.isascii() and _LONE_SURROGATE.search(value):
            raise ContractError(f"column {name!r}: {value!r} in row {row} is not text: it holds a lone surrogate")


def as_table(scorer: Scorer, scores: Scores, failures: Mapping[int, Problem], rows: int) -> pa.Table:
    """The columns, then `status` and `reason`: the first failure of a row, or that it does not apply."""
    arrays = {column.name: _arrow(scores.values[column.name], column.dtype) for column in scorer.columns}
    null = np.all([np.ma.getmaskarray(scores.values[c.name]) for c in scorer.columns], axis=0)
    status = np.full(rows, Status.OK.value, object)
    reason = np.full(rows, None, object)
    status[null] = Status.NOT_APPLICABLE.value
    reason[null] = scorer.columns[0].null
    for row, problem in (*scores.errors.items(), *failures.items()):
        status[row], reason[row] = problem.status.value, problem.reason
    arrays["status"] = pa.array(status, pa.string())
    arrays["reason"] = pa.array(reason, pa.string())
    return pa.table(arrays)


def _arrow(values: np.ma.MaskedArray[Any, Any], dtype: str) -> pa.Array:
    return pa.array(values.data, ARROW[dtype], mask=np.ma.getmaskarray(values))


def empty(scorer: Scorer, rows: int) -> Values:
    """Every column, all null."""
    return {
        c.name: np.ma.masked_all(rows, DTYPES.get(c.dtype, c.dtype))  # type: ignore[no-untyped-call]  # numpy does not type it
        for c in scorer.columns
    }


def blame(scorer: Scorer, owner: str, error: Exception) -> str:
    """Who failed and why, for the record."""
    return f"{scorer.name} of plugin {owner}: {described(error)}"
