"""What is countably wrong with samples: statuses that say so, columns that count faults, and near-duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow.compute as pc

from vlitq.report.grouping import groupings
from vlitq.report.material import Material
from vlitq.report.naming import clause
from vlitq.schema import Array, Column, Status

NEAR = "near-duplicates"
DESCRIBED = 200  # characters of what a column says
SUMMED = 0.9  # of a column's samples: where two others within it hold as many, it only sums them up
STATUSES = {
    Status.INVALID: "The record is not a sample",
    Status.ROLE_ORDER: "The turns do not alternate",
    Status.IMAGE_COUNT: "Images and their markers differ in number",
    Status.MISSING_IMAGE: "An image is not there",
    Status.UNSAFE_PATH: "An image lies outside the image folder",
    Status.UNREADABLE_IMAGE: "An image cannot be read",
    Status.ERROR: "A scorer failed",
}


@dataclass(frozen=True, eq=False)
class Fault:
    """A fault by its column or status, in a clause, with the rows that have it, int64 ascending.

    column: "" of a status. also: other columns that say it of the same rows. groups: of a repeat the group that each
    row of the run is in, NaN for none. sums: two others or more lie within it.
    """

    name: str
    said: str
    rows: Array = field(repr=False)
    column: str = ""
    also: Sequence[str] = ()
    groups: Array | None = field(default=None, repr=False)
    sums: bool = False

    @property
    def short(self) -> str:
        """Its name in a list: "truncated" of schema.truncated."""
        return NEAR if self.groups is not None else self.name.rpartition(".")[2].replace("_", " ")

    def among(self, rows: Array) -> int:
        """How many of some rows have it; of repeats how many stand beside another of their group in these rows."""
        if self.groups is None:
            return len(np.intersect1d(self.rows, rows))
        of_rows = self.groups[rows]
        known = of_rows[~np.isnan(of_rows)]
        return len(known) - len(np.unique(known))


def counts_faults(column: Column) -> bool:
    """True for a truth value that had better be false, and for a count of which 0 is best; not for copies, which are
    told by their groups."""
    whole = column.dtype in ("int32", "int64") and column.bounds[0] == 0 and column.unit != "row"
    return column.direction == "lower" and column.axis != "redundancy" and (column.dtype == "bool" or whole)


def faults(material: Material) -> list[Fault]:
    """Every fault that some sample has, the most frequent first; of columns that say the same the first, and none that
    only sums up others."""
    return material.fields.once(("faults of the report",), lambda: _found(material))


def names_of_faults(material: Material) -> set[str]:
    """The columns that count a fault, those that say what another says or sum up others left out."""
    return {one.column for one in faults(material) if one.column and not one.sums}


def _found(material: Material) -> list[Fault]:
    found = [*_of_statuses(material), *_without_sums(_once(_of_columns(material)), len(material.run))]
    found += _of_groups(material)
    return sorted(found, key=lambda one: -len(one.rows))


def any_of(found: Sequence[Fault]) -> int:
    """How many rows have at least one of them."""
    return len(np.unique(np.concatenate([one.rows for one in found]))) if found else 0


def faulty_alone(found: Sequence[Fault]) -> Array:
    """Rows that have a fault by themselves, not beside another row; int64, ascending."""
    rows = [one.rows for one in found if one.groups is None]
    return np.unique(np.concatenate(rows)) if rows else np.zeros(0, dtype=np.int64)


def _of_statuses(material: Material) -> Iterator[Fault]:
    statuses = material.fields.stored("status")
    for status, said in STATUSES.items():
        rows = np.flatnonzero(pc.equal(statuses, status.value).to_numpy(zero_copy_only=False))
        if len(rows):
            yield Fault(status.value, said, rows)


def _of_columns(material: Material) -> Iterator[Fault]:
    for name, column in material.numeric.items():
        if counts_faults(column):
            rows = np.flatnonzero(material.values(name).values > 0)
            if len(rows):
                yield Fault(name, clause(column, DESCRIBED), rows, name)


def _of_groups(material: Material) -> Iterator[Fault]:
    """Rows beside the first of their group of duplicates."""
    for one in groupings(material):
        rows = np.sort(np.delete(one.order, one.starts))
        if len(rows):
            said = "Near-duplicates, one of each group not counted"
            yield Fault(one.column, said, rows, one.column, groups=material.values(one.column).values)


def _once(found: Iterator[Fault]) -> list[Fault]:
    """Those that have the same rows as one."""
    same: dict[bytes, list[Fault]] = {}
    for one in found:
        same.setdefault(one.rows.tobytes(), []).append(one)
    return [
        Fault(first.name, first.said, first.rows, first.column, tuple(one.name for one in others))
        for first, *others in same.values()
    ]


def _without_sums(found: list[Fault], rows: int) -> Iterator[Fault]:
    """Those that are not nearly the same as two others together; a column that holds more than these is marked."""
    for one in found:
        has = np.zeros(rows, dtype=bool)
        has[one.rows] = True
        within = [other.rows for other in found if len(other.rows) < len(one.rows) and has[other.rows].all()]
        if len(within) < 2:
            yield one
        elif len(np.unique(np.concatenate(within))) < SUMMED * len(one.rows):
            yield replace(one, sums=True)
