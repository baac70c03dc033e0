"""DICS: a shortlist of the best that adapts to the budget, then farthest points."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
