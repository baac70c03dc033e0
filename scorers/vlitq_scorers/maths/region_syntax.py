"""Finds boxes and points in text, in the notations that vision-language data writes them in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

Scale = Literal["normalised", "permille", "percent", "tokens", "whole", "mixed"]

LABEL = 60  # characters before a region that may name what it is of
NEAR_ONE = 2.0  # decimals up to here are shares of the image, perhaps of more than all of it; above they are pixels
GRID = 32  # patches a side in Kosmos-2, whose index counts them row by row
BINS = {"<loc_": 999, "<loc": 1023}  # the last bin of Florence-2, which writes x first, and of PaliGemma: y first

_NUMBERS = r"[\s\d.,;+-]"
_REGION = re.compile(
    r"<box>(?!<patch)(?P<box>[^<]{0,400})(?P<box_end></box>)?"
    r"|<\|box_start\|>(?P<start>[^<]{0,400})(?P<start_end><\|box_end\|>)?"
    r"|(?P<patch>(?:<patch_index_\d{4}>){1,9})"
    r"|(?P<loc>(?:<loc_?\d{1,4}>){1,9})"
    r"|\{(?P<percent>(?:<\d{1,3}>){1,9})\}"
    r"|<points?\s(?P<point>[^<>]{0,200})>"
    rf"|\[(?P<square>{_NUMBERS}{{3,200}})\]"
    rf"|\((?P<round>{_NUMBERS}{{7,100}})\)"
    rf"|\[(?P<cut>0?\.\d\d{_NUMBERS}{{0,200}})\Z",
    re.ASCII,
)
_SOME = re.compile(r"[\[({][\s+-]*[\d<]|<box>|<\|box_|<point|<loc|<patch_", re.ASCII)
_INTEGER = re.compile(r"\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?\Z", re.ASCII)
_SHARE = re.compile(r"\s*(?:0?\.\d{2,}|1\.0+)\s*\Z", re.ASCII)
_PADDED = re.compile(r"0\d{2}\Z", re.ASCII)  # 035: CogVLM writes three digits, of 1000
_ATTRIBUTE = re.compile(r"\b([xy])\d*\s*=\s*\"\s*(-?\d+(?:\.\d+)?)\s*\"", re.ASCII)
_OF_POINT = re.compile(r"(?:point|coord|click|position|location)\w*\Z")
_CUE = re.compile(
    r"\b(?:b?box|bounding|coordinate|region|locat|position|where|detect|grounding|segment)|框|坐标|位置",
    re.IGNORECASE,
)


class Region(NamedTuple):
    """Four numbers of a box (left, top, right, bottom) or two of a point, as written; none where it is malformed.

    `whole` numbers are per mille, per cent or pixels; which, the rest of the sample tells. `certain` says that nothing
    but a region is written this way; others count where the sample speaks of places. `label` is the text before it.
    """

    numbers: tuple[float, ...]
    scale: Scale
    certain: bool
    label: str


def regions(text: str) -> list[Region]:
    """Boxes and points in the order in which they are written. Linear in the text."""
    if not _SOME.search(text):
        return []
    found: list[Region] = []
    end = 0
    for match in _REGION.finditer(text):
        label = _label(text[max(end, match.start() - LABEL) : match.start()])
        found += _read(match, label)
        end = match.end()
    return found


def speaks_of_places(text: str) -> bool:
    """True where a word says that numbers may be places: box, coordinates, where and the like."""
    return _CUE.search(text) is not None


def _label(before: str) -> str:
    """What a region is said of: the last words before it in its clause."""
    clause = re.split(
        r"[.;\n]|</?(?:ref|p|phrase|object)[^<>]{0,20}>", before.rstrip(" :,=([{\"'").removesuffix("</ref>")
    )
    return " ".join(re.findall(r"\w+", clause[-1].lower())[-3:])


def _read(match: re.Match[str], label: str) -> list[Region]:
    kind = match.lastgroup or ""
    if kind in ("square", "round"):
        return [_plain(part, label, kind == "square") for part in match[kind].split(";") if _may_be(part, kind, label)]
    return _READERS[kind](match[kind.removesuffix("_end")], label)


def _left_open(_: str, label: str) -> list[Region]:
    """A tag that is never closed, or a bracket that the text ends in."""
    return [Region((), "normalised", True, label)]


def _patches(content: str, label: str) -> list[Region]:
    """Boxes of Kosmos-2: the centres of their first and last patch, as shares of the image."""
    places = [divmod(int(index), GRID) for index in _INTEGER.findall(content)]
    return _of_four([(place + 0.5) / GRID for row, column in places for place in (column, row)], "tokens", label)


def _bins(content: str, label: str) -> list[Region]:
    """Boxes of Florence-2 (x before y) and PaliGemma (y before x), as shares of the image."""
    style = "<loc_" if content.startswith("<loc_") else "<loc"
    numbers = [int(number) / BINS[style] for number in _INTEGER.findall(content)]
    if style == "<loc":
        numbers = [number for pair in zip(numbers[1::2], numbers[::2], strict=False) for number in pair]
    return _of_four(numbers, "tokens", label)


def _percent(content: str, label: str) -> list[Region]:
    return _of_four([float(number) for number in _INTEGER.findall(content)], "percent", label)


def _of_four(numbers: list[float], scale: Scale, label: str) -> list[Region]:
    """The boxes of numbers that come in fours; one malformed region where they do not."""
    if len(numbers) % 4 or not numbers:
        return [Region((), scale, True, label)]
    return [Region(tuple(numbers[at : at + 4]), scale, True, label) for at in range(0, len(numbers), 4)]


def _tagged(content: str, label: str) -> list[Region]:
    """What stands between box tags: per mille, as Qwen-VL and InternVL have it, unless it has decimals up to 1."""
    written = re.split(r"[\s,;()\[\]]+", content.strip(" \n\t,;()[]"))
    if not all(map(_NUMBER.match, written)) or len(written) not in (2, *range(4, 401, 4)):
        return [Region((), "permille", True, label)]
    numbers = [float(number) for number in written]
    share = "." in content and max(map(abs, numbers)) <= NEAR_ONE
    scale: Scale = "normalised" if share else "permille"
    return [Region(tuple(numbers[at : at + 4]), scale, True, label) for at in range(0, len(numbers), 4)]


def _points(content: str, label: str) -> list[Region]:
    """The points of a tag as Molmo writes it, in per cent: x="61.5" y="40.2", or x1, y1, x2, y2, …"""
    numbers = [(name, float(value)) for name, value in _ATTRIBUTE.findall(content)]
    names = [name for name, _ in numbers]
    if not numbers or names != ["x", "y"] * (len(names) // 2):
        return [Region((), "percent", True, label)]
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return [Region((x, y), "percent", True, label) for (_, x), (_, y) in pairs]


_READERS: dict[str, Callable[[str, str], list[Region]]] = {
    "box": _left_open,
    "start": _left_open,
    "cut": _left_open,
    "box_end": _tagged,
    "start_end": _tagged,
    "patch": _patches,
    "loc": _bins,
    "percent": _percent,
    "point": _points,
}


def _may_be(part: str, kind: str, label: str) -> bool:
    """Whether numbers in brackets may be meant for a region.

    Four; in square brackets two decimals, or two of a point ("point_2d"), or a wrong number of decimals up to 1.
    """
    count = part.count(",") + 1
    if count == 4 or kind == "round":
        return count == 4
    if count == 2:
        return "." in part or _OF_POINT.search(label) is not None
    return count in (3, 5) and all(map(_SHARE.match, part.split(",")))


def _plain(part: str, label: str, square: bool) -> Region:
    """A region from numbers in brackets without a tag."""
    written = [number.strip() for number in part.split(",")]
    if len(written) not in (2, 4) or not all(map(_NUMBER.match, written)):
        return Region((), "normalised" if "." in part else "whole", False, label)
    numbers = tuple(map(float, written))
    decimals = [len(number.partition(".")[2]) for number in written]
    scale = "permille" if any(map(_PADDED.match, written)) else _scale(numbers, decimals)
    certain = square and scale == "normalised" and max(decimals) >= (2 if len(numbers) == 4 else 3)
    return Region(numbers, scale, certain, label)


def _scale(numbers: tuple[float, ...], decimals: list[int]) -> Scale:
    if not any(decimals):
        return "whole"
    if max(map(abs, numbers)) <= NEAR_ONE:
        return "normalised"
    return "mixed" if any(d and 0 < abs(n) < 1 for n, d in zip(numbers, decimals, strict=True)) else "whole"
