"""schema: whether a record is whole: roles, empty turns, image markers, cut-off answers, markup and encoding damage."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.node import Scorer


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Nothing yet."""
    return []
