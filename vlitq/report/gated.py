"""The gates of a run's selections and of its recipe, and what share of the samples passes each of them by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vlitq.charts.numbers import share
from vlitq.report.material import Material
from vlitq.schema import Array
from vlitq.selection.fields import Field, Fields
from vlitq.selection.gates import Gate, parse_gate
from vlitq.selection.grammar import ExpressionError
from vlitq.selection.score import high_is_better, ranks_among
from vlitq.selector import SelectionError

_LEAST = (ast.Gt, ast.GtE)


@dataclass(frozen=True)
class Asked:
    """A gate, who asks for it, and by the strata of which column it takes ranks; "" where of all samples together."""

    gate: Gate
    owner: str
    stratify: str = ""

    @property
    def text(self) -> str:
        """The gate as it was written, with the strata that its ranks are taken in."""
        within = f" within {self.stratify}" if self.gate.ranked and self.stratify else ""
        return f"{self.gate.text}{within}"


@dataclass(frozen=True)
class Passing:
    """A gate with what passes it: "83 % pass", or why it does not fit; and the values at which it is a line."""

    asked: Asked
    said: str
    at: tuple[float, ...] = ()


def asked_gates(material: Material) -> list[Asked]:
    """Those of the selections, then those of the recipe; one that cannot be read is left to `select` to tell of."""
    found: dict[str, Asked] = {}
    for owner, asked in _who_asks(material):
        for text in asked.get("gates") or ():
            try:
                one = Asked(parse_gate(text), owner, asked.get("stratify") or "")
            except ExpressionError:
                continue
            found.setdefault(one.text, one)
    return list(found.values())


def passing(asked: Asked, fields: Fields) -> Passing:
    """What of the samples that have a value passes a gate, the other gates left aside. Raises `UnknownColumn`."""
    field = fields[asked.gate.column]
    try:
        holds = _holds(asked, fields) & ~field.null
    except SelectionError as error:
        return Passing(asked, str(error))
    said = f"{share(int(holds.sum()), int((~field.null).sum()))} pass"
    return Passing(asked, said, _lines(asked, field, holds))


def _who_asks(material: Material) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in material.selections:
        yield one.name, one.manifest.get("selection") or {}
    recipe = material.run.manifest.get("recipe") or {}
    yield f"the recipe {recipe.get('name', '')}", recipe.get("select") or {}


def _holds(asked: Asked, fields: Fields) -> Array:
    """Bool of shape (rows,); a rank is that among all samples of the stratum that have a value."""
    gate, field = asked.gate, fields[asked.gate.column]
    if gate.ranked is None:
        return gate.holds(field)
    ranks = ranks_among(gate.ranked, fields, np.arange(len(fields)), asked.stratify)
    return gate.holds(replace(field, column=replace(field.column, dtype="float64"), values=ranks))


def _lines(asked: Asked, field: Field, holds: Array) -> tuple[float, ...]:
    """The numbers of a gate on values; of one on ranks the last value that passes, none where strata have their own."""
    gate = asked.gate
    if gate.ranked is None:
        return tuple(float(one) for one in gate.values if not isinstance(one, str))
    if asked.stratify or not holds.any():
        return ()
    lowest = high_is_better(gate.ranked, field) is issubclass(gate.comparison, _LEAST)
    return (float(field.values[holds].min() if lowest else field.values[holds].max()),)
