"""What the points of the map can be coloured by: source, region, what selections keep, and the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq.calibration import PERCENTILE
from vlitq.report.importance import deciding
from vlitq.report.material import Material
from vlitq.report.regions import Regions
from vlitq.schema import Array

MOST_BYTES = 3_000_000  # of the columns as the page carries them: 56 of 20,000 points
POINT_BYTES = 8 / 3  # of a column: two, in base64
LABELS = 10  # values of a column that have a colour of their own


@dataclass(frozen=True, eq=False)
class Colours:
    """By name the values of the points: float64, or labels with None. left: columns the page has no room for."""

    by_name: dict[str, Array]
    left: int


def colours(material: Material, found: Regions, rows: Array) -> Colours:
    """What the points at `rows` can be coloured by: the columns that decide first, then those that differ most."""
    names = np.array(found.names, dtype=object)
    made = {"source": _labels(_sources(material)[rows]), "region": names[found.of[rows]]}
    for one in material.selections:
        kept = np.isin(rows, one.rows)
        made[f"kept by {one.name}"] = np.where(kept, "kept", "dropped").astype(object)
    columns = {name: _of_column(material, name, rows) for name in ("tokens", *_candidates(material))}
    variety = {name: _variety(values) for name, values in columns.items()}
    first = [name for name in deciding(material) if name in columns]
    telling = [*first, *sorted(columns, key=lambda name: -variety[name])]
    shown = [name for name in dict.fromkeys(telling) if variety[name] > 0]
    most = max(int(MOST_BYTES / (POINT_BYTES * len(rows))), 1)
    return Colours(made | {name: columns[name] for name in shown[:most]}, max(len(shown) - most, 0))


def _candidates(material: Material) -> list[str]:
    return [name for name in material.columns if not name.endswith(PERCENTILE)]


def _sources(material: Material) -> Array:
    """Of each row, None where the record does not say."""
    sources = material.values("source").values.astype(object)
    sources[sources == ""] = None
    return np.asarray(sources)


def _of_column(material: Material, name: str, rows: Array) -> Array:
    field = material.values(name)
    values = field.values[rows]
    if field.is_label:
        return _labels(values)
    if field.column.dtype == "bool":
        truth = np.where(values > 0, "true", "false").astype(object)
        truth[np.isnan(values)] = None
        return truth
    return np.asarray(values, dtype=np.float64)


def _labels(values: Array) -> Array:
    """The labels, those but the most frequent ones under one name."""
    counted = pc.value_counts(pa.array(values, pa.string()).drop_null()).to_pylist()
    ordered = [one["values"] for one in sorted(counted, key=lambda one: (-one["counts"], one["values"]))]
    if len(ordered) <= LABELS:
        return np.asarray(values, dtype=object)
    shown = np.array(values, dtype=object)
    rare = ~np.isin(values.astype(str), ordered[:LABELS]) & np.asarray(values != None)  # noqa: E711  # entry by entry
    shown[rare] = f"{len(ordered) - LABELS:,} others"
    return shown


def _variety(values: Array) -> float:
    """The chance that two points differ (Gini–Simpson), null as a value: 0 where there is nothing to see."""
    counts = pc.value_counts(pa.array(values, from_pandas=True)).field("counts").to_numpy()
    return float(1 - np.square(counts / max(counts.sum(), 1)).sum())
