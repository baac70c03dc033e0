"""Draws Vega-Lite specifications: as SVG that a page colours, and as PNG in colours of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from vlitq.charts.lines import in_lines
from vlitq.errors import VlitqError

# The colours that a specification may name, as "@ink", and what they are on white paper: told apart by the colour-blind
# (Okabe & Ito 2008), and dark enough to be seen.
COLOURS: Mapping[str, str] = {
    "series-1": "#0072b2",
    "series-2": "#d55e00",
    "series-3": "#009e73",
    "series-4": "#cc79a7",
    "series-5": "#8c6d00",
    "series-6": "#56b4e9",
    "ink": "#1b1f24",
    "muted": "#57606a",
    "line": "#d0d7de",
    "good": "#1a7f37",
    "bad": "#b3261e",
    "paper": "#ffffff",
}
# Fonts of the same widths: the labels are measured here and drawn in a browser, which has one of them or another.
FONT = "Arial, 'Liberation Sans', Helvetica, Arimo, sans-serif"
TEXT_DRAWN = 200  # characters
AXIS = 40  # pixels of an axis and its labels, at the least
VEGAS = 200  # pixels of a plot that says nothing of its width
TITLE_LETTER, LETTER = 7.5, 5.7  # pixels of a letter of the chart's title, and of an axis's
_UNDRAWABLE = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")  # XML 1.0, production 2
DATA = ("values", "domain", "sort")  # the keys of a specification below which no colour is named
_IDS = re.compile(r'(\bid="|url\(#|href="#)')
_OPENING = re.compile(r"<svg [^>]*>")
_ROLES = re.compile(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")(?=[^<>]*>)')
_SIZE = re.compile(r'\bwidth="([\d.]+)" height="([\d.]+)"')


def svg(spec: Mapping[str, Any], name: str, label: str) -> str:
    """An `<svg>` element. Its colours are `var(--series-1)` and so on; its ids begin with `name`; `label` names it."""
    drawn: str = _library().vegalite_to_svg(_themed(spec, "var(--{})"), allowed_base_urls=[])
    identifier = f"chart-{re.sub(r'[^A-Za-z0-9-]', '-', name)}"
    drawn = _ROLES.sub("", drawn)  # marks without labels of their own: the whole chart has one
    drawn = _IDS.sub(lambda found: f"{found[1]}{identifier}-", drawn)
    opening = _OPENING.search(drawn)
    assert opening is not None  # vl-convert draws nothing else
    size = _SIZE.search(opening[0])
    assert size is not None
    width, height = size.groups()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {width} {height}" width="{width}" '
        f'role="img" aria-labelledby="{identifier}-title">'
        f'<title id="{identifier}-title">{escape(drawable(label))}</title>'
    )
    return head + drawn[opening.end() :]


def png(spec: Mapping[str, Any], title: str, scale: float) -> bytes:
    """The bytes of a PNG on white, with the title above, in as many lines as it needs."""
    text = in_lines(shortened(title), int(_room(spec) / TITLE_LETTER))
    titled = {"title": {"text": text, "anchor": "start", "color": "@ink"}, **spec}
    themed = _themed({**titled, "background": "@paper"}, None)
    drawn: bytes = _library().vegalite_to_png(themed, ppi=72 * scale, allowed_base_urls=[])
    return drawn


def width_of(drawn: bytes) -> int:
    """How many pixels wide a PNG is, by its first chunk."""
    return int.from_bytes(drawn[16:20])


def _room(spec: Mapping[str, Any]) -> float:
    """How many pixels of width the plot and the axis beside it have."""
    width = spec.get("width", VEGAS)
    plot = width["step"] * len(spec["layer"][0]["encoding"]["x"]["sort"]) if isinstance(width, Mapping) else width
    return float(plot + AXIS)


def _wrapped(part: Any, characters: int) -> Any:
    """The part with the titles of axes and legends in lines of so many characters."""
    if isinstance(part, (list, tuple)):
        return [_wrapped(one, characters) for one in part]
    if not isinstance(part, Mapping):
        return part
    lines = {"title": in_lines(part["title"], characters)} if isinstance(part.get("title"), str) else {}
    return {key: one if key in DATA else _wrapped(one, characters) for key, one in part.items()} | lines


def _themed(spec: Mapping[str, Any], variable: str | None) -> str:
    """The specification as JSON, its named colours replaced by variables of the page, or by those on white."""
    spec = _wrapped(spec, int(_room(spec) / LETTER))
    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": _CONFIG, "padding": 4, **spec}
    whole.setdefault("background", None)
    colours = {f"@{name}": variable.format(name) if variable else on_white for name, on_white in COLOURS.items()}
    return json.dumps(_coloured(whole, colours))


def _coloured(part: Any, colours: Mapping[str, str]) -> Any:
    """The part with its named colours replaced, but not in what the data say."""
    if isinstance(part, Mapping):
        return {key: _said(one) if key in DATA else _coloured(one, colours) for key, one in part.items()}
    if isinstance(part, (list, tuple)):
        return [_coloured(one, colours) for one in part]
    return colours.get(part) or drawable(part) if isinstance(part, str) else part


def _said(part: Any) -> Any:
    """What the data say, its texts drawable and cut: to fit 100,000 characters takes vl-convert a minute."""
    if isinstance(part, Mapping):
        return {key: _said(one) for key, one in part.items()}
    if isinstance(part, (list, tuple)):
        return [_said(one) for one in part]
    return shortened(drawable(part)) if isinstance(part, str) else part


def shortened(text: str) -> str:
    """The text, or as much of it as is ever seen in a chart."""
    return text if len(text) <= TEXT_DRAWN else f"{text[:TEXT_DRAWN]}…"


def drawable(text: str) -> str:
    """The text with a `�` for every character that SVG cannot hold: vl-convert ends the process at one."""
    return _UNDRAWABLE.sub("\ufffd", text)


def _library() -> Any:
    """vl-convert. Raises `VlitqError` where it is not installed."""
    try:
        import vl_convert
    except ImportError as error:
        raise VlitqError("charts need vl-convert: pip install 'vlitq[look]'") from error
    return vl_convert


_CONFIG: Mapping[str, Any] = {
    "aria": False,  # the page labels the whole chart; Vega's own labels fail accessibility checks
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "@ink",
        "titleColor": "@muted",
        "titleFontWeight": "normal",
        "gridColor": "@line",
        "domainColor": "@line",
        "tickColor": "@line",
        "labelFontSize": 11,
        "titleFontSize": 11,
    },
    "legend": {"labelColor": "@ink", "titleColor": "@muted", "titleFontWeight": "normal", "labelLimit": 240},
    "header": {"labelColor": "@ink", "titleColor": "@muted"},
    "title": {"color": "@ink", "fontSize": 13},
    "range": {"category": [f"@series-{number}" for number in range(1, 7)]},
    "bar": {"color": "@series-1"},
    "rule": {"color": "@ink"},
    "text": {"color": "@ink"},
    "point": {"color": "@series-1"},
    "line": {"color": "@series-1"},
}
