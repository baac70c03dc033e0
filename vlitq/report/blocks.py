"""What a section of the report is made of: text, charts, tables, cards of samples, and the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vlitq.charts.chart import Cell, Chart
from vlitq.schema import Array


@dataclass(frozen=True)
class Text:
    """Paragraphs of plain text."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What is asked first, a line each: what it is of, and what is to be said."""

    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """A table with a caption; numbers stand right, None is shown as a dash."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Figure:
    """A chart, with the table behind it folded below."""

    chart: Chart


@dataclass(frozen=True)
class Picture:
    """A thumbnail as a data URL, or why there is none; `path` as the record names it."""

    path: str
    url: str = field(repr=False, default="")
    problem: str = ""


@dataclass(frozen=True)
class Card:
    """A sample as it is shown: its pictures, its turns as (role, text) cut to a length, and what is to be said of it.

    heading: what it is shown for ("alignment.cosine 0.31, rank 1 of 192"). why: sentences below it.
    """

    row: int
    id: str
    source: str
    heading: str
    pictures: tuple[Picture, ...]
    turns: tuple[tuple[str, str], ...]
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cards:
    """Samples side by side under a title: the best of a column, or a group of duplicates. folded: shown on demand."""

    title: str
    cards: Sequence[Card]
    note: str = ""
    folded: bool = False


@dataclass(frozen=True, eq=False)
class Map:
    """Points to draw on a canvas, coloured by any of some columns.

    x, y: float, shape (points,). rows: int64, the row of each. ids: what each is called. colours: column to its values,
    float64 with NaN for none, or object of labels with None. note: how the places were found, and how many samples are
    shown of how many.
    """

    x: Array
    y: Array
    rows: Array
    ids: Sequence[str]
    colours: dict[str, Array]
    note: str
    table: Table


@dataclass(frozen=True)
class Group:
    """Blocks under a heading of their own, such as the figures of one scorer. folded: shown on demand."""

    title: str
    blocks: Sequence[Text | Facts | Table | Figure | Cards | Map]
    folded: bool = False


Block = Text | Facts | Table | Figure | Cards | Map | Group


@dataclass(frozen=True)
class Section:
    """A part of the report. name: its anchor. lead: what it shows, in a sentence or two. blocks: none is no section."""

    name: str
    title: str
    lead: str
    blocks: Sequence[Block]
