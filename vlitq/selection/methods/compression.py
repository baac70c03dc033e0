"""ZIP: greedily what compresses least together with what is taken."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
