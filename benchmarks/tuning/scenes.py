"""Scenes of coloured things on patterned paper: drawn with the demo's brushes, and jittered to look almost the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.tuning.papers import Paper, paper, shaded
from vlitq.demo.drawings import BRUSHES, COLOURS

SHAPES = tuple(BRUSHES)
INKS = tuple(COLOURS)
COLUMNS = ("left", "middle", "right")
ROWS = ("top", "centre", "bottom")
SIDE = 256  # pixels of the picture
_MARGIN = 18  # pixels that the encoder's crop leaves out
_CELL = (SIDE - 2 * _MARGIN) / 3
_MOST = 5  # things in a scene
_SHIFT = 6.0  # pixels that a thing stands off the middle of its cell, at most
_JITTER = 1.5  # pixels that a copy's things move, at most
_TINT = 4  # steps of 255 that a copy's paper changes, at most


@dataclass(frozen=True)
class Thing:
    """A coloured shape in one of nine cells; `x` and `y` are the middle and `side` the size, in pixels."""

    shape: str
    colour: str
    column: int
    row: int
    x: float
    y: float
    side: float

    @property
    def place(self) -> str:
        """The cell in words, such as `top left`."""
        return f"{ROWS[self.row]} {COLUMNS[self.column]}"


@dataclass(frozen=True)
class Scene:
    """Things, no two in one cell, on paper."""

    things: tuple[Thing, ...]
    paper: Paper

    @property
    def singles(self) -> tuple[Thing, ...]:
        """The things whose shape no other thing has: what a question can name by its shape."""
        counts = Counter(thing.shape for thing in self.things)
        return tuple(thing for thing in self.things if counts[thing.shape] == 1)

    def count(self, shape: str) -> int:
        """How many things have a shape."""
        return sum(thing.shape == shape for thing in self.things)


def scene(rng: np.random.Generator) -> Scene:
    """A scene of two to five things, one of them at least the only one of its shape."""
    while True:
        cells = rng.choice(9, int(rng.integers(2, _MOST + 1)), replace=False)
        made = Scene(tuple(_thing(int(cell), rng) for cell in cells), paper(rng))
        if made.singles:
            return made


def redrawn(original: Scene, rng: np.random.Generator) -> Scene:
    """The same scene drawn again: things a pixel or so away, the paper a shade off."""
    things = tuple(
        replace(thing, x=thing.x + rng.uniform(-_JITTER, _JITTER), y=thing.y + rng.uniform(-_JITTER, _JITTER))
        for thing in original.things
    )
    return Scene(things, shaded(original.paper, rng, _TINT))


def draw(shown: Scene) -> Image.Image:
    """The picture, 256 pixels square."""
    image = shown.paper.draw(SIDE)
    pen = ImageDraw.Draw(image)
    for thing in shown.things:
        half = thing.side / 2
        box = (thing.x - half, thing.y - half, thing.x + half, thing.y + half)
        BRUSHES[thing.shape](pen, box, COLOURS[thing.colour])
    return image


def save(shown: Scene, target: Path) -> None:
    """Write the picture as PNG, compressed in haste."""
    draw(shown).save(target, compress_level=1)


def _thing(cell: int, rng: np.random.Generator) -> Thing:
    column, row = cell % 3, cell // 3
    return Thing(
        SHAPES[rng.integers(len(SHAPES))],
        INKS[rng.integers(len(INKS))],
        column,
        row,
        x=_MARGIN + _CELL * (column + 0.5) + rng.uniform(-_SHIFT, _SHIFT),
        y=_MARGIN + _CELL * (row + 0.5) + rng.uniform(-_SHIFT, _SHIFT),
        side=rng.uniform(44, 60),
    )
