"""Every column's distribution: all samples behind, what selections keep in front, and the gates across."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np

from vlitq.charts.chart import Cell
from vlitq.counted import counted
from vlitq.report.blocks import Figure, Group, Section, Table, Text
from vlitq.report.distribution import BETTER, Distribution
from vlitq.report.gated import Asked, asked_gates, passing
from vlitq.report.material import Material
from vlitq.schema import Array
from vlitq.selection.grammar import ExpressionError, parse_by

SELECTIONS_SHOWN = 3  # more lines over a histogram cannot be told apart
OPEN = 24  # charts; where there are more, only the scorers that decided something are unfolded
OF_THE_ROW = "the samples themselves"
ROW_COLUMNS = ("tokens", "turns", "images", "source")


def section(material: Material) -> Section | None:
    """A figure a column, grouped by scorer, after a table of all; None where the run has no rows."""
    if not len(material.fields):
        return None
    every = Drawn(material)
    groups = [_group(scorer, every) for scorer in every.by_scorer]
    return Section("columns", "Every column", _lead(every), [Group("At a glance", [_table(every)], True), *groups])


@dataclass(frozen=True, eq=False)
class Drawn:
    """The distributions of all columns of a run, by scorer."""

    material: Material

    @cached_property
    def kept(self) -> dict[str, Array]:
        """What the first selections keep, bool of shape (rows,)."""
        masks = {}
        for one in self.material.selections[:SELECTIONS_SHOWN]:
            masks[f"kept by {one.name}"] = mask = np.zeros(len(self.material.fields), dtype=bool)
            mask[one.rows] = True
        return masks

    @cached_property
    def gates(self) -> dict[str, list[Asked]]:
        """The gates of the selections and of the recipe, by column, each once."""
        found: dict[str, list[Asked]] = {}
        for one in asked_gates(self.material):
            found.setdefault(one.gate.column, []).append(one)
        return found

    @cached_property
    def deciding(self) -> set[str]:
        """The columns that selections and the recipe rank by or have gates on."""
        ranked = {name for asked in self._asked if asked.get("by") for name in _columns_of(str(asked["by"]))}
        return ranked | self.gates.keys()

    @cached_property
    def by_scorer(self) -> dict[str, list[Distribution]]:
        """The distributions under the name of their scorer, what rows have of themselves first."""
        names = [*ROW_COLUMNS, *self.material.columns]
        return {scorer: [self.one(name) for name in group] for scorer, group in groupby(names, _scorer)}

    @property
    def all(self) -> list[Distribution]:
        """Every distribution, in the order shown."""
        return [one for group in self.by_scorer.values() for one in group]

    @property
    def _asked(self) -> list[Mapping[str, Any]]:
        """What selections and the recipe ask for."""
        recipe = self.material.run.manifest.get("recipe") or {}
        asked = [one.manifest.get("selection") for one in self.material.selections]
        return [one for one in [*asked, recipe.get("select")] if one]

    def one(self, name: str) -> Distribution:
        """The distribution of a column. Raises `UnknownColumn`."""
        gates = [passing(one, self.material.fields) for one in self.gates.get(name, ())]
        return Distribution(self.material.values(name), self.kept, gates)


def _group(scorer: str, every: Drawn) -> Group:
    """The figures of a scorer, and a sentence on each column that needs no picture."""
    found = every.by_scorer[scorer]
    charts = [chart for one in found if not one.constant and (chart := one.chart()) is not None]
    plain = tuple(f"{one.field.name} {one.in_words()}" for one in found if one.constant or not one.drawn.any())
    decides = scorer == OF_THE_ROW or any(one.field.name in every.deciding for one in found)
    folded = not decides and len(every.all) > OPEN
    text = [Text(plain)] if plain else []
    return Group(f"{scorer}: {counted(len(found), 'column')}", [*map(Figure, charts), *text], folded)


def _table(every: Drawn) -> Table:
    rows: list[list[Cell]] = []
    for one in every.all:
        null = int(one.field.null.sum())
        name, scored = one.field.name, len(one.field.null) - null
        rows.append([name, scored, null, *_middle(one), BETTER[one.field.column.direction].split()[0]])
    head = ["column", "scored", "null", "min", "median", "max", "better"]
    return Table("All columns", head, rows)


def _middle(one: Distribution) -> Sequence[Cell]:
    if one.categorical or not len(one.numbers):
        return [None, None, None]
    return [float(f"{value:.6g}") for value in np.quantile(one.numbers, (0, 0.5, 1))]


def _lead(every: Drawn) -> str:
    return " ".join(_sentences(every))


def _sentences(every: Drawn) -> Iterator[str]:
    total, chosen = len(every.all), every.material.selections
    yield f"How the values of {counted(total, 'column')} lie over {counted(len(every.material.fields), 'row')}."
    if len(chosen) > SELECTIONS_SHOWN:
        yield f"What the first {SELECTIONS_SHOWN} of {len(chosen)} selections keep is drawn in front."
    elif chosen:
        yield f"What {'the selection keeps' if len(chosen) == 1 else 'the selections keep'} is drawn in front."
    if every.gates:
        yield (
            "A broken line is a gate of a selection or of the run's recipe, with the share that passes it by itself; "
            "one on ranks within strata has another place in each, and no line."
        )
    absent = [gate.text for name, gates in every.gates.items() if not _known(every, name) for gate in gates]
    if absent:
        yield f"Gates on columns that are not shown here: {', '.join(absent)}."
    if total > OPEN:
        yield "Scorers whose columns decided nothing are folded; a column with one value is told in words."


def _known(every: Drawn, name: str) -> bool:
    return name in ROW_COLUMNS or name in every.material.columns


def _scorer(name: str) -> str:
    scorer, dot, _ = name.rpartition(".")
    return scorer if dot else OF_THE_ROW


def _columns_of(by: str) -> list[str]:
    try:
        return [column.name for column in parse_by(by).columns()]
    except ExpressionError:
        return []
