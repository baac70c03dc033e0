"""Writes the report of a run: its sections made one after the other, the page below its limit, and what failed told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from vlitq.charts.chart import Chart
from vlitq.errors import VlitqError
from vlitq.files import write_whole
from vlitq.overwriting import refuse
from vlitq.report.blocks import Block, Figure, Group, Section
from vlitq.report.material import Material
from vlitq.report.page import Heading, page
from vlitq.report.room import Room
from vlitq.report.sections import SECTIONS, Make, attempts
from vlitq.report.shown import Showing
from vlitq.selection.strata import names_in

GENERATOR, HEAD = b'name="generator" content="vlitq"', 8192  # what a report says of itself in its first bytes
MOST_BYTES = 15_000_000  # of the page: a mail takes it, a phone opens it

Told = Callable[[str, float], None]


@dataclass(frozen=True)
class Written:
    """A report that was written. failures: what could not be made of it; charts: all of them, as drawn.

    pictures_left_out: how many thumbnails the page had no room for.
    """

    path: Path
    bytes: int
    seconds: float
    sections: tuple[str, ...]
    failures: tuple[str, ...]
    charts: tuple[Chart, ...]
    pictures_left_out: int = 0

    def pngs(self, folder: Path) -> list[Path]:
        """Every chart as a PNG file in a folder, which is made; their paths."""
        from vlitq.charts.files import write_pngs

        return list(write_pngs(self.charts, folder))


def write(
    material: Material,
    out: Path,
    *,
    notes: Sequence[str] = (),
    told: Told | None = None,
    makers: Mapping[str, Make] = SECTIONS,
    most_bytes: int = MOST_BYTES,
) -> Written:
    """Write the report to `out`, whole. told: called with the name and the seconds of each part when it is done.

    Raises `UnknownColumn` where the run has no column of the strata asked for.
    """
    _check_libraries()
    _check_target(material, out)
    for name in names_in(material.stratify):
        material.values(name)  # a column that is not there is told before anything is made
    began = perf_counter()
    sections, failures = _made(material, told or _silent, makers)
    notes = [*notes, material.problem] if material.problem else notes
    heading = Heading(material.run.data.name, [f"run {material.run.path}"], tuple(notes))
    text, undrawn, left_out = _fitting(heading, sections, most_bytes)
    data = text.encode()
    write_whole(out, lambda file: file.write(data))
    charts = tuple(chart for one in sections for chart in _charts(one.blocks))
    names = tuple(one.name for one in sections)
    seconds = perf_counter() - began
    return Written(out, len(data), seconds, names, (*failures, *undrawn), charts, left_out)


def _made(material: Material, told: Told, makers: Mapping[str, Make]) -> tuple[list[Section], list[str]]:
    sections, failures, since = [], [], perf_counter()
    for attempt in attempts(material, makers):
        told(attempt.name, perf_counter() - since)
        since = perf_counter()
        if attempt.section is not None and (attempt.section.blocks or attempt.failure):
            sections.append(attempt.section)
        if attempt.failure:
            failures.append(f"section {attempt.name}: {attempt.failure}")
    return sections, failures


def _fitting(heading: Heading, sections: list[Section], most: int) -> tuple[str, list[str], int]:
    """The page, what could not be drawn of it, and how many pictures were left out, from the end, to keep it small."""
    showing = Showing()
    shown = [showing.section(one) for one in sections]
    text = page(heading, shown)
    excess = len(text.encode()) - most
    if excess <= 0:
        return text, showing.failures, 0
    room, again = Room(excess), Showing()
    fewer = room.sections(sections)
    said = f"{room.left_out:,} pictures were left out, from the end of the page: it is kept below {most / 1e6:g} MB"
    text = page(replace(heading, notes=(*heading.notes, said)), [again.section(one) for one in fewer])
    return text, again.failures, room.left_out


def _charts(blocks: Sequence[Block]) -> Iterator[Chart]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block.chart
        elif isinstance(block, Group):
            yield from _charts(block.blocks)


def _check_libraries() -> None:
    if missing := [name for name in ("jinja2", "vl_convert") if find_spec(name) is None]:
        raise VlitqError(f"the report needs {' and '.join(missing)}: pip install 'vlitq[look]'")


def _check_target(material: Material, out: Path) -> None:
    if out.resolve() == material.run.data.resolve():
        raise VlitqError(f"--out {out} is the dataset itself: name another file")
    refuse(out, "report", "report.html", _is_report)
    if not re.fullmatch(r"\.html?", out.suffix, re.IGNORECASE):
        raise VlitqError(f"--out {out}: the report is a page; end its name in .html")


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        return GENERATOR in file.read(HEAD)


def _silent(_name: str, _seconds: float) -> None:
    """Nobody asked to be told."""
