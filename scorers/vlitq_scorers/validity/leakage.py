"""leakage: what an answer gives away of how it was made: generator phrases, refusals, hedges, annotation syntax."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.node import Scorer


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Nothing yet."""
    return []
