"""Quantiles of a reference set: a value as a percentile of it, and how far other data lies from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vlitq.errors import VlitqError
from vlitq.files import write_whole
from vlitq.schema import Array, Column

LAYOUT = 1  # of the file
STEPS = 200  # quantiles are kept at every half per cent
PERCENTILE = "_percentile"  # what the column of percentiles is called after its column
DRIFT = 0.15  # Kolmogorov–Smirnov distance from which two sets differ enough to tell, however sure it is
KOLMOGOROV = 1.63  # critical value of the two-sample test at 1 % (Smirnov 1948, doi 10.1214/aoms/1177730256)
FEWEST = 20  # values that quantiles are made of: fewer say nothing of the tails


class CalibrationError(VlitqError, ValueError):
    """A file does not hold quantiles. The message names the file and what is wrong."""


@dataclass(frozen=True)
class Quantiles:
    """The distribution of one column over a reference set.

    `key` is the scorer's, so that values of other parameters or weights are never compared. `values` are the quantiles
    at 0, 0.5, … 100 %, in order; `rows` is how many values they are made of.
    """

    column: str
    key: str
    rows: int
    values: tuple[float, ...]

    def percentiles(self, numbers: Array) -> Array:
        """Per cent of the reference that is lower, ties counting half: float64 of shape (rows,) in [0, 100].

        Between two quantiles it is interpolated; NaN stays NaN.
        """
        grid = np.array(self.values)
        first, last = np.searchsorted(grid, numbers, "left"), np.searchsorted(grid, numbers, "right")
        between = np.interp(numbers, grid, np.arange(len(grid)))
        place = np.where(last > first, (first + last - 1) / 2, between)
        return np.where(np.isnan(numbers), np.nan, 100 * place / (len(grid) - 1))

    def distance(self, numbers: Array) -> float:
        """Kolmogorov–Smirnov distance of some numbers from the reference, in [0, 1], to the half per cent."""
        known, reference = np.sort(numbers[~np.isnan(numbers)]), np.array(self.values)
        shares = [
            np.searchsorted(values, np.unique(reference), side) / max(len(values), 1)
            for values in (known, reference)
            for side in ("left", "right")
        ]
        return float(max(np.abs(shares[0] - shares[2]).max(), np.abs(shares[1] - shares[3]).max()))


@dataclass(frozen=True)
class Drift:
    """A column whose values lie elsewhere than the reference's: how far, and both medians."""

    column: str
    distance: float
    median: float
    reference_median: float


@dataclass(frozen=True)
class Calibration:
    """Quantiles of some columns, each for one scorer with its parameters and weights."""

    quantiles: tuple[Quantiles, ...]

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], Quantiles]:
        return {(entry.column, entry.key): entry for entry in self.quantiles}

    def find(self, column: str, key: str) -> Quantiles | None:
        """The quantiles of a column, made with the same scorer, parameters and weights; None where there are none."""
        return self._by_place.get((column, key))

    def joined(self, other: Calibration) -> Calibration:
        """Both; where both have a column of the same scorer, the other's."""
        return Calibration(tuple({**self._by_place, **other._by_place}.values()))

    def write(self, path: Path) -> None:
        """As JSON, whole."""
        table = {"layout": LAYOUT, "quantiles": [asdict(entry) for entry in self.quantiles]}
        write_whole(path, lambda file: file.write(json.dumps(table).encode()))


def measured(column: str, key: str, numbers: Array) -> Quantiles | None:
    """The quantiles of some numbers; None of fewer than `FEWEST` values."""
    known = numbers[~np.isnan(numbers)]
    if len(known) < FEWEST:
        return None
    values = np.quantile(known, np.linspace(0, 1, STEPS + 1), method="inverted_cdf")
    return Quantiles(column, key, len(known), tuple(float(value) for value in values))


def drift(reference: Quantiles, numbers: Array) -> Drift | None:
    """How far the numbers lie from the reference; None where that is little, or may be chance."""
    known = numbers[~np.isnan(numbers)]
    if len(known) < FEWEST:
        return None
    distance = reference.distance(known)
    chance = KOLMOGOROV * float(np.sqrt(1 / len(known) + 1 / reference.rows))
    if distance < max(DRIFT, chance):
        return None
    return Drift(reference.column, distance, float(np.median(known)), reference.values[len(reference.values) // 2])


def can_be_calibrated(column: Column) -> bool:
    """Numbers of rows by themselves: no labels, truth values or row numbers."""
    return column.dtype not in {"string", "bool"} and column.unit != "row"


def percentile_column(column: Column) -> Column:
    """What the percentile of a column means."""
    return Column(
        column.name + PERCENTILE,
        "float64",
        f"Per cent of the reference set with a lower value. {column.description}",
        unit="percentile",
        bounds=(0, 100),
        direction=column.direction,
        axis=column.axis,
        source=column.source,
        null=column.null,
    )


def read(path: Path) -> Calibration:
    """The calibration in a file. Raises `CalibrationError` for anything else."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CalibrationError(f"calibration {path} cannot be read: {error}") from error
    if not isinstance(table, dict) or table.get("layout") != LAYOUT or not isinstance(table.get("quantiles"), list):
        raise CalibrationError(f"{path} holds no calibration: `vlitq calibrate RUN --out {path.name}` makes one")
    return Calibration(tuple(_entry(entry, path) for entry in table["quantiles"]))


def _entry(entry: Any, path: Path) -> Quantiles:
    try:
        values = np.array(entry["values"], np.float64)
        column, key, rows = entry["column"], entry["key"], entry["rows"]
        sound = (
            values.ndim == 1 and len(values) > 1 and bool(np.isfinite(values).all() and (np.diff(values) >= 0).all())
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CalibrationError(f"calibration {path}: {str(entry)[:80]} is no entry of one") from error
    if not (sound and isinstance(column, str) and isinstance(key, str) and type(rows) is int and rows > 0):
        raise CalibrationError(f"calibration {path}: quantiles of {str(column)[:80]!r} are not finite and in order")
    return Quantiles(column, key, rows, tuple(values.tolist()))
