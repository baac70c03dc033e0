"""Without what repeats: SemDeDup and PRISM."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
