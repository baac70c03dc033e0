"""A table of percentile ranks as a picture: above the middle in one colour, below it in another."""

from __future__ import annotations

from collections.abc import Sequence

from vlitq.charts.chart import Cell, Chart

MIDDLE = 50.0
CELL, ROW = 96, 24  # pixels
_SIDES = ("below the middle", "above the middle")
_COLOURS = ("@series-2", "@series-1")


def standings(
    title: str,
    alt: str,
    across: Sequence[str],
    down: Sequence[str],
    values: Sequence[Sequence[float | None]],
    unit: str,
    note: str = "",
) -> Chart:
    """Mean percentile ranks, in [0, 100], by column (`across`) and row (`down`), None where there is none."""
    data = [
        {"x": x, "y": y, "said": f"{n:.0f}", "off": abs(n - MIDDLE), "side": _SIDES[n >= MIDDLE]}
        for y, line in zip(down, values, strict=True)
        for x, n in zip(across, line, strict=True)
        if n is not None
    ]
    top = {"labelAngle": 0, "orient": "top", "labelLimit": CELL - 4, "domain": False, "ticks": False}
    place = {
        "x": {"field": "x", "type": "nominal", "sort": list(across), "title": None, "axis": top},
        "y": {"field": "y", "type": "nominal", "sort": list(down), "title": None, "axis": {"labelLimit": 260}},
    }
    sides = {"domain": list(_SIDES), "range": list(_COLOURS)}
    cells = {
        "mark": {"type": "rect"},
        "encoding": {
            **place,
            "color": {"field": "side", "type": "nominal", "scale": sides, "title": unit, "legend": _LEGEND},
            "opacity": {"field": "off", "type": "quantitative", "scale": _FAINT, "legend": None},
        },
    }
    numbers = {"mark": {"type": "text", "fontSize": 11}, "encoding": {**place, "text": {"field": "said"}}}
    spec = {"data": {"values": data}, "width": {"step": CELL}, "height": {"step": ROW}, "layer": [cells, numbers]}
    rows: list[list[Cell]] = [[y, *line] for y, line in zip(down, values, strict=True)]
    return Chart("standings", title, alt, spec, ["", *across], rows, note)


_LEGEND = {"orient": "bottom", "symbolType": "square", "titleLimit": 600, "direction": "horizontal"}
_FAINT = {"domain": [0, 25], "range": [0.03, 0.55], "clamp": True}  # the numbers are read on top of it
