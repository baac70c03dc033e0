"""By clusters and their centres: self-supervised prototypes, density-based pruning, D4."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
