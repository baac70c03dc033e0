"""How a column is distributed, over all rows and over those that are shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from vlitq.schema import Array
from vlitq.view.index import ROWS, Index
from vlitq.view.query import Condition, Held, Question, find, meeting

BINS = 50
VALUES = 30  # of a column of labels that are told one by one


def histogram(index: Index, column: str, asked: Question, found: Array | None) -> dict[str, Any]:
    """Bins of a number, or the commonest labels: of each how many rows there are, and how many meet the question."""
    held = find(column, index.columns)
    shown = meeting(asked, index.columns, found is not None)
    with index.reading(found) as database:
        told = _labels if held.dtype in ("string", "bool") else _numbers
        return {"column": column, **told(database, held, shown)}


def _numbers(database: Any, held: Held, shown: Condition) -> dict[str, Any]:
    finite = f"isfinite({held.sql}::double)"
    ends = f"select min({held.sql})::double, max({held.sql})::double {ROWS} where {finite}"
    low, high = database.execute(ends).fetchone()
    bins = [] if low is None else _bins(low, high, whole=held.dtype.startswith("int"))
    counts = _counted(database, f"case when {finite} then {_place(held, bins)} end", shown)
    told = [_both({"low": at, "high": to}, counts.get(number)) for number, (at, to) in enumerate(bins)]
    nulls, nulls_shown = _counted(database, f"{held.sql} is null", shown).get(True, (0, 0))
    return {"kind": "number", "bins": told, "nulls": {"all": nulls, "shown": nulls_shown}}


def _both(told: dict[str, Any], counts: tuple[int, int] | None) -> dict[str, Any]:
    every, shown = counts or (0, 0)
    return {**told, "all": every, "shown": shown}


def _bins(low: float, high: float, whole: bool) -> list[tuple[float, float]]:
    """Edges of the bins; of whole numbers that are few, one a number."""
    if low == high:
        return [(low, high)]
    count = BINS
    if whole:
        step = math.ceil((high - low + 1) / BINS)
        count = math.ceil((high - low + 1) / step)
        return [(low + step * at, min(low + step * (at + 1) - 1, high)) for at in range(count)]
    edges = [low + (high - low) * at / count for at in range(count)] + [high]
    return list(pairwise(edges))


def _place(held: Held, bins: list[tuple[float, float]]) -> str:
    """In SQL, which bin a value is in. The numbers are ours, computed from the column's own ends."""
    if len(bins) < 2:
        return "0"
    low, step = bins[0][0], bins[1][0] - bins[0][0]
    return f"greatest(0, least(floor(({held.sql}::double - {low!r}) / {step!r}), {len(bins) - 1}))::integer"


def _labels(database: Any, held: Held, shown: Condition) -> dict[str, Any]:
    counts = dict(_counted(database, held.sql, shown))
    nulls, nulls_shown = counts.pop(None, (0, 0))
    commonest = sorted(counts.items(), key=lambda one: (-one[1][0], str(one[0])))
    told = [_both({"value": value}, both) for value, both in commonest[:VALUES]]
    rest = [both for _, both in commonest[VALUES:]]
    others = _both({"values": len(rest)}, (sum(every for every, _ in rest), sum(some for _, some in rest)))
    return {"kind": "label", "values": told, "others": others, "nulls": {"all": nulls, "shown": nulls_shown}}


def _counted(database: Any, what: str, shown: Condition) -> Mapping[Any, tuple[int, int]]:
    """By value of an expression: how many rows there are, and how many meet the condition."""
    counted = f"select {what}, count(*), count(*) filter (where {shown.sql}) {ROWS} group by 1"
    return {value: (every, some) for value, every, some in database.execute(counted, shown.values).fetchall()}
