"""How the report lists names in its sentences and labels its charts with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vlitq.report.material import shortened
from vlitq.schema import Column

DESCRIBED = 90  # characters of what a column says
NAME_SHOWN = 48  # characters of a source's name or of another label
EMPTY = "(empty)"
ISOLATE, POP = "\u2068", "\u2069"  # FSI and PDI of the Unicode bidirectional algorithm
_LEFTWARDS = re.compile("[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]")


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names with commas and an `and`; of more than `most` the first, and how many others; `none` of none."""
    every = list(names)
    shown = every if len(every) <= most else [*every[: most - 1], f"{len(every) - most + 1:,} others"]
    if len(shown) < 2:
        return shown[0] if shown else "none"
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def labelled(names: Sequence[str]) -> list[str]:
    """The names on one line and short enough for a chart, each different from the others."""
    short, seen = [], set[str]()
    for name in map(on_one_line, names):
        told, again = name, 2
        while told in seen:
            told, again = f"{name} ({again})", again + 1
        seen.add(told)
        short.append(told)
    return short


def on_one_line(name: str) -> str:
    """A name on one line, cut where it is long; "(empty)" where it has nothing to read.

    One that may be written from right to left is set apart, so that what stands beside it keeps its direction.
    """
    line = " ".join(name.split()) or EMPTY
    line = shortened(line, NAME_SHOWN) if len(line) > NAME_SHOWN else line
    return f"{ISOLATE}{line}{POP}" if _LEFTWARDS.search(line) else line


def clause(column: Column, most: int = DESCRIBED) -> str:
    """What a column says, up to the first pause; where that is long, up to a word within `most` characters."""
    said = re.split(r"[;:.](?:\s|$)", column.description, maxsplit=1)[0]
    if len(said) <= most:
        return said
    end = said.rfind(" ", 0, most)
    return f"{said[: end if end > 0 else most - 1].rstrip(',')}…"


def in_words(value: Any) -> str:
    """What an option was set to: the items of a list with an `and` between, a table as names with their values."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {in_words(part)}" for name, part in value.items())
    return " and ".join(map(in_words, value)) if isinstance(value, list) else str(value)
