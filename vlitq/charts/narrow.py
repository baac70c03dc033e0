"""A specification drawn again for a phone: the same data on a narrower plot, with shorter labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vlitq.charts.draw import DATA

PLOT, LABEL = 210, 130  # pixels of the plot, and of a label beside it
LEAST = 11  # pixels of a cell
NUMBERED = 26  # pixels of a cell, below which its number finds no room
UPRIGHT = 64  # pixels of a cell, below which the labels above are slanted


def narrow(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The specification on at most about 360 pixels. Cells too small for their numbers lose them: the colours are left,
    and the table behind the chart."""
    width = spec["width"]
    if not isinstance(width, Mapping):
        return {**_short_labels(spec), "width": PLOT}
    columns = len(spec["layer"][0]["encoding"]["x"]["sort"])
    step = min(width["step"], max(LEAST, PLOT // max(columns, 1)))
    layers = [one for one in spec["layer"] if step >= NUMBERED or one["mark"]["type"] != "text"]
    return {**_short_labels({**spec, "layer": [_above(one, step) for one in layers]}), "width": {"step": step}}


def _above(layer: Mapping[str, Any], step: float) -> dict[str, Any]:
    """The layer with the labels of its columns slanted, and small where cells are."""
    if step >= UPRIGHT:
        return dict(layer)
    encoding = layer["encoding"]
    axis = {
        **encoding["x"]["axis"],
        "labelAngle": -60,
        "labelLimit": 80,
        "labelFontSize": 11 if step >= NUMBERED else 8,
    }
    return {**layer, "encoding": {**encoding, "x": {**encoding["x"], "axis": axis}}}


def _short_labels(part: Any) -> Any:
    """The part with labels of `LABEL` pixels at most; what the data say is left as it is."""
    if isinstance(part, (list, tuple)):
        return [_short_labels(one) for one in part]
    if not isinstance(part, Mapping):
        return part
    cut = {"labelLimit": min(part["labelLimit"], LABEL)} if "labelLimit" in part else {}
    return {key: one if key in DATA else _short_labels(one) for key, one in part.items()} | cut
