"""The sections of the report in their order, each made by a module of its own; one that fails says so in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from vlitq.errors import VlitqError
from vlitq.report.blocks import Section, Text
from vlitq.report.material import Material

Make = Callable[[Material], Section | None]

# What a curator asks first stands first: what this is, who is worst, what is broken, what was kept, and of what.
_NAMES = (
    "overview",
    "axes",
    "statuses",
    "selections",
    "balance",
    "examples",
    "groups",
    "map",
    "columns",
    "relations",
    "labels",
)


@dataclass(frozen=True)
class Attempt:
    """A section, or what it failed of; neither where the run has nothing to show in it."""

    name: str
    section: Section | None
    failure: str = ""


def attempts(material: Material, makers: dict[str, Make] | None = None) -> Iterator[Attempt]:
    """Every section in turn. One that raises becomes a section that says what went wrong."""
    for name, make in (makers if makers is not None else _makers()).items():
        try:
            yield Attempt(name, make(material))
        except Exception as error:  # a section that fails must not take the others with it
            yield failed(name, told(error))


def failed(name: str, failure: str) -> Attempt:
    """A section in the place of one that could not be made."""
    text = Text((failure,))
    return Attempt(name, Section(name, name.capitalize(), "This part could not be made.", [text]), failure)


def told(error: Exception) -> str:
    """An error in one line: its own words where they are written for the user, else with its type."""
    return str(error) if isinstance(error, VlitqError) else f"{type(error).__name__}: {error}"


def _makers() -> dict[str, Make]:
    found = (name for name in _NAMES if find_spec(f"vlitq.report.{name}"))
    return {name: import_module(f"vlitq.report.{name}").section for name in found}
