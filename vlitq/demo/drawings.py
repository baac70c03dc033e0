"""Charts and scenes on paper: from values to pixels, with Pillow alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFont

SIZE = (448, 336)  # pixels
COLOURS = {
    "red": "#d62728",
    "blue": "#1f5fb4",
    "green": "#2ca02c",
    "orange": "#ff8c1a",
    "purple": "#8a4fbf",
    "black": "#222222",
}
_PLOT = (60, 50, 428, 286)  # left, top, right, bottom of the axes

Box = tuple[float, float, float, float]
Brush = Callable[[ImageDraw.ImageDraw, Box, str], None]


def draw_bars(title: str, labels: Sequence[str], values: Sequence[int]) -> Image.Image:
    """A bar chart from zero, a label below and the value above each bar."""
    image, pen = _axes(title, labels)
    for x, value, colour in zip(_centres(len(values)), values, _palette(), strict=False):
        top = _height(value, values)
        pen.rectangle((x - 18, top, x + 18, _PLOT[3]), fill=colour)
        pen.text((x, top - 4), str(value), fill="black", font=_font(13), anchor="ms")
    return image


def draw_line(title: str, labels: Sequence[str], values: Sequence[int]) -> Image.Image:
    """A line through points, each with its value."""
    image, pen = _axes(title, labels)
    points = [(x, _height(value, values)) for x, value in zip(_centres(len(values)), values, strict=True)]
    pen.line(points, fill=COLOURS["blue"], width=3)
    for (x, y), value in zip(points, values, strict=True):
        pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill=COLOURS["red"])
        pen.text((x, y - 9), str(value), fill="black", font=_font(13), anchor="ms")
    return image


def draw_pie(title: str, labels: Sequence[str], values: Sequence[int]) -> Image.Image:
    """A pie clockwise from noon, with a legend that gives each share in per cent."""
    image, pen = _paper(title)
    start = -90.0
    for row, (label, value, colour) in enumerate(zip(labels, values, _palette(), strict=False)):
        end = start + 360 * value / sum(values)
        pen.pieslice((30, 70, 260, 300), start, end, fill=colour, outline="white")
        pen.rectangle((285, 100 + 32 * row, 303, 118 + 32 * row), fill=colour)
        pen.text((312, 109 + 32 * row), f"{label} {value} %", fill="black", font=_font(14), anchor="lm")
        start = end
    return image


def draw_scene(things: Sequence[tuple[str, str, Box]]) -> Image.Image:
    """Coloured shapes on paper, each as shape, colour and box."""
    image = Image.new("RGB", SIZE, "#f7f4ea")
    pen = ImageDraw.Draw(image)
    for shape, colour, box in things:
        BRUSHES[shape](pen, box, COLOURS[colour])
    return image


def _paper(title: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", SIZE, "white")
    pen = ImageDraw.Draw(image)
    pen.text((SIZE[0] / 2, 22), title, fill="black", font=_font(17), anchor="mm")
    return image, pen


def _axes(title: str, labels: Sequence[str]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image, pen = _paper(title)
    left, top, right, bottom = _PLOT
    pen.line([(left, top), (left, bottom), (right, bottom)], fill="black", width=2)
    for x, label in zip(_centres(len(labels)), labels, strict=True):
        pen.text((x, bottom + 16), label, fill="black", font=_font(13), anchor="mm")
    return image, pen


def _centres(count: int) -> list[float]:
    step = (_PLOT[2] - _PLOT[0]) / count
    return [_PLOT[0] + step * (place + 0.5) for place in range(count)]


def _height(value: int, values: Sequence[int]) -> float:
    return _PLOT[3] - (_PLOT[3] - _PLOT[1] - 16) * value / max(values)


def _palette() -> list[str]:
    return list(COLOURS.values())


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _circle(pen: ImageDraw.ImageDraw, box: Box, colour: str) -> None:
    pen.ellipse(box, fill=colour)


def _square(pen: ImageDraw.ImageDraw, box: Box, colour: str) -> None:
    pen.rectangle(box, fill=colour)


def _triangle(pen: ImageDraw.ImageDraw, box: Box, colour: str) -> None:
    left, top, right, bottom = box
    pen.polygon([((left + right) / 2, top), (right, bottom), (left, bottom)], fill=colour)


def _star(pen: ImageDraw.ImageDraw, box: Box, colour: str) -> None:
    left, top, right, bottom = box
    x, y, radius = (left + right) / 2, (top + bottom) / 2, (right - left) / 2
    angles = [math.pi * (0.2 * tip - 0.5) for tip in range(10)]
    reach = [radius if tip % 2 == 0 else radius * 0.4 for tip in range(10)]
    pen.polygon(
        [(x + r * math.cos(angle), y + r * math.sin(angle)) for angle, r in zip(angles, reach, strict=True)],
        fill=colour,
    )


def _house(pen: ImageDraw.ImageDraw, box: Box, colour: str) -> None:
    left, top, right, bottom = box
    eaves, middle = top + (bottom - top) * 0.4, (left + right) / 2
    pen.polygon([(middle, top), (right, eaves), (left, eaves)], fill="#7a4a2a")
    pen.rectangle((left + 5, eaves, right - 5, bottom), fill=colour)
    pen.rectangle((middle - 6, bottom - 20, middle + 6, bottom), fill="#f7f4ea")


def _boat(pen: ImageDraw.ImageDraw, box: Box, colour: str) -> None:
    left, top, right, bottom = box
    deck, middle = top + (bottom - top) * 0.65, (left + right) / 2
    pen.polygon([(left, deck), (right, deck), (right - 12, bottom), (left + 12, bottom)], fill="#7a4a2a")
    pen.polygon([(middle, top), (middle, deck - 4), (left + 6, deck - 4)], fill=colour)


BRUSHES: dict[str, Brush] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "star": _star,
    "house": _house,
    "boat": _boat,
}
