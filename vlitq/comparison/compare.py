"""Puts a comparison together: the selections, their controls and the whole run, and every figure of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.comparison.chosen import Chosen, check
from vlitq.comparison.controls import Spent, controls, spent
from vlitq.comparison.costs import costs_of
from vlitq.comparison.length import correlations
from vlitq.comparison.measured import measured
from vlitq.comparison.result import Comparison
from vlitq.comparison.rows import Rows
from vlitq.comparison.sets import RowSet, means, overlaps, sizes, strata
from vlitq.host import Offer
from vlitq.selection.strata import names_in
from vlitq.selector import SelectableRun
from vlitq.store import RunError

WHOLE = "whole run"


@dataclass(frozen=True)
class Asked:
    """How selections are to be compared. seeds: draws of each control. measures: the offers to ask."""

    stratify: str
    seeds: int
    measures: tuple[Offer, ...]

    def __post_init__(self) -> None:
        if self.seeds < 1:
            raise RunError(f"seeds {self.seeds}: a control needs one at least; three show how far they scatter")


def compare(run: SelectableRun, selections: Sequence[Chosen], asked: Asked) -> Comparison:
    """All figures. Raises `RunError` for no selections, one of another run, or a run that has changed."""
    if not selections:
        raise RunError(f"nothing to compare: write a subset of {run.path} with `vlitq select` first")
    for selection in selections:
        check(run, selection)
    every = Rows(run)
    for name in names_in(asked.stratify):
        every.field(name)  # an unknown column is told of before anything is drawn
    sets, beside = _sets(every, selections, asked)
    found = measured(every, sets, asked.measures)
    figures = [
        *sizes(every, sets),
        *overlaps(sets),
        *strata(every, sets, asked.stratify),
        *means(every, sets, _ranked(selections)),
        *found.figures,
        *correlations(every, sets),
        *costs_of(run, sets),
    ]
    kinds = {one.name: one.kind for one in sets}
    known = tuple(figure for figure in figures if figure.values)
    return Comparison(str(run.path), kinds, known, (*_how_to_read(asked), *found.notes), beside)


def _sets(
    every: Rows, selections: Sequence[Chosen], asked: Asked
) -> tuple[list[RowSet], Mapping[str, tuple[str, ...]]]:
    """All sets, and which controls stand beside each selection."""
    sets = [RowSet(one.name, "selection", (one.rows,), one) for one in selections]
    budget_of = {one.name: spent(every, one.rows, one.unit) for one in selections}
    budgets = list(dict.fromkeys(budget_of.values()))
    names: dict[Spent, tuple[str, ...]] = {}
    for budget in budgets:
        drawn = controls(every, budget, asked.stratify, range(asked.seeds))
        names[budget] = tuple(_control(name, budget, budgets) for name in drawn)
        sets += [RowSet(name, "control", draws) for name, draws in zip(names[budget], drawn.values(), strict=True)]
    beside = {name: names[budget] for name, budget in budget_of.items()}
    return [*sets, RowSet(WHOLE, "whole", (np.arange(len(every)),))], beside


def _control(name: str, budget: Spent, budgets: Sequence[Spent]) -> str:
    return name if len(budgets) == 1 else f"{name}, {budget}"


def _ranked(selections: Sequence[Chosen]) -> list[str]:
    """The columns that some selection ranked by, each once."""
    return list(dict.fromkeys(column for selection in selections for column in selection.ranked))


def _how_to_read(asked: Asked) -> tuple[str, ...]:
    draws = f"the lowest to the highest of {asked.seeds} draws" if asked.seeds > 1 else "one draw"
    return (
        f"random and stratified: {draws} of all rows that pass the validity gate, for what the selection spent; "
        f"stratified by {asked.stratify}, in proportion to its size",
        "a selection that is not outside of random's range has not shown that it does anything; by chance alone one "
        f"is above it in one figure of {asked.seeds + 1}, and below it in as many",
        "many measures change with the number of rows: hold a selection against its controls, not the whole run",
    )
