"""What a page asks of the rows: filters, an order and a page of it, checked, and put into SQL with bound values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.errors import VlitqError
from vlitq.names import unknown
from vlitq.schema import DType
from vlitq.selection.grammar import as_float
from vlitq.view.errors import NoQuestion

MOST_ROWS = 200  # of a page
MOST_FILTERS, MOST_VALUES = 50, 1000  # of a question, and of one filter with `in`
LONGEST_TEXT = 1000  # characters of a value or of a search

_COMPARISONS: Mapping[str, str] = {
    "=": "{} = {}",
    "!=": "{} is distinct from {}",
    "<": "{} < {}",
    "<=": "{} <= {}",
    ">": "{} > {}",
    ">=": "{} >= {}",
}
_ORDERED = frozenset({"<", "<=", ">", ">="})
OPERATORS = (*_COMPARISONS, "in", "contains", "null", "notnull")
# A number is compared as the column was stored, or 0.9 in float32 would fail `>= 0.9`.
_BOUND: Mapping[DType, str] = {
    "float32": "cast(? as float)",
    "float64": "cast(? as double)",
    "int32": "cast(? as double)",
    "int64": "cast(? as double)",
    "bool": "cast(? as boolean)",
    "string": "?",
}


class QueryError(VlitqError, ValueError):
    """A question that cannot be answered as asked. The message says what is wrong with it."""


@dataclass(frozen=True)
class Held:
    """A column as the index holds it: its name, its name in SQL, which is ours, and what it holds."""

    name: str
    sql: str
    dtype: DType


@dataclass(frozen=True)
class Filter:
    """A condition on a column. `value` is a number, truth value or text; a list of such for `in`; None for null."""

    column: str
    op: str
    value: Any = None


@dataclass(frozen=True)
class Order:
    """A column to sort by; nulls come last either way."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Question:
    """Which rows: those that meet all filters and hold the words searched for, and which of them in which order.

    columns: what of each row; None for every column there is.
    """

    filters: tuple[Filter, ...] = ()
    search: str = ""
    sort: tuple[Order, ...] = ()
    offset: int = 0
    limit: int = 50
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Condition:
    """A condition in SQL, and the values that stand for its question marks."""

    sql: str = "true"
    values: tuple[Any, ...] = ()


def question(asked: Mapping[str, Any]) -> Question:
    """The question in a table of JSON values. Raises `NoQuestion` for what is none, `QueryError` for one too long."""
    columns = asked.get("columns")
    return Question(
        tuple(_filter(one) for one in _list(asked, "filters", MOST_FILTERS)),
        _text(asked.get("search") or "", "search"),
        tuple(_order(one) for one in _list(asked, "sort", MOST_FILTERS)),
        _whole(asked.get("offset", 0), "offset", 0, 2**53),
        _whole(asked.get("limit", 50), "limit", 1, MOST_ROWS),
        None if columns is None else tuple(_text(one, "columns") for one in _list(asked, "columns", 1000)),
    )


def condition(filters: Sequence[Filter], held: Mapping[str, Held]) -> Condition:
    """The filters as one condition. Raises `QueryError` for a column that is not there or a value of another type."""
    parts = [_condition(one, find(one.column, held)) for one in filters]
    return Condition(" and ".join(part.sql for part in parts) or "true", sum((part.values for part in parts), ()))


def ordering(sort: Sequence[Order], held: Mapping[str, Held]) -> str:
    """What follows `order by`: the columns asked for, then the row number, so that pages never overlap."""
    parts = [f"{find(one.column, held).sql} {'desc' if one.descending else 'asc'} nulls last" for one in sort]
    return ", ".join([*parts, "row"])


def find(name: str, held: Mapping[str, Held]) -> Held:
    """The column of a name. Raises `QueryError`."""
    if name not in held:
        raise QueryError(unknown("column", name, held))
    return held[name]


def _condition(asked: Filter, column: Held) -> Condition:
    bound = _BOUND[column.dtype]
    if asked.op == "null":
        return Condition(f"{column.sql} is null")
    if asked.op == "notnull":
        return Condition(f"{column.sql} is not null")
    if asked.op == "contains":
        _refuse_unless(column.dtype == "string", asked, "only texts contain another")
        return Condition(f"contains(lower({column.sql}), lower(?))", (_value(asked, asked.value, column),))
    if asked.op == "in":
        return _one_of(asked, column)
    if asked.op not in _COMPARISONS:
        raise QueryError(unknown("operator", asked.op, OPERATORS))
    _refuse_unless(asked.op not in _ORDERED or column.dtype not in ("string", "bool"), asked, "it has no order")
    return Condition(_COMPARISONS[asked.op].format(column.sql, bound), (_value(asked, asked.value, column),))


def _one_of(asked: Filter, column: Held) -> Condition:
    """Any of some values; null among them asks for rows without one."""
    _refuse_unless(isinstance(asked.value, list) and len(asked.value) <= MOST_VALUES, asked,
                   f"`in` takes a list of at most {MOST_VALUES} values")  # fmt: skip
    values = tuple(_value(asked, one, column) for one in asked.value if one is not None)
    marks = ", ".join([_BOUND[column.dtype]] * len(values))
    among = f"{column.sql} in ({marks})" if values else "false"
    if None in asked.value:
        among = f"({column.sql} is null or {among})"
    return Condition(f"coalesce({among}, false)", values)


def _value(asked: Filter, value: Any, column: Held) -> Any:
    """The value, of the column's type."""
    if column.dtype == "string":
        _refuse_unless(isinstance(value, str), asked, "the column holds texts")
        return _text(value, f"the value for {asked.column!r}").encode("utf-8", "replace").decode()
    if column.dtype == "bool":
        _refuse_unless(isinstance(value, bool), asked, "the column holds true and false")
        return value
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    _refuse_unless(is_number and (isinstance(value, int) or math.isfinite(value)), asked, "the column holds numbers")
    return _number(value, column)


def _number(value: float, column: Held) -> float:
    """The number as the column holds such; one that is too large for that is infinite."""
    number = as_float(value)
    if column.dtype != "float32":
        return number
    with np.errstate(over="ignore"):
        return float(np.float32(number))


def _refuse_unless(holds: bool, asked: Filter, why: str) -> None:
    if not holds:
        raise QueryError(f"filter {asked.column} {asked.op} {str(asked.value)[:80]!r}: {why}")


def _filter(one: Any) -> Filter:
    if not isinstance(one, dict):
        raise NoQuestion(f"filter {str(one)[:80]!r} is not a table with column, op and value")
    return Filter(
        _text(one.get("column"), "a filter's column"), _text(one.get("op"), "a filter's op"), one.get("value")
    )


def _order(one: Any) -> Order:
    if not isinstance(one, dict):
        raise NoQuestion(f"sort {str(one)[:80]!r} is not a table with column and descending")
    return Order(_text(one.get("column"), "the column to sort by"), one.get("descending") is True)


def _list(asked: Mapping[str, Any], name: str, most: int) -> list[Any]:
    found = asked.get(name) or []
    if not isinstance(found, list):
        raise NoQuestion(f"{name} is not a list")
    if len(found) > most:
        raise QueryError(f"{len(found)} {name} are too many, the limit is {most}")
    return found


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise NoQuestion(f"{what} is not a text")
    if len(value) > LONGEST_TEXT:
        raise QueryError(f"{what} has {len(value):,} characters, the limit is {LONGEST_TEXT:,}")
    return value


def _whole(value: Any, name: str, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise NoQuestion(f"{name} {str(value)[:80]!r} is not a whole number from {low} to {high}")
    return value
