"""Where a column decides: at a gate, at the last sample a selection takes, or else in the middle."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import numpy as np

from vlitq.report.gated import Asked, asked_gates
from vlitq.report.material import Material
from vlitq.selection.fields import Field
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
    for asked in asked_gates(material):
        if asked.gate.column == field.name and asked.gate.comparison in _ORDERED:
            return _at_gate(asked, field)
    for one in material.selections:
        if one.ranked == (field.name,) and len(one.rows):
            kept = field.values[one.rows]
            last = np.nanmin(kept) if field.column.direction == "higher" else np.nanmax(kept)
            if np.isfinite(last):
                return Border(float(last), f"the last that {one.name} takes")
    return Border(float(np.nanmedian(field.values)), "the median")


def _at_gate(one: Asked, field: Field) -> Border:
    bound, said = float(one.gate.values[0]), f"the gate {one.text} of {one.owner}"
    if one.gate.ranked is None:
        return Border(bound, said)
    share = bound if high_is_better(one.gate.ranked, field) else 1 - bound
    return Border(float(np.nanquantile(field.values, share)), f"{said}, taken over all samples")
