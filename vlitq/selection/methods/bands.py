"""By a raw value: all rows from a threshold on, and the rows in a band of the ranking."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
