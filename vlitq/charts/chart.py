"""A chart: a Vega-Lite specification with its title, what it shows in a sentence, and the numbers it is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from vlitq.charts.draw import png, svg
from vlitq.charts.narrow import narrow
from vlitq.errors import VlitqError

Cell = str | float | int | bool | None


class ChartError(VlitqError, ValueError):
    """A chart cannot be drawn. The message says of what, and the way out."""


@dataclass(frozen=True, eq=False)
class Chart:
    """One chart.

    name: what its file is called, of letters, digits, dots and hyphens. title: above it. alt: what it shows, in a
    sentence for those who cannot see it. spec: Vega-Lite, its colours `@series-1` and others of `draw.COLOURS`. head,
    rows: the table behind it. note: how to read it.
    """

    name: str
    title: str
    alt: str
    spec: Mapping[str, Any] = field(repr=False)
    head: Sequence[str] = field(repr=False)
    rows: Sequence[Sequence[Cell]] = field(repr=False)
    note: str = ""

    def svg(self) -> str:
        """An `<svg>` element for an HTML page: it takes its colours from the page's variables."""
        return svg(self.spec, self.name, f"{self.title}. {self.alt}")

    def narrow_svg(self) -> str:
        """The same for a phone: a narrower plot, shorter labels, small cells without their numbers."""
        return svg(narrow(self.spec), f"{self.name}-narrow", f"{self.title}. {self.alt}")

    def png(self, scale: float = 2.0) -> bytes:
        """A PNG on white with colours of its own, `scale` pixels a unit of the specification."""
        return png(self.spec, self.title, scale)

    def _repr_html_(self) -> str:
        from base64 import b64encode

        said, data = escape(f"{self.title}. {self.alt}"), b64encode(self.png()).decode()
        return f'<img alt="{said}" style="max-width:100%" src="data:image/png;base64,{data}">'
