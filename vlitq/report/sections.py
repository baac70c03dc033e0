"""The sections of the report in their order, each made by a module of its own; one that fails says so in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from vlitq.errors import VlitqError
from vlitq.report import (
    axes,
    balance,
    columns,
    examples,
    faults,
    groups,
    labels,
    overview,
    relations,
    selections,
    statuses,
)
from vlitq.report import map as map_of_samples
from vlitq.report.blocks import Section, Text
from vlitq.report.material import Material

Make = Callable[[Material], Section | None]

# What a curator asks first stands first: what this is, who is worst, what is wrong, what was kept, and of what.
SECTIONS: Mapping[str, Make] = {
    "overview": overview.section,
    "axes": axes.section,
    "faults": faults.section,
    "statuses": statuses.section,
    "selections": selections.section,
    "balance": balance.section,
    "examples": examples.section,
    "groups": groups.section,
    "map": map_of_samples.section,
    "columns": columns.section,
    "relations": relations.section,
    "labels": labels.section,
}


@dataclass(frozen=True)
class Attempt:
    """A section, or what it failed of; neither where the run has nothing to show in it."""

    name: str
    section: Section | None
    failure: str = ""


def attempts(material: Material, makers: Mapping[str, Make] = SECTIONS) -> Iterator[Attempt]:
    """Every section in turn. One that raises becomes a section that says what went wrong."""
    for name, make in makers.items():
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
