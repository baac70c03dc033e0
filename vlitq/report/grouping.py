"""Groups of samples that a scorer found to be copies of each other, exactly or nearly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from vlitq.errors import VlitqError
from vlitq.report.material import Material
from vlitq.schema import Array
from vlitq.selection.vectors import JOINT, parts_of_joint, reader

DEFAULT = "duplicates.group"
LOOKED_THROUGH = 1_000  # groups, for those whose samples are least alike


@dataclass(frozen=True, eq=False)
class Grouping:
    """The groups of a column. order: int64, the rows that are in a group of two or more, group after group, ascending
    within each. starts, sizes: int64 of shape (groups,), the largest group first."""

    column: str
    order: Array = field(repr=False)
    starts: Array = field(repr=False)
    sizes: Array

    def __len__(self) -> int:
        return len(self.sizes)

    def rows(self, group: int) -> Array:
        """The rows of a group, ascending."""
        return self.order[self.starts[group] : self.starts[group] + self.sizes[group]]

    @cached_property
    def repeats(self) -> int:
        """How many rows are in a group beside its first."""
        return int(self.sizes.sum() - len(self.sizes))


def groupings(material: Material) -> list[Grouping]:
    """Those of all columns that name the first row of a group: first what selections keep one of, then the default."""
    first = [one.manifest["selection"].get("one_per") for one in material.selections]
    first += [(material.run.manifest.get("recipe") or {}).get("select", {}).get("one_per"), DEFAULT]
    found = {name: at for at, name in reversed(list(enumerate(first))) if name}
    names = [n for n, c in material.run.columns.items() if c.unit == "row" and not n.endswith("nearest")]
    ordered = sorted(names, key=lambda name: found.get(name, len(first)))
    return [grouping(name, material.values(name).values) for name in ordered]


def grouping(column: str, firsts: Array) -> Grouping:
    """The groups of rows that have the same value, NaN where a row has none, in `firsts`, float64 of shape (rows,)."""
    known = np.flatnonzero(~np.isnan(firsts))
    values, sizes = np.unique(firsts[known], return_counts=True)
    several = values[sizes > 1]
    grouped = known[np.isin(firsts[known], several)]
    order = grouped[np.argsort(firsts[grouped], kind="stable")]
    sizes = sizes[sizes > 1].astype(np.int64)
    starts = np.cumsum(sizes) - sizes
    largest = np.argsort(-sizes, kind="stable")
    return Grouping(column, order, starts[largest], sizes[largest])


def least_alike(material: Material, found: Grouping, groups: Array) -> Array:
    """The groups in the order of the cosine of their first and last samples, the lowest first; as they are where no
    vectors are stored. Of more than `LOOKED_THROUGH` a random part."""
    if len(groups) > LOOKED_THROUGH:
        groups = np.sort(np.random.default_rng(0).choice(groups, LOOKED_THROUGH, replace=False))
    one = np.array([found.rows(group)[0] for group in groups], dtype=np.int64)
    other = np.array([found.rows(group)[-1] for group in groups], dtype=np.int64)
    cosines = _cosines(material, JOINT, one, other)
    return groups if cosines is None else groups[np.argsort(cosines, kind="stable")]


def cosines_with(material: Material, first: int, rows: Array) -> dict[str, Array]:
    """By what is compared, `image` or `text`, the cosine of each row with the row `first`, NaN where one has none."""
    names = {"image" if "image" in name else "text": name for name in parts_of_joint(material.run)}
    found = {side: _cosines(material, name, np.full(len(rows), first), rows) for side, name in names.items()}
    return {side: cosines for side, cosines in found.items() if cosines is not None}


def _cosines(material: Material, name: str, one: Array, other: Array) -> Array | None:
    """Cosines of pairs of rows by some vectors; None where they are not stored."""
    rows = np.concatenate([one, other])
    try:
        vectors = reader(material.run, rows)(name, np.arange(len(rows)))
    except VlitqError:
        return None
    return np.asarray(np.einsum("nd,nd->n", vectors[: len(one)], vectors[len(one) :]))


def size_bins(sizes: Array) -> list[tuple[str, int]]:
    """How many groups have 2, 3, 4, 5 to 9, 10 to 99 samples and so on; bins without a group at the end left out."""
    ends: Sequence[tuple[int, int]] = [(2, 2), (3, 3), (4, 4), (5, 9), (10, 99), (100, 999), (1_000, 2**62)]
    counts = [int(((sizes >= low) & (sizes <= high)).sum()) for low, high in ends]
    last = max((at for at, count in enumerate(counts) if count), default=-1)
    return [(_named(*ends[at]), counts[at]) for at in range(last + 1)]


def _named(low: int, high: int) -> str:
    if low == high:
        return f"{low} samples"
    return f"{low:,} or more" if high >= 2**62 else f"{low} to {high}"
