"""A chart: a Vega-Lite specification with its title, what it shows in a sentence, and the numbers it is drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from vlitq.charts.draw import png, svg, width_of
from vlitq.charts.narrow import narrow as narrowed
from vlitq.errors import VlitqError

Cell = str | float | int | bool | None
SHARP = 3.0  # pixels a unit: 350 an inch and more where a chart is as wide as a column of 8.5 cm


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
        return svg(narrowed(self.spec), f"{self.name}-narrow", f"{self.title}. {self.alt}")

    def png(self, scale: float = SHARP, *, narrow: bool = False) -> bytes:
        """A PNG on white with its title and colours of its own, `scale` pixels a unit of the specification, 72 units an
        inch. narrow: for one column of a paper, as for a phone. A script that no font of this machine has is boxes."""
        return png(narrowed(self.spec) if narrow else self.spec, self.title, scale)

    def _repr_html_(self) -> str:
        from base64 import b64encode

        drawn = self.png(SHARP)
        said, data = escape(f"{self.title}. {self.alt}"), b64encode(drawn).decode()
        size = f'width="{width_of(drawn) / SHARP:.0f}" style="max-width:100%;height:auto"'
        return f'<img alt="{said}" {size} src="data:image/png;base64,{data}">'
