"""aesthetics: a linear head over image embeddings, such as an aesthetic predictor."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.node import Scorer


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Nothing yet."""
    return []
