"""What the page shows of a block: charts drawn, numbers as text, long texts and tables cut, and how much was cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isinf, isnan
from typing import Any

from vlitq.charts.chart import Cell, Chart
from vlitq.report.blocks import Block, Cards, Facts, Figure, Group, Map, Section, Table, Text
from vlitq.report.material import shortened
from vlitq.report.points import packed

CELL_SHOWN = 300  # characters of a cell
PARAGRAPH_SHOWN = 3000
DASH = "–"
ROWS_SHOWN = 500  # of a table
WIDE, WIDER = 480, 880  # pixels: a chart above has the whole width of the page, and is not made as small on a phone
_WIDTH = re.compile(r'viewBox="0 0 ([\d.]+) ')


@dataclass(frozen=True)
class ShownCell:
    """A cell as text; numbers stand right."""

    text: str
    number: bool


@dataclass(frozen=True)
class ShownTable:
    """A table as text; `cut` says how many rows are left out."""

    caption: str
    head: Sequence[ShownCell]
    rows: Sequence[Sequence[ShownCell]]
    cut: str = ""


@dataclass(frozen=True)
class ShownChart:
    """A chart, drawn; `problem` where it could not be. size: "", or wide or wider; then `narrow` is it on a phone."""

    chart: Chart
    svg: str
    table: ShownTable
    size: str
    problem: str = ""
    narrow: str = ""


@dataclass(frozen=True)
class Part:
    """A block for the template. kind: figures, facts, table, cards, map, text or group, which says what `thing` is."""

    kind: str
    thing: Any = field(repr=False)


@dataclass(frozen=True)
class Shown:
    """A section for the template."""

    name: str
    title: str
    lead: str
    parts: Sequence[Part]


class Showing:
    """Makes sections ready for the template. failures: what could not be drawn, in the order of the page."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self._names: dict[str, int] = {}

    def section(self, section: Section) -> Shown:
        """A section for the template, its charts drawn; charts that follow each other stand side by side."""
        lead = shortened(section.lead, PARAGRAPH_SHOWN)
        return Shown(self._unique(section.name), section.title, lead, self._parts(section.blocks))

    def _parts(self, blocks: Sequence[Block]) -> list[Part]:
        parts: list[Part] = []
        for part in map(self._part, blocks):
            if part.kind == "figures" and parts and parts[-1].kind == "figures":
                parts[-1].thing.extend(part.thing)
            else:
                parts.append(part)
        return parts

    def _part(self, block: Block) -> Part:
        match block:
            case Text():
                return Part("text", [shortened(one, PARAGRAPH_SHOWN) for one in block.paragraphs])
            case Table():
                return Part("table", table(block))
            case Figure():
                return Part("figures", [self._chart(block.chart)])
            case Cards() | Facts():
                return Part(type(block).__name__.lower(), block)
            case Map():
                name = self._unique("map-points")
                return Part("map", {"name": name, "map": block, "points": packed(block), "table": table(block.table)})
            case Group():
                return Part("group", {"group": block, "parts": self._parts(block.blocks)})

    def _chart(self, chart: Chart) -> ShownChart:
        behind = table(Table(chart.title, chart.head, chart.rows))
        named = Chart(self._unique(chart.name), chart.title, chart.alt, chart.spec, (), ())
        try:
            drawn = named.svg()
            size = _size(drawn)
            narrow = named.narrow_svg() if size else ""
        except Exception as error:  # one chart that cannot be drawn must not take the page with it
            self.failures.append(f"chart {chart.name}: {type(error).__name__}: {error}")
            return ShownChart(chart, "", behind, "", "The chart could not be drawn; its numbers are below.")
        return ShownChart(chart, drawn, behind, size, narrow=narrow)

    def _unique(self, name: str) -> str:
        """The name as an identifier in the page; a number is added to one that was there before."""
        plain = re.sub(r"[^A-Za-z0-9-]", "-", name)
        self._names[plain] = self._names.get(plain, 0) + 1
        return plain if self._names[plain] == 1 else f"{plain}--{self._names[plain]}"


def _size(drawn: str) -> str:
    found = _WIDTH.search(drawn)
    width = float(found[1]) if found else 0.0
    return "wide wider" if width > WIDER else "wide" if width > WIDE else ""


def table(shown: Table) -> ShownTable:
    """A table as text, its first rows only where it has very many."""
    rows = [[cell(one) for one in row] for row in shown.rows[:ROWS_SHOWN]]
    numbers = [_of_numbers([row[at] for row in rows if at < len(row)]) for at in range(len(shown.head))]
    head = [ShownCell(shortened(str(one), CELL_SHOWN), number) for one, number in zip(shown.head, numbers, strict=True)]
    more = len(shown.rows) - len(rows)
    return ShownTable(shown.caption, head, rows, f"{more:,} more rows are not shown." if more > 0 else "")


def _of_numbers(column: Sequence[ShownCell]) -> bool:
    """Whether the cells of a column are numbers, dashes left out."""
    kinds = {one.number for one in column if one.text != DASH}
    return kinds == {True}


def cell(value: Cell) -> ShownCell:
    """A value as text: whole numbers with commas, others with four digits, a dash for none."""
    if isinstance(value, bool):
        return ShownCell("yes" if value else "no", False)
    if isinstance(value, str):
        return ShownCell(shortened(value, CELL_SHOWN), False)
    if value is None or isnan(value):
        return ShownCell(DASH, True)
    return ShownCell(number(value), True)


def number(value: float) -> str:
    """A number as it is read: 1,234,567; 0.03125; 12.34."""
    if isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1e5 <= abs(value) < 1e15 else f"{value:.4g}"
