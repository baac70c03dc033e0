"""By chance, weighed by the score: temperature sampling and soft-cap sampling."""

from __future__ import annotations

from vlitq.selector import Selector

METHODS: tuple[type[Selector], ...] = ()
