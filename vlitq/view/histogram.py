"""How a column is distributed, over all rows and over those that are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from vlitq.schema import Array
from vlitq.view.index import Index, Reading
from vlitq.view.query import Held, Question, find

BINS = 50
VALUES = 30  # of a column of labels that are told one by one


def histogram(index: Index, column: str, asked: Question, found: Array | None) -> dict[str, Any]:
    """Bins of a number, or the commonest labels: of each how many rows there are, and how many meet the question; so
    too of those without a value (`nulls`), and of infinite numbers, which no bin holds (`beyond`)."""
    held = find(column, index.columns)
    told = _labels if held.dtype in ("string", "bool") else _numbers
    with index.reading(asked, found) as read:
        return {"column": column, **told(read, held)}


def _numbers(read: Reading, held: Held) -> dict[str, Any]:
    finite = f"isfinite({held.sql}::double)"
    ends = f"select min({held.sql})::double, max({held.sql})::double {read.every} where {finite}"
    low, high = read.all(ends)[0]
    bins = [] if low is None else _bins(low, high, whole=held.dtype.startswith("int"))
    counted = f"select case when {finite} then {_place(held, bins)} end, {_counts(read)} {read.every} group by 1"
    counts = {number: both for number, *both in read.all(counted, read.shown.values)}
    told = [_both({"low": at, "high": to}, counts.get(number)) for number, (at, to) in enumerate(bins)]
    nulls = _nulls(read, held)
    every, shown = read.all(f"select {_counts(read)} {read.every}", read.shown.values)[0]
    rest = (every - nulls["all"], shown - nulls["shown"])
    beyond = {part: many - sum(one[part] for one in told) for part, many in zip(("all", "shown"), rest, strict=True)}
    return {"kind": "number", "bins": told, "beyond": beyond, "nulls": nulls}


def _labels(read: Reading, held: Held) -> dict[str, Any]:
    counted = (
        f"select {held.sql}, {_counts(read)} {read.every} where {held.sql} is not null group by 1 "
        "order by 2 desc, 1 limit ?"
    )
    told = [_both({"value": value}, both) for value, *both in read.all(counted, [*read.shown.values, VALUES])]
    whole = f"select count(distinct {held.sql}), {_counts(read)} {read.every} where {held.sql} is not null"
    distinct, every, shown = read.all(whole, read.shown.values)[0]
    rest = (every - sum(one["all"] for one in told), shown - sum(one["shown"] for one in told))
    others = _both({"values": distinct - len(told)}, rest) if distinct > len(told) else None
    return {"kind": "label", "values": told, "others": others, "nulls": _nulls(read, held)}


def _nulls(read: Reading, held: Held) -> dict[str, int]:
    return _both({}, read.all(f"select {_counts(read)} {read.every} where {held.sql} is null", read.shown.values)[0])


def _counts(read: Reading) -> str:
    """In SQL, how many rows there are, and how many meet the question."""
    return f"count(*), count(*) filter (where {read.shown.sql})"


def _both(told: dict[str, Any], counts: Sequence[int] | None) -> dict[str, Any]:
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
