"""What a comparison found: figures of every set, as a table, as JSON, and as Markdown to read."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv as pa_csv

from vlitq.comparison.plain import plain
from vlitq.notebook import comparison_html
from vlitq.schema import Direction

Kind = Literal["selection", "control", "whole"]
WIDTH = 100  # characters of a line when printed


@dataclass(frozen=True)
class Value:
    """The mean over the draws of a set, and the smallest and largest; a selection is one draw."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, draws: Sequence[float]) -> Value:
        """The value of at least one draw."""
        return cls(sum(draws) / len(draws), min(draws), max(draws))

    def ends(self) -> tuple[str, str]:
        """The smallest and the largest, in three digits."""
        return _short(self.low), _short(self.high)

    def __str__(self) -> str:
        shown = _short(self.mean)
        return shown if self.low == self.high else f"{shown} ({_short(self.low)} to {_short(self.high)})"


@dataclass(frozen=True)
class Figure:
    """One quantity of each set it applies to, by the set's name. `better` is neutral where no end is."""

    section: str
    name: str
    values: Mapping[str, Value]
    better: Direction = "neutral"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Figures of some selections of a run, of their controls and of the whole run, in sections.

    sets: the kind of each set by its name, in the order shown. notes: how to read them, and what could not be said.
    controls: the names of each selection's controls, the random one first.
    """

    run: str
    sets: Mapping[str, Kind]
    figures: tuple[Figure, ...] = field(repr=False)
    notes: tuple[str, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def value(self, section: str, name: str, of: str) -> Value | None:
        """One figure of one set; None where it does not apply."""
        found = (figure.values.get(of) for figure in self.figures if (figure.section, figure.name) == (section, name))
        return next(found, None)

    def table(self) -> pa.Table:
        """A row for each figure of each set: `section`, `figure`, `better`, `set`, `kind`, `mean`, `low`, `high`."""
        rows = [
            {
                "section": f.section,
                "figure": f.name,
                "better": f.better,
                "set": s,
                "kind": self.sets[s],
                **asdict(value),
            }
            for f in self.figures
            for s, value in f.values.items()
        ]
        texts = [pa.field(name, pa.string()) for name in ("section", "figure", "better", "set", "kind")]
        numbers = [pa.field(name, pa.float64()) for name in ("mean", "low", "high")]
        return pa.Table.from_pylist(rows, pa.schema([*texts, *numbers]))

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON holds it."""
        return {
            "run": self.run,
            "sets": dict(self.sets),
            "controls": {one: list(controls) for one, controls in self.controls.items()},
            "figures": [asdict(figure) for figure in self.figures],
            "notes": list(self.notes),
        }

    def to_csv(self) -> str:
        """`table()` as comma-separated values."""
        file = io.BytesIO()
        pa_csv.write_csv(self.table(), file)
        return file.getvalue().decode()

    def to_markdown(self) -> str:
        """A table a section, the figures down and the sets across."""
        sections = [f"## {name}\n\n{_aligned(lines)}" for name, lines in self._tables().items()]
        notes = "\n".join(f"* {note}" for note in self.notes)
        return "\n\n".join([f"# Selections of {self.run}", *sections, *([notes] if notes else [])]) + "\n"

    def __str__(self) -> str:
        return plain(self, WIDTH)

    def _repr_html_(self) -> str:
        return comparison_html(f"Selections of {self.run}", self._tables(), self.notes)

    def _tables(self) -> dict[str, list[list[str]]]:
        """The lines of cells of each section, by its name."""
        return {name: self._lines(list(group)) for name, group in groupby(self.figures, attrgetter("section"))}

    def _lines(self, figures: Sequence[Figure]) -> list[list[str]]:
        """A head, and the figures down, the sets across."""
        sets = [one for one in self.sets if any(one in figure.values for figure in figures)]
        told = any(figure.better != "neutral" for figure in figures)
        lines = [["", *(["better"] if told else []), *sets]]
        for figure in figures:
            better = [figure.better if figure.better != "neutral" else ""] if told else []
            lines.append([figure.name, *better, *(str(figure.values.get(one, "–")) for one in sets)])
        return lines


def _short(value: float) -> str:
    return (
        f"{value:.0f}"
        if float(value).is_integer() and abs(value) < 1e15
        else f"{value:.3g}"
        if abs(value) < 1e3
        else f"{value:.0f}"
    )


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    """Lines of cells as a Markdown table whose columns stand below each other; the first line is the head."""
    cells = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rule = ["-" * max(width, 3) for width in widths]
    return "\n".join(
        "| " + " | ".join(cell.ljust(max(width, 3)) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in [cells[0], rule, *cells[1:]]
    )
