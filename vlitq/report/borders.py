"""Where a column decides: at a gate, at the last sample a selection takes, or else in the middle."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vlitq.report.material import Material
from vlitq.selection.fields import Field
from vlitq.selection.gates import Gate, parse_gate
from vlitq.selection.score import high_is_better

_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


@dataclass(frozen=True)
class Border:
    """A value of a column, and what is decided there, as goes on from 'nearest'."""

    at: float
    said: str


def border(material: Material, field: Field) -> Border:
    """The first gate of a selection that compares the column with a number, else one of the run's recipe, else the
    last sample that a selection takes which ranks by nothing else, else the median."""
    for owner, gate in _gates(material):
        if gate.column == field.name and gate.comparison in _ORDERED:
            return _at_gate(gate, owner, field)
    for one in material.selections:
        if one.ranked == (field.name,) and len(one.rows):
            kept = field.values[one.rows]
            last = np.nanmin(kept) if field.column.direction == "higher" else np.nanmax(kept)
            if np.isfinite(last):
                return Border(float(last), f"the last that {one.name} takes")
    return Border(float(np.nanmedian(field.values)), "the median")


def _gates(material: Material) -> Iterable[tuple[str, Gate]]:
    for one in material.selections:
        yield from ((one.name, parse_gate(gate)) for gate in one.manifest["selection"]["gates"])
    recipe = material.run.manifest.get("recipe") or {}
    for gate in recipe.get("select", {}).get("gates", []):
        yield f"the recipe {recipe.get('name', '')}", parse_gate(gate)


def _at_gate(gate: Gate, owner: str, field: Field) -> Border:
    bound = float(gate.values[0])
    if gate.ranked is None:
        return Border(bound, f"the gate {gate.text} of {owner}")
    share = bound if high_is_better(gate.ranked, field) else 1 - bound
    at = float(np.nanquantile(field.values, share))
    return Border(at, f"the gate {gate.text} of {owner}, taken over all samples; it ranks within strata")
