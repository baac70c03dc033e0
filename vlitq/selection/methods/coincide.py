"""COINCIDE: budgets of clusters by transferability and density, rows within them by mean discrepancy."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
