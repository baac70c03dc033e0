"""The kinds of charts there are: histogram, bars, correlations, intervals, matrix, from numbers already counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vlitq.charts.chart import Cell, Chart
from vlitq.charts.numbers import AXIS_LABEL

WIDTH, HEIGHT = 360, 150  # of a chart's plot, in pixels of the page
ROW = 22  # pixels a bar or an interval
TICKS = 7  # about as many along an axis
MARK = 14  # pixels a line of text above the plot


@dataclass(frozen=True)
class Bin:
    """A bin of a histogram: from `low` to `high`, how many samples of each series lie in it.

    drawn: from where to where its bar goes, where that is not from `low` to `high`.
    """

    low: float
    high: float
    counts: Mapping[str, float]
    drawn: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """From where to where its bar goes."""
        return self.drawn or (self.low, self.high)


@dataclass(frozen=True)
class Mark:
    """A line across a chart: where, and what it says. quiet: it tells how to read the chart, and decides nothing."""

    at: float
    text: str
    quiet: bool = False


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
    """Bins over a number, their series on top of each other with the first one behind (all, then kept).

    One more series is bars in front; several are outlines, so that none hides another.
    """
    series = list(bins[0].counts) if bins else []
    whole = all(one.drawn == (one.low - 0.5, one.high + 0.5) for one in bins)
    each = [one.low for one in bins] if whole and len(bins) <= TICKS else []
    filled = series if len(series) <= 2 else series[:1]
    bars = {
        "data": {"values": [_bar(one, part) for part in filled for one in bins]},
        "mark": {"type": "bar", "stroke": "@paper", "strokeWidth": 0.5, "opacity": 1 if filled == series else 0.4},
        "encoding": {
            "x": _along("low", unit, whole=whole, at=each),
            "x2": {"field": "high"},
            "y2": {"datum": 0},
            **_samples(series, len(marks), _number(bins)),
        },
    }
    outlines = {
        "data": {"values": [place for part in series[len(filled) :] for place in _outline(bins, part)]},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2},
        "encoding": {"x": _along("low", unit, whole=whole, at=each), **_samples(series, len(marks), _number(bins))},
    }
    ends = (bins[0].ends[0], bins[-1].ends[1]) if bins else (0.0, 1.0)
    layers = [bars, *([outlines] if len(series) > len(filled) else []), *_lines(marks, ends)]
    spec = {"width": WIDTH, "height": HEIGHT, "layer": layers}
    rows = [[one.low, one.high, *(one.counts[part] for part in series)] for one in bins]
    return Chart(name, title, alt, spec, ["from", "to", *series], rows, note)


def bars(
    name: str, title: str, alt: str, values: Mapping[str, Mapping[str, float]], unit: str, note: str = ""
) -> Chart:
    """A group of horizontal bars a label, one a series: label to series to value, in the order given."""
    series = list(dict.fromkeys(part for group in values.values() for part in group))
    data = [{"label": label, "series": part, "n": n} for label, group in values.items() for part, n in group.items()]
    whole = all(float(n).is_integer() for group in values.values() for n in group.values())
    spec = {
        "data": {"values": data},
        "width": WIDTH,
        "height": {"step": max(ROW // max(len(series), 1), 9)} if len(series) > 1 else {"step": ROW},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 260}},
            **({"yOffset": {"field": "series", "sort": series}} if len(series) > 1 else {}),
            "x": _along("n", unit, zero=True, whole=whole),
            "color": _colour(series),
        },
    }
    rows = [[label, *(group.get(part) for part in series)] for label, group in values.items()]
    return Chart(name, title, alt, spec, ["", *series], rows, note)


def correlations(
    name: str, title: str, alt: str, values: Mapping[str, float], unit: str, marks: Sequence[Mark] = (), note: str = ""
) -> Chart:
    """A horizontal bar a label for numbers in [-1, 1], to the right of 0 or to its left, in the order given."""
    data = [{"label": label, "n": n, "end": "above 0" if n >= 0 else "below 0"} for label, n in values.items()]
    bars = {
        "data": {"values": data},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 320}},
            "x": {"field": "n", "type": "quantitative", "title": unit, "scale": {"domain": [-1, 1]}, "axis": _HALVES},
            "color": {"field": "end", "type": "nominal", "scale": _ENDS, "legend": None},
        },
    }
    spec = {"width": WIDTH, "height": {"step": ROW}, "layer": [bars, *_lines(marks, (-1, 1))]}
    return Chart(name, title, alt, spec, ["", unit], list(values.items()), note)


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
        "height": {"step": 11 if len(series) > 1 else ROW},  # pixels a series of a label
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
    """Cells with their numbers, the stronger the colour the farther from 0; those below 0 in another colour."""
    data = [
        {"x": column, "y": row, "said": f"{n:.2f}", "n": abs(n), "end": "below 0" if n < 0 else "above 0"}
        for row, line in zip(grid.down, grid.values, strict=True)
        for column, n in zip(grid.across, line, strict=True)
        if n is not None
    ]
    top = {"labelAngle": -40 if max(map(len, grid.across), default=0) > 4 else 0, "orient": "top", "labelLimit": 200}
    place = {
        "x": {"field": "x", "type": "nominal", "sort": list(grid.across), "title": None, "axis": top},
        "y": {"field": "y", "type": "nominal", "sort": list(grid.down), "title": None, "axis": {"labelLimit": 240}},
    }
    signs = {"orient": "bottom"} if any(one["end"] == "below 0" for one in data) else None
    faint = {"domain": [0, grid.most], "range": [0.04, 0.55]}  # the numbers are read on top of it
    cells = {
        "mark": {"type": "rect"},
        "encoding": {
            **place,
            "color": {"field": "end", "type": "nominal", "scale": _ENDS, "title": unit, "legend": signs},
            "opacity": {"field": "n", "type": "quantitative", "scale": faint, "legend": None},
        },
    }
    numbers = {"mark": {"type": "text", "fontSize": 10}, "encoding": {**place, "text": {"field": "said"}}}
    spec = {"data": {"values": data}, "width": {"step": 44}, "height": {"step": ROW}, "layer": [cells, numbers]}
    rows: list[list[Cell]] = [[row, *line] for row, line in zip(grid.down, grid.values, strict=True)]
    return Chart(name, title, alt, spec, ["", *grid.across], rows, note)


_HALVES = {"values": [-1, -0.5, 0, 0.5, 1]}
_ENDS = {"domain": ["above 0", "below 0"], "range": ["@series-1", "@series-2"]}


def _colour(series: Sequence[str], offset: int = 18) -> dict[str, Any]:
    """A colour a series, with a legend `offset` pixels above the plot where there are several."""
    colours = [f"@series-{number % 6 + 1}" for number in range(len(series))]
    square = {"symbolType": "square", "symbolOpacity": 1}
    legend = {"orient": "top", "title": None, **square, "offset": offset} if len(series) > 1 else None
    return {"field": "series", "type": "nominal", "scale": {"domain": list(series), "range": colours}, "legend": legend}


def _along(field: str, title: str, zero: bool = False, whole: bool = False, at: Sequence[float] = ()) -> dict[str, Any]:
    """A number from left to right; its axis begins at 0 or where the data do.

    whole: ticks at whole numbers only. at: where the ticks are, if that is known.
    """
    axis = {"labelExpr": AXIS_LABEL, "tickCount": TICKS, "grid": zero}
    axis |= {"format": "d"} if whole else {}
    axis |= {"values": list(at)} if at else {"tickMinStep": 1} if whole else {}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis, "scale": {"zero": zero, "nice": zero}}


def _number(bins: Sequence[Bin]) -> float:
    """How many samples the first series has, which is all of them."""
    return sum(next(iter(one.counts.values()), 0) for one in bins)


def _samples(series: Sequence[str], marks: int, number: float) -> dict[str, Any]:
    """How many samples of `number` upwards, in the colour of their series."""
    axis = {"labelExpr": AXIS_LABEL, "tickCount": 4, "tickMinStep": 1}
    upwards = {
        "field": "n",
        "type": "quantitative",
        "title": f"samples (n = {number:,.0f})",
        "stack": None,
        "axis": axis,
        "scale": {"zero": True},
    }
    return {"y": upwards, "color": _colour(series, 8 + MARK * marks)}


def _bar(one: Bin, part: str) -> dict[str, Any]:
    low, high = one.ends
    return {"low": low, "high": high, "n": one.counts[part], "series": part}


def _outline(bins: Sequence[Bin], part: str) -> list[dict[str, Any]]:
    """The tops of the bars as corners of a line, from the ground to the ground."""
    ground = {"n": 0, "series": part}
    tops = [{"low": one.ends[0], "n": one.counts[part], "series": part} for one in bins]
    return [
        {**ground, "low": bins[0].ends[0]},
        *tops,
        {**tops[-1], "low": bins[-1].ends[1]},
        {**ground, "low": bins[-1].ends[1]},
    ]


def _lines(marks: Sequence[Mark], ends: tuple[float, float]) -> list[dict[str, Any]]:
    """A line for each mark; what they say stands above the plot, each on a line of its own, and over all lines."""
    heights = [-4 - MARK * number for number in reversed(range(len(marks)))]
    rules = [_rule(mark, height) for mark, height in zip(marks, heights, strict=True)]
    texts = [_text(mark, height, ends) for mark, height in zip(marks, heights, strict=True)]
    return [*rules, *texts]


def _rule(mark: Mark, height: int) -> dict[str, Any]:
    """A line from the ground up to `height`."""
    rule = {"type": "rule", "strokeDash": [1, 3] if mark.quiet else [4, 3], "strokeWidth": 1.5}
    upwards = {"y": {"value": height - MARK / 2}, "y2": {"value": "height"}}
    return {**_at(mark), "mark": {**rule, "color": _colour_of(mark)}, "encoding": {"x": _AT, **upwards}}


def _text(mark: Mark, height: int, ends: tuple[float, float]) -> dict[str, Any]:
    """What a mark says, on the side of its line where there is more room; a rim keeps it apart from other lines."""
    leftwards = mark.at > sum(ends) / 2
    side = {"align": "right", "dx": -4} if leftwards else {"align": "left", "dx": 4}
    text = {"type": "text", "fontSize": 11, "y": height, "baseline": "bottom", **side}
    rim = {**text, "color": "@paper", "stroke": "@paper", "strokeWidth": 5, "strokeJoin": "round"}
    layers = [{"mark": one} for one in (rim, {**text, "color": _colour_of(mark)})]
    return {**_at(mark), "encoding": {"x": _AT, "text": {"field": "said"}}, "layer": layers}


_AT = {"field": "at", "type": "quantitative"}


def _at(mark: Mark) -> dict[str, Any]:
    return {"data": {"values": [{"at": mark.at, "said": mark.text}]}}


def _colour_of(mark: Mark) -> str:
    return "@muted" if mark.quiet else "@bad"
