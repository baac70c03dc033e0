"""How the report lists names in its sentences and labels its charts with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vlitq.report.material import shortened

NAME_SHOWN = 48  # characters of a source's name or of another label
EMPTY = "(empty)"


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
    """A name on one line, cut where it is long; "(empty)" where it has nothing to read."""
    line = " ".join(name.split()) or EMPTY
    return shortened(line, NAME_SHOWN) if len(line) > NAME_SHOWN else line


def in_words(value: Any) -> str:
    """What an option was set to: the items of a list with an `and` between, a table as names with their values."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {in_words(part)}" for name, part in value.items())
    return " and ".join(map(in_words, value)) if isinstance(value, list) else str(value)
