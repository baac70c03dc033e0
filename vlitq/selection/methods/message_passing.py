"""D2 pruning: difficulty passed along a graph of neighbours."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
