"""Strata: the groups a selection ranks within, and the share of the budget each gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.fields import Field

Quota = Literal["proportional", "equal"]

NO_VALUE = "(none)"
MAX_DISTINCT = 20  # a numeric column with more distinct values is cut into quantiles, or strata would hold a row each
QUANTILES = 4


@dataclass(frozen=True)
class Strata:
    """A code a row and the label of each code. Labels are sorted, so codes do not depend on the order of the rows."""

    codes: Array
    names: tuple[str, ...]


def unstratified(rows: int) -> Strata:
    """All rows in one stratum."""
    return Strata(np.zeros(rows, dtype=np.int64), ("all",))


def strata_of(field: Field, rows: Array) -> Strata:
    """Strata of some rows: by value for labels and up to 20 distinct numbers, else by quartile; null is its own."""
    values, null = field.values[rows], field.null[rows]
    labels = values.copy() if field.is_label else _numeric_labels(values, null)
    labels[null | (labels == "")] = NO_VALUE
    names, codes = np.unique(labels.astype(str), return_inverse=True)
    return Strata(codes.astype(np.int64), tuple(names.tolist()))


def _numeric_labels(values: Array, null: Array) -> Array:
    labels = np.full(len(values), NO_VALUE, dtype=object)
    distinct = np.unique(values[~null])
    if len(distinct) <= MAX_DISTINCT:
        labels[~null] = [f"{value:.15g}" for value in values[~null]]
        return labels
    edges = np.quantile(values[~null], np.arange(1, QUANTILES) / QUANTILES)
    parts = np.searchsorted(edges, values[~null], side="left") + 1
    labels[~null] = [f"quartile {part}" for part in parts]
    return labels


def quotas(sizes: Array, budget: int, how: Quota) -> Array:
    """Units of the budget for each stratum, int64, never more than its size and adding up to min(budget, all).

    `proportional` is the largest-remainder method (Hamilton); `equal` shares alike and passes on what a small stratum
    cannot use. Units left over go to the largest remainder or stratum, then to the first label.
    """
    budget = min(budget, int(sizes.sum()))
    return _proportional(sizes, budget) if how == "proportional" else _equal(sizes, budget)


def _proportional(sizes: Array, budget: int) -> Array:
    total = max(int(sizes.sum()), 1)
    whole, remainder = zip(*(divmod(int(size) * budget, total) for size in sizes), strict=True)
    quota = np.array(whole, dtype=np.int64)
    most = sorted(range(len(sizes)), key=lambda code: (-remainder[code], code))
    quota[most[: budget - int(quota.sum())]] += 1
    return quota


def _equal(sizes: Array, budget: int) -> Array:
    quota = np.zeros(len(sizes), dtype=np.int64)
    left = budget
    while left:
        room = np.flatnonzero(quota < sizes)
        share = left // len(room)
        if share == 0:
            largest = sorted(room.tolist(), key=lambda code: (-int(sizes[code] - quota[code]), code))
            quota[largest[:left]] += 1
            return quota
        added = np.minimum(sizes[room] - quota[room], share)
        quota[room] += added
        left -= int(added.sum())
    return quota
