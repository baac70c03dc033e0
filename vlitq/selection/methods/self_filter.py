"""Self-Filter: the most difficult, each pick lowering its neighbours."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
