"""The kinds of charts there are: histogram, bars, intervals and matrix, from numbers already counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vlitq.charts.chart import Cell, Chart

WIDTH, HEIGHT = 420, 160  # of a chart's plot, in pixels of the page
ROW = 22  # pixels a bar or an interval


@dataclass(frozen=True)
class Bin:
    """A bin of a histogram: from `low` to `high`, how many samples of each series lie in it."""

    low: float
    high: float
    counts: Mapping[str, float]


@dataclass(frozen=True)
class Mark:
    """A line across a histogram: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Interval:
    """A value with its ends, of a series: a selection's figure, or a control's mean and draws."""

    label: str
    series: str
    low: float
    value: float
    high: float


def histogram(
    name: str, title: str, alt: str, bins: Sequence[Bin], unit: str, marks: Sequence[Mark] = (), note: str = ""
) -> Chart:
    """Bins over a number, their series on top of each other with the first one behind (all, then kept)."""
    series = list(bins[0].counts) if bins else []
    values = [
        {"low": one.low, "high": one.high, "n": one.counts[part], "series": part} for part in series for one in bins
    ]
    bars = {
        "mark": {"type": "bar", "binSpacing": 0.5},
        "encoding": {
            "x": {"field": "low", "type": "quantitative", "bin": {"binned": True}, "title": unit},
            "x2": {"field": "high"},
            "y": {"field": "n", "type": "quantitative", "title": "samples", "stack": None},
            "color": _colour(series),
        },
    }
    lines = [_line(mark) for mark in marks]
    spec = {"data": {"values": values}, "width": WIDTH, "height": HEIGHT, "layer": [bars, *lines]}
    rows = [[one.low, one.high, *(one.counts[part] for part in series)] for one in bins]
    return Chart(name, title, alt, spec, ["from", "to", *series], rows, note)


def bars(
    name: str, title: str, alt: str, values: Mapping[str, Mapping[str, float]], unit: str, note: str = ""
) -> Chart:
    """A group of horizontal bars a label, one a series: label to series to value, in the order given."""
    series = list(dict.fromkeys(part for group in values.values() for part in group))
    data = [{"label": label, "series": part, "n": n} for label, group in values.items() for part, n in group.items()]
    spec = {
        "data": {"values": data},
        "width": WIDTH,
        "height": {"step": max(ROW // max(len(series), 1), 9)} if len(series) > 1 else {"step": ROW},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 220}},
            **({"yOffset": {"field": "series", "sort": series}} if len(series) > 1 else {}),
            "x": {"field": "n", "type": "quantitative", "title": unit},
            "color": _colour(series),
        },
    }
    rows = [[label, *(group.get(part) for part in series)] for label, group in values.items()]
    return Chart(name, title, alt, spec, ["", *series], rows, note)


def intervals(name: str, title: str, alt: str, values: Sequence[Interval], unit: str, note: str = "") -> Chart:
    """A point with its range for each label and series, side by side: selections beside their controls."""
    series = list(dict.fromkeys(one.series for one in values))
    data = [
        {"label": one.label, "series": one.series, "low": one.low, "n": one.value, "high": one.high} for one in values
    ]
    label = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 220}}
    across = {"y": label, "yOffset": {"field": "series", "sort": series}, "color": _colour(series)}
    scale = {"zero": False}
    spec = {
        "data": {"values": data},
        "width": WIDTH,
        "height": {"step": max(ROW, 10 * len(series))},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {
                    **across,
                    "x": {"field": "low", "type": "quantitative", "title": unit, "scale": scale},
                    "x2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {**across, "x": {"field": "n", "type": "quantitative", "title": unit, "scale": scale}},
            },
        ],
    }
    rows: list[list[Cell]] = [[one.label, one.series, one.low, one.value, one.high] for one in values]
    return Chart(name, title, alt, spec, ["", "", "lowest", "mean", "highest"], rows, note)


@dataclass(frozen=True)
class Grid:
    """Numbers by column (`across`) and row (`down`), None where there is none; `most` is the largest there can be."""

    across: Sequence[str]
    down: Sequence[str]
    values: Sequence[Sequence[float | None]]
    most: float


def matrix(name: str, title: str, alt: str, grid: Grid, unit: str, note: str = "") -> Chart:
    """Cells with their numbers, the stronger the colour the farther from 0; below 0 in another colour."""
    data = [
        {"x": column, "y": row, "said": f"{n:.2f}", "n": abs(n), "end": "below 0" if n < 0 else "above 0"}
        for row, line in zip(grid.down, grid.values, strict=True)
        for column, n in zip(grid.across, line, strict=True)
        if n is not None
    ]
    top = {"labelAngle": -40, "orient": "top", "labelLimit": 200}
    place = {
        "x": {"field": "x", "type": "nominal", "sort": list(grid.across), "title": None, "axis": top},
        "y": {"field": "y", "type": "nominal", "sort": list(grid.down), "title": None, "axis": {"labelLimit": 240}},
    }
    faint = {"domain": [0, grid.most], "range": [0.04, 0.55]}  # the numbers are read on top of it
    ends = {"domain": ["above 0", "below 0"], "range": ["@series-1", "@series-2"]}
    cells = {
        "mark": {"type": "rect"},
        "encoding": {
            **place,
            "color": {"field": "end", "type": "nominal", "scale": ends, "title": unit, "legend": {"orient": "bottom"}},
            "opacity": {"field": "n", "type": "quantitative", "scale": faint, "legend": None},
        },
    }
    numbers = {"mark": {"type": "text", "fontSize": 10}, "encoding": {**place, "text": {"field": "said"}}}
    spec = {"data": {"values": data}, "width": {"step": 44}, "height": {"step": ROW}, "layer": [cells, numbers]}
    rows: list[list[Cell]] = [[row, *line] for row, line in zip(grid.down, grid.values, strict=True)]
    return Chart(name, title, alt, spec, ["", *grid.across], rows, note)


def _colour(series: Sequence[str]) -> dict[str, Any]:
    """A colour a series, with a legend where there are several."""
    colours = [f"@series-{number % 6 + 1}" for number in range(len(series))]
    legend = {"orient": "top", "title": None} if len(series) > 1 else None
    return {"field": "series", "type": "nominal", "scale": {"domain": list(series), "range": colours}, "legend": legend}


def _line(mark: Mark) -> dict[str, Any]:
    data = {"values": [{"at": mark.at, "said": mark.text}]}
    at = {"field": "at", "type": "quantitative"}
    text = {"type": "text", "align": "left", "dx": 4, "y": 6, "fontSize": 11}
    return {
        "data": data,
        "layer": [
            {
                "mark": {"type": "rule", "color": "@bad", "strokeDash": [4, 3], "strokeWidth": 1.5},
                "encoding": {"x": at},
            },
            {"mark": {**text, "color": "@bad"}, "encoding": {"x": at, "text": {"field": "said"}}},
        ],
    }
