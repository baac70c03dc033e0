"""Writes charts as PNG files, for papers and notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from vlitq.charts.chart import Chart
from vlitq.files import write_whole

_OTHER = re.compile(r"[^A-Za-z0-9._-]+")  # what a file's name had better not hold


def write_pngs(charts: Iterable[Chart], folder: Path) -> list[Path]:
    """Write each chart to `folder/NAME.png`; the files, in the order of the charts.

    A file of that name is written over; charts of one name get a number each, from the second on.
    """
    written: list[Path] = []
    for chart in charts:
        path = _free(folder, _OTHER.sub("-", chart.name).strip(".-") or "chart", written)
        _write(path, chart.png())
        written.append(path)
    return written


def _write(path: Path, data: bytes) -> None:
    write_whole(path, lambda file: file.write(data))


def _free(folder: Path, name: str, written: list[Path]) -> Path:
    """The path for a name that no chart before it has taken."""
    taken = {path.name.lower() for path in written}  # some disks do not tell a from A
    number, path = 1, folder / f"{name}.png"
    while path.name.lower() in taken:
        number += 1
        path = folder / f"{name}-{number}.png"
    return path
