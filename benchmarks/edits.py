"""The edits that spoil a clean answer, each a pure function: the text with one fault, or None where it has no place."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from vlitq.sentences import sentences

COLOURS = ("red", "blue", "green", "orange", "purple", "black", "white", "yellow", "brown", "pink", "gray", "grey")
NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
OBJECTS = (
    "man", "woman", "dog", "cat", "car", "bus", "tree", "table", "boat", "bird", "horse", "building", "bicycle",
    "circle", "square", "triangle", "star",
)  # fmt: skip
RELATIONS: Mapping[str, str] = {
    "to the left of": "to the right of",
    "at the far left": "at the far right",
    "left of": "right of",
    "above": "below",
    "in front of": "behind",
    "inside": "outside",
    "on top of": "underneath",
    "next to": "far from",
    "in the top row": "in the bottom row",
}
_OPPOSITES = {**RELATIONS, **{value: key for key, value in RELATIONS.items()}}
_NEGATABLE = re.compile(r"\b(is|are|was|were|has|have|can|shows|depicts|appears|stands)\b")
_NEGATIONS = {
    "has": "does not have",
    "have": "do not have",
    "shows": "does not show",
    "depicts": "does not depict",
    "appears": "does not appear",
    "stands": "does not stand",
}
LEAKS = (
    "According to the caption, ",
    "Based on the image description you gave me, ",
    "As an AI language model, I would say that ",
    "The provided text mentions that ",
    "Although I cannot see the image itself, ",
    "From the given bounding box coordinates, ",
)


def other_word(text: str, words: Sequence[str], rng: np.random.Generator) -> str | None:
    """One of the words that the text has, replaced by another one."""
    found = list(re.finditer(rf"\b({'|'.join(words)})\b", text))
    if not found:
        return None
    match = found[rng.integers(len(found))]
    others = [word for word in words if word != match[0] and not {word, match[0]} <= {"gray", "grey"}]
    return text[: match.start()] + others[rng.integers(len(others))] + text[match.end() :]


def other_number(text: str, rng: np.random.Generator) -> str | None:
    """A number word or numeral changed by one to three."""
    numerals = list(re.finditer(r"(?<![\w.,'])\d{1,3}(?![\w.,'])", text))
    if not numerals:
        return other_word(text, NUMBERS, rng)
    match = numerals[rng.integers(len(numerals))]
    changed = int(match[0]) + int(rng.choice([1, 2, 3]))
    return text[: match.start()] + str(changed) + text[match.end() :]


def other_relation(text: str, rng: np.random.Generator) -> str | None:
    """A relation of place turned into its opposite."""
    longest_first = sorted(_OPPOSITES, key=len, reverse=True)
    found = list(re.finditer(rf"\b({'|'.join(longest_first)})\b", text))
    if not found:
        return None
    match = found[rng.integers(len(found))]
    return text[: match.start()] + _OPPOSITES[match[0]] + text[match.end() :]


def negated(text: str, _: np.random.Generator) -> str | None:
    """The first claim of the text denied."""
    match = _NEGATABLE.search(text)
    if match is None:
        return None
    return text[: match.start()] + _NEGATIONS.get(match[0], f"{match[0]} not") + text[match.end() :]


def truncated(text: str, rng: np.random.Generator) -> str | None:
    """The text cut after 30 to 80 % of its characters, wherever that falls, and never at the end of a sentence."""
    if len(text.split()) < 8:
        return None
    cut = text[: int(len(text) * rng.uniform(0.3, 0.8))].rstrip()
    return cut if cut[-1:] not in ".!?" else cut[:-1]


def repeated(text: str, rng: np.random.Generator) -> str | None:
    """The whole text twice, or its last sentence two to four times more."""
    if len(text.split()) < 5:
        return None
    again = text if rng.random() < 0.5 else " ".join([sentences(text)[-1]] * int(rng.integers(2, 5)))
    return f"{text} {again}"


def leaked(text: str, rng: np.random.Generator) -> str | None:
    """A phrase in front that gives away how the answer was made."""
    return LEAKS[rng.integers(len(LEAKS))] + text[:1].lower() + text[1:]


def shuffled_box(text: str, rng: np.random.Generator) -> str | None:
    """The four numbers of a box in another order."""
    match = re.search(r"\[([^\]]+)\]", text)
    if match is None:
        return None
    numbers = match[1].split(", ")
    order = rng.permutation(4)
    while [numbers[place] for place in order] == numbers:
        order = rng.permutation(4)
    return text[: match.start(1)] + ", ".join(numbers[place] for place in order) + text[match.end(1) :]


Edit = Callable[[str, np.random.Generator], str | None]
EDITS: Mapping[str, Edit] = {
    "object swapped": lambda text, rng: other_word(text, OBJECTS, rng),
    "colour swapped": lambda text, rng: other_word(text, COLOURS, rng),
    "number swapped": other_number,
    "relation swapped": other_relation,
    "negated claim": negated,
    "truncated answer": truncated,
    "repeated answer": repeated,
    "leaked phrase": leaked,
    "shuffled box": shuffled_box,
}
