"""Finds the syntax of annotations in a text: boxes and points in numbers, grounding tokens, numbered objects."""

from __future__ import annotations

import re

_N = r"\d{1,4}(?:\.\d{1,8})?"
_TOKEN = re.compile(
    r"</?(?:box|bbox|ref|quad|seg|obj|object|region|point|grounding|phrase|loc|bin|patch_index)(?:_?\d{1,5})?>"
)
_FIELD = re.compile(
    r"\b(?:bbox|category_id|image_id)\"?\s?[:=]|(?:^|\n)[ \t-]{0,4}(?:object|region|box) ?\d{1,3}\s?[:=]", re.IGNORECASE
)
_NUMBERS = re.compile(
    rf"[\[({{]\s?{_N}(?:\s?,\s?{_N}){{3}}\s?[\])}}]"
    rf"|\(\s?{_N}\s?,\s?{_N}\s?\)\s?,?\s?(?:to\s)?\(\s?{_N}\s?,\s?{_N}\s?\)"
    rf"|coordinates?\s(?:(?:of|are|is|at)\s)?[\[(]?{_N}\s?,\s?{_N}"
)
_NUMBER = re.compile(_N)
_FIELD_SIGNS = ("bject ", "egion ", "ox ", "bbox", "_id")
_ASKED = (
    *("box", "coordinate", "locate", "localize", "detect", "region", "point", "ground", "segment", "[0."),
    *("python", "code", "program", "json", "matrix", "vector", "vertex", "vertices"),
)
PIXELS = 20  # a box in pixels has a side of at least so many; smaller numbers are a list of numbers


def annotation_syntax(text: str, asked: str) -> int:
    """How often a text has annotation syntax; 0 where the question, in lower case, asks for it or for code."""
    found = len(_TOKEN.findall(text)) if "<" in text else 0
    if (":" in text or "=" in text) and any(sign in text for sign in _FIELD_SIGNS):
        found += len(_FIELD.findall(text))
    if "," in text and ("(" in text or "[" in text or "{" in text or "coordinate" in text):
        found += sum(map(_is_place, _NUMBERS.findall(text)))
    return 0 if found and any(word in asked for word in _ASKED) else found


def _is_place(written: str) -> bool:
    """Whether numbers in brackets are a place in an image: all in [0, 1] with a decimal point, or pixels."""
    numbers = _NUMBER.findall(written)
    values = list(map(float, numbers))
    return max(values) >= PIXELS or (max(values) <= 1 and all("." in number for number in numbers))
