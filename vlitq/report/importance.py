"""Which columns matter most: those that decide what is kept, then those that say which end is better."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vlitq.calibration import PERCENTILE
from vlitq.report.material import Material
from vlitq.selection.gates import parse_gate
from vlitq.selection.grammar import parse_by

# Where columns are otherwise equal: what is wrong with a sample before what it is like.
_AXES = ("correctness", "visual dependence", "redundancy", "complexity", "diversity", "validity", "balance")


def deciding(material: Material) -> list[str]:
    """The numeric columns that the selections rank or gate by, then those that the run's recipe would, each once."""
    selections = [column for one in material.selections for column in one.columns]
    recipe = _of_recipe((material.run.manifest.get("recipe") or {}).get("select", {}))
    return [name for name in dict.fromkeys([*selections, *recipe]) if name in material.numeric]


def by_importance(material: Material) -> list[str]:
    """The numeric columns that decide, then all others with a better end, a column of each axis in turn."""
    first = deciding(material)
    directed = [
        name
        for name, column in material.numeric.items()
        if column.direction != "neutral" and not name.endswith(PERCENTILE)
    ]
    axes = {axis: [name for name in directed if material.numeric[name].axis == axis] for axis in _AXES}
    places = {name: (at, _AXES.index(axis)) for axis, names in axes.items() for at, name in enumerate(names)}
    return list(dict.fromkeys([*first, *sorted(directed, key=lambda name: places[name])]))


def _of_recipe(select: Mapping[str, Any]) -> Iterable[str]:
    by = select.get("by")
    ranked = [column.name for column in parse_by(by).columns()] if by else []
    return [*ranked, *(parse_gate(gate).column for gate in select.get("gates", []))]
