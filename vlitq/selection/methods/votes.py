"""ICONS: how many scores have a row among their best."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
