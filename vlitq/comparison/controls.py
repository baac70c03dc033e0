"""What a selection has to beat: random rows, and random rows of each stratum, for the same budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vlitq.comparison.rows import Rows
from vlitq.schema import Array, Status
from vlitq.selection.budget import Budget, Unit
from vlitq.selection.methods.plain import Random, Stratified
from vlitq.selection.pool import costs, pool_of
from vlitq.selection.request import Request
from vlitq.selector import Selector


@dataclass(frozen=True, order=True)
class Spent:
    """What a selection spent of a unit."""

    unit: Unit
    amount: int

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit.removesuffix('s')}"


def spent(every: Rows, rows: Array, unit: Unit) -> Spent:
    """What some rows of the run cost."""
    return Spent(unit, int(costs(every.fields, unit)[rows].sum()))


def controls(every: Rows, budget: Spent, stratify: str, seeds: Sequence[int]) -> dict[str, tuple[Array, ...]]:
    """Rows, int64, ascending, a draw a seed, of the controls by name.

    Drawn from all rows that pass the validity gate, as `vlitq select --method random --seed N` draws them: gates,
    like the ranking, are what is compared.
    """
    methods: dict[str, Selector] = {"random": Random(), "stratified": Stratified(within="random")}
    return {name: _draws(every, method, budget, stratify, seeds) for name, method in methods.items()}


def _draws(every: Rows, method: Selector, budget: Spent, stratify: str, seeds: Sequence[int]) -> tuple[Array, ...]:
    valid = np.flatnonzero(every.field("status").values == Status.OK.value)
    asked = Request(method, Budget(number=budget.amount), None, (), stratify, None, None, None, budget.unit, 0)
    rows, pool = pool_of(every.run, every.fields, valid, asked)
    if not len(pool):
        return tuple(rows for _ in seeds)
    chosen = (method.choose(pool, budget.amount, np.random.default_rng(seed)) for seed in seeds)
    return tuple(np.sort(rows[choice.order]) for choice in chosen)
