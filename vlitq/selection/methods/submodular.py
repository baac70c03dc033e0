"""Standing for all others: facility location, graph cut, and quality with diversity (QDIT)."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
