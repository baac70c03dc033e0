"""language: the languages of question and answer, whether they agree, and how scripts mix."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.node import Scorer


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Nothing yet."""
    return []
