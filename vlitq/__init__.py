"""vlitq scores vision-language instruction-tuning data and selects the part worth training on."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vlitq.api import calibrate, compare, explore, open, plot, relocate, score, select, write_report
    from vlitq.comparison.result import Comparison
    from vlitq.errors import VlitqError
    from vlitq.selection.result import Selection
    from vlitq.store import Run

__all__ = [
    "Comparison",
    "Run",
    "Selection",
    "VlitqError",
    "calibrate",
    "compare",
    "explore",
    "open",
    "plot",
    "relocate",
    "score",
    "select",
    "write_report",
]

_HOMES = {
    "VlitqError": "vlitq.errors",
    "calibrate": "vlitq.api",
    "compare": "vlitq.api",
    "explore": "vlitq.api",
    "open": "vlitq.api",
    "plot": "vlitq.api",
    "relocate": "vlitq.api",
    "score": "vlitq.api",
    "select": "vlitq.api",
    "write_report": "vlitq.api",
    "Comparison": "vlitq.comparison.result",
    "Run": "vlitq.store",
    "Selection": "vlitq.selection.result",
}


def __getattr__(name: str) -> Any:
    # Importing vlitq costs nothing until one of these is used: `vlitq --help` answers at once.
    if name not in _HOMES:
        raise AttributeError(f"module 'vlitq' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
