"""The balance section: how samples spread over sources, tasks, kinds of questions and lengths, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from vlitq.charts.chart import Cell, Chart
from vlitq.charts.kinds import bars
from vlitq.charts.numbers import short
from vlitq.counted import counted
from vlitq.report.blocks import Block, Figure, Section, Table
from vlitq.report.material import Material
from vlitq.report.naming import labelled, listed
from vlitq.schema import Array
from vlitq.selection.fields import ROW_COLUMNS, Field
from vlitq.selection.strata import MAX_DISTINCT, NO_VALUE, strata_of

OF_ROWS = ("source", "tokens", "turns", "images")  # columns that every run has
VALUES_SHOWN = 15  # of a column; the others are one bar
COLUMNS_SHOWN = 16
SELECTIONS_DRAWN = 5  # beside all samples: there are six colours
MANY = 1_000  # distinct labels, above which a column names its samples rather than sorts them
ALL = "all samples"
SIXTHS = 6  # parts of equal size that a number of many values is cut into


@dataclass(frozen=True, eq=False)
class Split:
    """A column as parts of the run: what each is called, and the share of each set in it, summing to 1 (or 0 of none).

    sizes: samples of each part. shares: by set, float64 of shape (parts,).
    """

    name: str
    parts: Sequence[str]
    sizes: Array
    shares: dict[str, Array]


def section(material: Material) -> Section | None:
    """Bars of what share each value has of all samples and of each selection; None where every column is constant."""
    splits = [_split(material, name) for name in _names(material)]
    told = [one for one in splits if 1 < len(one.parts) <= MANY]
    if not told:
        return None
    blocks: list[Block] = [_evenness(told), *(Figure(_chart(one)) for one in told[:COLUMNS_SHOWN])]
    return Section("balance", "Balance, before and after", _lead(told), blocks)


def evenness(shares: Array) -> float | None:
    """Shannon's entropy of shares over its largest, ln of their number (Pielou 1966): 1 where all are the same, 0 where
    one has everything; None of fewer than two shares, or of nothing."""
    if len(shares) < 2 or not shares.sum():
        return None
    some = shares[shares > 0]
    return max(0.0, float(-(some * np.log(some)).sum() / np.log(len(shares))))


def _names(material: Material) -> list[str]:
    """The column of the strata, those that every run has, and the scored ones that are labels."""
    labels = [name for name, column in material.columns.items() if column.dtype == "string" and name != "human.label"]
    asked = [one.strip() for one in material.stratify.split(",")]
    known = [name for name in asked if name in ROW_COLUMNS or name in material.columns]
    return list(dict.fromkeys([*known, *OF_ROWS, *labels]))


def _split(material: Material, name: str) -> Split:
    """Of the largest parts first where they are labels, in their order where they are numbers."""
    field = material.values(name)
    codes, parts = _parts(field)
    sizes = np.bincount(codes, minlength=len(parts))
    order = np.argsort(-sizes, kind="stable") if field.is_label else np.arange(len(parts))
    sets = {ALL: np.arange(len(codes))} | {one.name: one.rows for one in material.selections}
    shares = {one: _shares(codes[rows], len(parts))[order] for one, rows in sets.items()}
    return Split(name, [parts[code] for code in order.tolist()], sizes[order], shares)


def _shares(codes: Array, parts: int) -> Array:
    return np.bincount(codes, minlength=parts) / max(len(codes), 1)


def _parts(field: Field) -> tuple[Array, Sequence[str]]:
    """A code a row, and what each is called: labels and few numbers by value, many numbers in parts of equal size."""
    known = field.values[~field.null] if not field.is_label else ()
    distinct = np.unique(known)
    if field.is_label:
        found = strata_of(field, np.arange(len(field.values)))
        return found.codes, found.names
    if len(distinct) <= MAX_DISTINCT:
        codes = np.searchsorted(distinct, np.where(field.null, np.inf, field.values))
        codes[field.null] = len(distinct)  # infinity may be one of the values
        return _with_none(codes, [short(one) for one in distinct.tolist()], field)
    edges = np.unique(np.quantile(known, np.arange(1, SIXTHS) / SIXTHS))
    edges = edges[edges < distinct[-1]]  # nothing lies beyond the largest value
    codes = np.searchsorted(edges, np.where(field.null, np.inf, field.values), side="left")
    codes[field.null] = len(edges) + 1
    ends = [short(float(one)) for one in (distinct[0], *edges, distinct[-1])]
    return _with_none(codes, [f"{low} to {high}" for low, high in pairwise(ends)], field)


def _with_none(codes: Array, names: list[str], field: Field) -> tuple[Array, Sequence[str]]:
    return codes, [*names, NO_VALUE] if field.null.any() else names


def _chart(split: Split) -> Chart:
    """A group of bars a value: its share of all samples, and of each selection."""
    sets = list(split.shares)[: SELECTIONS_DRAWN + 1]
    names, series = labelled(split.parts[:VALUES_SHOWN]), labelled(sets)
    values = {
        f"{name} (n {split.sizes[place]:,})": {
            said: 100 * float(split.shares[one][place]) for said, one in zip(series, sets, strict=True)
        }
        for place, name in enumerate(names)
    }
    left = len(split.parts) - len(names)
    if left:
        rest = {
            said: 100 * float(split.shares[one][len(names) :].sum()) for said, one in zip(series, sets, strict=True)
        }
        values[f"{counted(left, 'other value')} (n {split.sizes[len(names) :].sum():,})"] = rest
    more = len(split.shares) - len(sets)
    note = f"{counted(more, 'more selection')} in the table of evenness." if more else ""
    return bars(
        f"balance-{split.name}",
        f"{split.name}: share of each set",
        f"A group of bars a value of {split.name}, one for all samples and one for each selection.",
        values,
        "per cent of the set",
        note,
    )


def _evenness(told: Sequence[Split]) -> Table:
    """A row a column, the evenness of each set."""
    rows: list[list[Cell]] = [
        [one.name, len(one.parts), *(evenness(shares) for shares in one.shares.values())] for one in told
    ]
    caption = (
        "Evenness over the values of each column: 1 where every value has the same share, 0 where one has everything "
        "(entropy over its largest, Pielou 1966)"
    )
    return Table(caption, ["column", "values", *told[0].shares], rows)


def _lead(told: Sequence[Split]) -> str:
    """How even the first column is before and after, and what was left out."""
    first = told[0]
    said = [f"{evenness(shares) or 0:.2f} in {name}" for name, shares in first.shares.items()]
    left = len(told) - COLUMNS_SHOWN
    more = f" {counted(left, 'more column')} stand in the table only." if left > 0 else ""
    return f"Evenness over {first.name}, 1 where every value has the same share: {listed(said, 5)}.{more}"
