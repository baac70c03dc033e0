"""Paper to draw on: patterns in two light colours, so that an encoder of photographs tells scenes apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]  # red, green and blue, 0 to 255


@dataclass(frozen=True)
class Paper:
    """A pattern, drawn in `line` on `ground`; `pitch` is the distance of its lines in pixels."""

    pattern: str
    ground: Colour
    line: Colour
    pitch: int

    def draw(self, side: int) -> Image.Image:
        """The empty sheet, `side` pixels square."""
        image = Image.new("RGB", (side, side), self.ground)
        PATTERNS[self.pattern](ImageDraw.Draw(image), side, self)
        return image


def paper(rng: np.random.Generator) -> Paper:
    """A pattern and its colours."""
    return Paper(
        tuple(PATTERNS)[rng.integers(len(PATTERNS))],
        _light(rng, 215, 256),
        _light(rng, 140, 225),
        pitch=int(rng.integers(14, 40)),
    )


def shaded(sheet: Paper, rng: np.random.Generator, tint: int) -> Paper:
    """The same paper, its ground up to `tint` steps off."""
    red, green, blue = (int(np.clip(part + rng.integers(-tint, tint + 1), 0, 255)) for part in sheet.ground)
    return Paper(sheet.pattern, (red, green, blue), sheet.line, sheet.pitch)


def _light(rng: np.random.Generator, low: int, high: int) -> Colour:
    red, green, blue = (int(part) for part in rng.integers(low, high, 3))
    return (red, green, blue)


def _plain(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    pass


def _stripes(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    for y in range(0, side, sheet.pitch):
        pen.rectangle((0, y, side, y + sheet.pitch // 2), fill=sheet.line)


def _bars(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    for x in range(0, side, sheet.pitch):
        pen.rectangle((x, 0, x + sheet.pitch // 2, side), fill=sheet.line)


def _slants(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    for x in range(-side, side, sheet.pitch):
        pen.line((x, 0, x + side, side), fill=sheet.line, width=max(sheet.pitch // 4, 2))


def _checks(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    for row, y in enumerate(range(0, side, sheet.pitch)):
        for x in range(row % 2 * sheet.pitch, side, 2 * sheet.pitch):
            pen.rectangle((x, y, x + sheet.pitch - 1, y + sheet.pitch - 1), fill=sheet.line)


def _grid(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    for at in range(0, side, sheet.pitch):
        pen.line((0, at, side, at), fill=sheet.line, width=2)
        pen.line((at, 0, at, side), fill=sheet.line, width=2)


def _dots(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    size = sheet.pitch // 5
    for y in range(0, side, sheet.pitch):
        for x in range(0, side, sheet.pitch):
            pen.ellipse((x - size, y - size, x + size, y + size), fill=sheet.line)


def _bricks(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    for row, y in enumerate(range(0, side, sheet.pitch)):
        pen.line((0, y, side, y), fill=sheet.line, width=3)
        for x in range(row % 2 * sheet.pitch, side, 2 * sheet.pitch):
            pen.line((x, y, x, y + sheet.pitch), fill=sheet.line, width=3)


def _rings(pen: ImageDraw.ImageDraw, side: int, sheet: Paper) -> None:
    middle = side / 2
    for radius in range(sheet.pitch, side, sheet.pitch):
        pen.ellipse((middle - radius, middle - radius, middle + radius, middle + radius), outline=sheet.line, width=3)


PATTERNS: dict[str, Callable[[ImageDraw.ImageDraw, int, Paper], None]] = {
    "plain": _plain,
    "stripes": _stripes,
    "bars": _bars,
    "slants": _slants,
    "checks": _checks,
    "grid": _grid,
    "dots": _dots,
    "bricks": _bricks,
    "rings": _rings,
}
