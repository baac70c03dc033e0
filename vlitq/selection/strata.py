"""Strata: the groups a selection ranks within, and the share of the budget each gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.fields import Field, Fields
from vlitq.sorting import changes

Quota = Literal["proportional", "equal", "sqrt"] | float

EXPONENTS = {"proportional": 1.0, "equal": 0.0, "sqrt": 0.5}
NO_VALUE = "(none)"
MAX_DISTINCT = 20  # a numeric column with more distinct values is cut into quantiles, or strata would hold a row each
QUANTILES = 4


@dataclass(frozen=True)
class Strata:
    """A code a row and the label of each code. Labels are sorted, so codes do not depend on the order of the rows.

    by: the columns by which a row's stratum is the same among any other rows, "" for one stratum of all; None where it
    is not, as with quartiles.
    """

    codes: Array
    names: tuple[str, ...]
    by: str | None = None

    def among(self, rows: Array) -> Strata:
        """Those of some rows, by the names that occur among them."""
        codes = self.codes[rows]
        present = np.flatnonzero(np.bincount(codes, minlength=len(self.names)))
        place = np.zeros(len(self.names), dtype=np.int64)
        place[present] = np.arange(len(present))
        return Strata(place[codes], tuple(self.names[code] for code in present.tolist()), self.by)


def unstratified(rows: int) -> Strata:
    """All rows in one stratum."""
    return Strata(np.zeros(rows, dtype=np.int64), ("all",), "")


def names_in(stratify: str) -> list[str]:
    """The columns that make strata: one, or several with commas between, whose combinations are the strata."""
    return [name.strip() for name in stratify.split(",")]


def strata_of_run(fields: Fields, stratify: str) -> Strata:
    """Strata of all rows of a run; one of all for ""."""

    def make() -> Strata:
        rows = np.arange(len(fields))
        return strata_by(fields.__getitem__, stratify, rows) if stratify else unstratified(len(rows))

    return fields.once(("strata", stratify), make)


def strata_among(fields: Fields, stratify: str, rows: Array) -> Strata:
    """Strata of some rows of a run; one of all for ""."""
    whole = strata_of_run(fields, stratify)
    if whole.by is not None:
        return whole.among(rows)
    # Of few rows the values may be few enough for a stratum each: not so among all, so by no column.
    return replace(strata_by(fields.__getitem__, stratify, rows), by=None)


def strata_by(field: Callable[[str], Field], stratify: str, rows: Array) -> Strata:
    """Strata of some rows by the columns that `stratify` names; of several, the combinations that occur."""
    return reduce(_combined, (strata_of(field(name), rows) for name in names_in(stratify)))


def strata_of(field: Field, rows: Array) -> Strata:
    """Strata of some rows: by value for labels and up to 20 distinct numbers, else by quartile; null is its own."""
    if field.is_label:
        labels = field.coded
        return _named(labels.codes[rows] + 1, [NO_VALUE, *map(_called, labels.names)], field.name)
    values, null = field.values[rows], field.null[rows]
    known = values[~null]
    limits = _distinct(known) + 0.0  # minus zero is zero
    if few := len(limits) <= MAX_DISTINCT:
        names = [f"{value:.15g}" for value in limits]
    else:
        limits = np.quantile(known, np.arange(1, QUANTILES) / QUANTILES)
        names = [f"quartile {part}" for part in range(1, QUANTILES + 1)]
    codes = np.zeros(len(rows), dtype=np.int64)
    codes[~null] = 1 + np.searchsorted(limits, known, side="left")
    return _named(codes, [NO_VALUE, *names], field.name if few else None)


def _called(label: str) -> str:
    """A label as strata name it: one that is empty has no value, and one that reads like that is put in quotes."""
    return f"“{label}”" if label == NO_VALUE else label or NO_VALUE


def _named(codes: Array, names: Sequence[str], by: str | None) -> Strata:
    """Strata of codes, of the names that occur; codes of one name become one."""
    present = np.flatnonzero(np.bincount(codes, minlength=len(names))).tolist()
    sorted_names = sorted({names[code] for code in present})
    at = {name: place for place, name in enumerate(sorted_names)}
    place = np.zeros(len(names), dtype=np.int64)
    place[present] = [at[names[code]] for code in present]
    return Strata(place[codes], tuple(sorted_names), by)


def _combined(one: Strata, other: Strata) -> Strata:
    """The combinations of two strata that occur."""
    found, codes = np.unique(one.codes * len(other.names) + other.codes, return_inverse=True)
    pairs = (divmod(code, len(other.names)) for code in found.tolist())
    names = tuple(f"{one.names[a]}, {other.names[b]}" for a, b in pairs)
    by = None if one.by is None or other.by is None else f"{one.by}, {other.by}"
    return Strata(codes.astype(np.int64), names, by)


def _distinct(values: Array) -> Array:
    """The distinct values, ascending: NumPy's own `unique` hashes them, in five times the time."""
    ordered = np.sort(values)
    return np.asarray(ordered[changes(ordered)])


def quotas(sizes: Array, budget: int, how: Quota) -> Array:
    """Units of the budget for each stratum, int64, never more than its size and adding up to min(budget, all).

    In proportion to size^α: `proportional` is α = 1, `sqrt` 1/2 (Dai et al. 2023, InstructBLIP, arXiv
    2305.06500), `equal` 0, and a number is α itself, 1 by the temperature.
    """
    exponent = EXPONENTS[how] if isinstance(how, str) else how
    sizes = np.asarray(sizes, dtype=np.int64)
    weights = np.zeros(len(sizes))
    weights[sizes > 0] = sizes[sizes > 0].astype(np.float64) ** exponent
    return apportion(weights, sizes, budget)


def apportion(weights: Array, sizes: Array, budget: int) -> Array:
    """`budget` units in proportion to `weights`, int64, never more than `sizes` and adding up to min(budget, Σ sizes).

    The largest-remainder method (Hamilton). What a full one cannot take is shared among the others; where no weight is
    left, by size. Equal remainders go to the larger size, then to the first.
    """
    sizes = np.asarray(sizes, dtype=np.int64)
    quota, left = np.zeros(len(sizes), dtype=np.int64), min(budget, int(sizes.sum()))
    while left:
        room = sizes - quota
        weight = np.where(room > 0, weights, 0.0)
        weight = weight if weight.sum() > 0 else room.astype(np.float64)
        share = left * (weight / weight.sum())
        full = (share >= room) & (room > 0)
        if not full.any():
            return quota + _rounded(share, sizes, left)
        quota[full] += room[full]
        left -= int(room[full].sum())
    return quota


def _rounded(share: Array, sizes: Array, budget: int) -> Array:
    """Whole numbers that add up to the budget: the whole parts, and one more for the largest remainders."""
    whole = np.floor(share).astype(np.int64)
    remainder = np.where(share > 0, (share - whole).round(9), -1)  # equal but for rounding is equal
    most = np.lexsort((np.arange(len(share)), -sizes, -remainder))
    whole[most[: budget - int(whole.sum())]] += 1
    return whole
