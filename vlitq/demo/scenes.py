"""Scenes of coloured shapes, and questions about their number, colour and place that the same scene answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from vlitq.demo.conversations import Draft, Exchange, Material, draft
from vlitq.demo.drawings import BRUSHES, COLOURS, SIZE, draw_scene

_COLUMNS, _ROWS = 4, 3  # cells that a thing may stand in
_SIDE = 62  # pixels
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


@dataclass(frozen=True)
class Thing:
    """A coloured shape in a cell of the scene; no two things of a scene are alike or in one cell."""

    shape: str
    colour: str
    column: int
    row: int

    def __str__(self) -> str:
        return f"{self.colour} {self.shape}"

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        x = SIZE[0] / _COLUMNS * (self.column + 0.5) - _SIDE / 2
        y = SIZE[1] / _ROWS * (self.row + 0.5) - _SIDE / 2
        return (x, y, x + _SIDE, y + _SIDE)


Scene = tuple[Thing, ...]
Ask = Callable[[Scene, np.random.Generator], tuple[Exchange, ...]]


def scenes(rng: np.random.Generator, count: int = 22) -> Material:
    """`count` scenes with two samples each, and a comparison of every sixth with the next."""
    drawn = [_scene(rng) for _ in range(count)]
    names = [f"scene_{number:02d}.png" for number in range(count)]
    drafts = [d for number, scene in enumerate(drawn) for d in _drafts(scene, names[number], number, rng)]
    drafts += [_comparison(drawn[n], drawn[n + 1], (names[n], names[n + 1])) for n in range(0, count - 1, 6)]
    return Material({name: _draw(scene) for name, scene in zip(names, drawn, strict=True)}, drafts)


def _draw(scene: Scene) -> Image.Image:
    return draw_scene([(thing.shape, thing.colour, thing.box) for thing in scene])


def _scene(rng: np.random.Generator) -> Scene:
    looks = [(shape, colour) for shape in BRUSHES for colour in COLOURS]
    size = int(rng.integers(3, 8))
    chosen = rng.choice(len(looks), size, replace=False)
    cells = rng.choice(_COLUMNS * _ROWS, size, replace=False)
    return tuple(_thing(*looks[int(look)], int(cell)) for look, cell in zip(chosen, cells, strict=True))


def _thing(shape: str, colour: str, cell: int) -> Thing:
    return Thing(shape, colour, column=cell % _COLUMNS, row=cell // _COLUMNS)


def _drafts(scene: Scene, name: str, number: int, rng: np.random.Generator) -> list[Draft]:
    asks = (QUESTIONS[number % len(QUESTIONS)], QUESTIONS[(number + 3) % len(QUESTIONS)])
    return [draft("scenes", (name,), *ask(scene, rng)) for ask in asks]


def _describe(scene: Scene, _: np.random.Generator) -> tuple[Exchange, ...]:
    places = [f"a{_n(thing)} {thing} {_place(thing)}" for thing in scene]
    answer = f"The drawing shows {_number(len(scene))} things on light paper: {_listing(places)}."
    return (Exchange("Describe everything you see and where it is.", answer),)


def _count(scene: Scene, _: np.random.Generator) -> tuple[Exchange, ...]:
    colour, number = Counter(thing.colour for thing in scene).most_common(1)[0]
    things = _listing([f"the {thing.shape}" for thing in scene if thing.colour == colour])
    verb = "thing is" if number == 1 else "things are"
    return (Exchange(f"How many things are {colour}?", f"{_number(number).capitalize()} {verb} {colour}: {things}."),)


def _relation(scene: Scene, rng: np.random.Generator) -> tuple[Exchange, ...]:
    first, second = _two(scene, rng)
    if first.column != second.column:
        answer = "to the left of" if first.column < second.column else "to the right of"
    else:
        answer = "above" if first.row < second.row else "below"
    return (Exchange(f"Where is the {first} relative to the {second}?", f"The {first} is {answer} the {second}."),)


def _presence(scene: Scene, rng: np.random.Generator) -> tuple[Exchange, ...]:
    shape = list(BRUSHES)[rng.integers(len(BRUSHES))]
    found = [str(thing) for thing in scene if thing.shape == shape]
    answer = f"Yes, there is {_listing([f'a {name}' for name in found])}." if found else f"No, there is no {shape}."
    return (Exchange(f"Is there a {shape} in the picture?", answer.replace(" a orange", " an orange")),)


def _choice(scene: Scene, rng: np.random.Generator) -> tuple[Exchange, ...]:
    thing = scene[rng.integers(len(scene))]
    options = [f"{letter}. {colour}" for letter, colour in zip("ABCDEF", COLOURS, strict=True)]
    right = options[list(COLOURS).index(thing.colour)]
    question = f"What colour is the {thing.shape} {_place(thing)}?\n" + "\n".join(options)
    return (Exchange(question, right),)


def _dialogue(scene: Scene, rng: np.random.Generator) -> tuple[Exchange, ...]:
    thing = scene[rng.integers(len(scene))]
    shapes = len({thing.shape for thing in scene})
    return (
        Exchange("How many things are drawn?", f"There are {_number(len(scene))} things in the drawing."),
        Exchange("How many different shapes are among them?", f"There are {_number(shapes)} different shapes."),
        Exchange(f"What stands {_place(thing)}?", f"A{_n(thing)} {thing} stands there."),
    )


def _comparison(first: Scene, second: Scene, names: tuple[str, str]) -> Draft:
    left, right = len(first), len(second)
    verdict = "Both show as many" if left == right else f"The {'first' if left > right else 'second'} shows more"
    answer = (
        f"{verdict}: the first picture has {_number(left)} things, among them the {first[0]}, and the second has "
        f"{_number(right)}, among them the {second[0]}."
    )
    return draft("scenes", names, Exchange("Which of the two pictures shows more things?", answer))


def _two(scene: Scene, rng: np.random.Generator) -> tuple[Thing, Thing]:
    first, second = rng.choice(len(scene), 2, replace=False)
    return scene[first], scene[second]


def _place(thing: Thing) -> str:
    column = ("at the far left", "left of the middle", "right of the middle", "at the far right")[thing.column]
    return f"in the {('top', 'middle', 'bottom')[thing.row]} row {column}"


def _number(count: int) -> str:
    return _NUMBERS[count]


def _n(thing: Thing) -> str:
    return "n" if thing.colour == "orange" else ""


def _listing(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


QUESTIONS: tuple[Ask, ...] = (_describe, _count, _relation, _presence, _choice, _dialogue)
