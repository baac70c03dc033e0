"""The selection methods that vlitq brings, registered like any other plugin's."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.selection.select import BUILT_IN
from vlitq.selector import Selector


@hookimpl
def vlitq_register_selectors() -> list[type[Selector]]:
    """Offer top, random, stratified and deita."""
    return list(BUILT_IN.values())
