"""The faults section: what is wrong with how many samples, where most of them are, and what selections keep of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vlitq.charts.chart import Cell
from vlitq.charts.numbers import share
from vlitq.counted import counted
from vlitq.report.blocks import Cards, Section, Table, Text
from vlitq.report.examples import decided
from vlitq.report.extremes import Picker
from vlitq.report.faulty import Fault, any_of, counts_faults, faults
from vlitq.report.material import Material
from vlitq.report.naming import listed, on_one_line
from vlitq.schema import Array
from vlitq.selection.strata import strata_of_run

TITLE = "What is wrong"
EXAMPLES = 3  # samples of a fault
SHOWN = 12  # faults with examples
MANY_STRATA = 1_000  # above, none is named as the one with most
NOT_COUNTED = (
    "Only what can be counted stands here. An answer that belongs to another image, or to no question, has a low "
    "alignment or relevance: see the worst samples by these columns."
)


def section(material: Material) -> Section | None:
    """A line for every fault, and samples of the most frequent; None where no column counts any."""
    found = faults(material)
    looked = [name for name, column in material.numeric.items() if counts_faults(column)]
    if not found:
        said = f"{listed(looked, 12)} are 0 or false in every sample that has a value."
        return Section("faults", TITLE, "No fault was counted.", [Text((said, NOT_COUNTED))]) if looked else None
    rows = len(material.run)
    lead = (
        f"{any_of(found):,} of {counted(rows, 'sample')} ({share(any_of(found), rows)}) have a fault that is counted."
    )
    examples = _examples(material, [one for one in found if one.column])
    return Section("faults", TITLE, lead, [_table(material, found), Text((NOT_COUNTED,)), *examples])


def in_a_line(material: Material, most: int = 6) -> str:
    """How many samples have a fault, and the most frequent ones; "" where there is none."""
    found = faults(material)
    if not found:
        return ""
    rows = len(material.run)
    several = listed((f"{one.short} {len(one.rows):,}" for one in found if not one.sums), most)
    return f"{counted(any_of(found), 'sample')} ({share(any_of(found), rows)}): {several}"


def _table(material: Material, found: Sequence[Fault]) -> Table:
    """A line a fault, with the part of the data that has most of it, and what each selection keeps."""
    rows = len(material.run)
    most = _most(material)
    lines: list[list[Cell]] = []
    for one in found:
        kept: list[Cell] = [one.among(each.rows) for each in material.selections]
        where = [most(one.rows)] if most else []
        lines.append(
            [
                one.said,
                one.name,
                len(one.rows),
                share(len(one.rows), rows).replace(" ", "\N{NO-BREAK SPACE}"),
                *where,
                *kept,
            ]
        )
    where_head = [f"most in {material.stratify}"] if most else []
    head = ["fault", "column or status", "samples", "of all", *where_head]
    head += [f"kept by {on_one_line(one.name)}" for one in material.selections]
    return Table("Faults, the most frequent first; a sample may have several", head, lines)


def _most(material: Material) -> _Most | None:
    """What says which stratum has most of some rows; None where there are not several, or too many."""
    cut = strata_of_run(material.fields, material.stratify)
    return _Most(cut.codes, cut.names) if 1 < len(cut.names) <= MANY_STRATA else None


class _Most:
    """Names the stratum that has most of some rows, with how many of its own that is."""

    def __init__(self, codes: Array, names: Sequence[str]) -> None:
        self._codes, self._names = codes, names
        self._sizes = np.bincount(codes, minlength=len(names))

    def __call__(self, rows: Array) -> str:
        counts = np.bincount(self._codes[rows], minlength=len(self._names))
        code = int(counts.argmax())
        return f"{on_one_line(self._names[code])}: {counts[code]:,} of its {self._sizes[code]:,}"


def _examples(material: Material, found: Sequence[Fault]) -> list[Cards]:
    """Samples of the most frequent faults, no two of them copies, from different strata first; all read at once."""
    picker = Picker(material.values("source").values, material.fields.row("content"))
    picked = [picker.highest(_values(material, one), EXAMPLES) for one in found[:SHOWN]]
    cards = iter(
        material.cards(
            [
                (row, one.said, tuple(decided(each, row) for each in material.selections))
                for one, rows in zip(found, picked, strict=False)
                for row in rows
            ]
        )
    )
    return [
        Cards(
            one.said,
            [next(cards) for _ in rows],
            _note(one, len(rows)),
            True,
        )
        for one, rows in zip(found, picked, strict=False)
    ]


def _note(one: Fault, shown: int) -> str:
    """How many are shown, which columns say the same, and where the others are found."""
    also = f" {listed(one.also, 3)} {'say' if len(one.also) > 1 else 'says'} the same of them." if one.also else ""
    every = f" To see all: filter by `{one.column}` in `vlitq view`." if len(one.rows) > shown else ""
    return f"{shown:,} of {counted(len(one.rows), 'sample')}.{also}{every}"


def _values(material: Material, one: Fault) -> Array:
    """The column where it says that there is a fault, NaN elsewhere; the worst are the highest."""
    values = np.full(len(material.run), np.nan)
    values[one.rows] = 1 if one.groups is not None else material.values(one.column).values[one.rows]
    return values
