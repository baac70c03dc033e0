"""Questions on a scene, of five tasks in several wordings, answered in a sentence; and whether an answer is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.tuning.scenes import COLUMNS, INKS, ROWS, SHAPES, Scene

NUMBERS = ("no", "one", "two", "three", "four", "five")
PLACES = tuple(f"{row} {column}" for row in ROWS for column in COLUMNS)


@dataclass(frozen=True)
class Question:
    """A question with its answer. `key` is the word or words that make an answer right, one of the `TASKS` values."""

    task: str
    text: str
    answer: str
    key: str


Ask = Callable[[Scene, np.random.Generator], tuple[str, str, str]]


def ask(task: str, scene: Scene, rng: np.random.Generator) -> Question:
    """A question of the task."""
    text, answer, key = _ASK[task](scene, rng)
    return Question(task, text, answer, key)


def is_right(task: str, key: str, answer: str) -> bool:
    """Whether an answer says the key and nothing else that could be one; case and punctuation do not matter."""
    words = f" {' '.join(answer.lower().replace(',', ' ').replace('.', ' ').split())} "
    return [value for value in TASKS[task] if f" {value} " in words] == [key]


def reworded(text: str, rng: np.random.Generator) -> str:
    """The question in slightly other words: a synonym, and sometimes a phrase in front."""
    noun = _NOUNS[rng.integers(len(_NOUNS))]
    for other in _NOUNS:
        text = text.replace(f" {other}", f" {noun}")
    return str(rng.choice(_OPENINGS)) + text


_NOUNS = ("picture", "image", "drawing", "scene")
_OPENINGS = ("", "", "Look closely. ", "Please answer: ")


def _pick(rng: np.random.Generator, options: Sequence[str]) -> str:
    return options[int(rng.integers(len(options)))]


def _noun(rng: np.random.Generator) -> str:
    return _pick(rng, _NOUNS)


def _colour(scene: Scene, rng: np.random.Generator) -> tuple[str, str, str]:
    thing, noun = scene.singles[rng.integers(len(scene.singles))], _noun(rng)
    question = _pick(rng, (f"What colour is the {thing.shape} in the {noun}?",
                           f"Which colour does the {thing.shape} in this {noun} have?"))  # fmt: skip
    return question, f"The {thing.shape} that can be seen in the {noun} is {thing.colour}.", thing.colour


def _shape(scene: Scene, rng: np.random.Generator) -> tuple[str, str, str]:
    thing, noun = scene.things[rng.integers(len(scene.things))], _noun(rng)
    question = _pick(rng, (f"What stands at the {thing.place} of the {noun}?",
                           f"Which shape is at the {thing.place} of this {noun}?"))  # fmt: skip
    return question, f"At the {thing.place} of the {noun} there is a {thing.shape}.", thing.shape


def _count(scene: Scene, rng: np.random.Generator) -> tuple[str, str, str]:
    noun, number = _noun(rng), NUMBERS[len(scene.things)]
    question = _pick(rng, (f"How many things are there in the {noun}?",
                           f"How many shapes does this {noun} show in all?"))  # fmt: skip
    return question, f"There are {number} things that can be seen in the {noun}.", number


def _presence(scene: Scene, rng: np.random.Generator) -> tuple[str, str, str]:
    shown, is_shown = {thing.shape for thing in scene.things}, rng.random() < 0.5
    wanted = [shape for shape in SHAPES if (shape in shown) == is_shown]
    shape, noun = _pick(rng, wanted), _noun(rng)
    question = _pick(rng, (f"Is there a {shape} in the {noun}?", f"Does this {noun} show a {shape}?"))
    if shape in shown:
        return question, f"Yes, there is a {shape} that can be seen in the {noun}.", "yes"
    return question, f"No, there is not a {shape} that can be seen in the {noun}.", "no"


def _place(scene: Scene, rng: np.random.Generator) -> tuple[str, str, str]:
    thing, noun = scene.singles[rng.integers(len(scene.singles))], _noun(rng)
    question = _pick(rng, (f"Where in the {noun} is the {thing.shape}?",
                           f"In which part of this {noun} does the {thing.shape} stand?"))  # fmt: skip
    return question, f"The {thing.shape} stands at the {thing.place} of the {noun}.", thing.place


_ASK: Mapping[str, Ask] = {
    "colour": _colour,
    "shape": _shape,
    "count": _count,
    "presence": _presence,
    "place": _place,
}
TASKS: Mapping[str, tuple[str, ...]] = {
    "colour": INKS,
    "shape": SHAPES,
    "count": NUMBERS,
    "presence": ("yes", "no"),
    "place": PLACES,
}
