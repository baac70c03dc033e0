"""NovelSelect: greedily the most novel, weighed by density."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
