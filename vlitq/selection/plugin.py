"""The selection methods that vlitq brings, registered like any other plugin's."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.selection.methods import METHODS
from vlitq.selector import Selector


@hookimpl
def vlitq_register_selectors() -> list[type[Selector]]:
    """Offer the methods of `vlitq.selection.methods`."""
    return list(METHODS)
