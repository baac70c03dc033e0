"""objects: what an answer says is there, against what is annotated (CHAIR)."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.node import Scorer


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Nothing yet."""
    return []
