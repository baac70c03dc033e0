"""refclipscore: RefCLIPScore, the fit of the response to image and reference answers."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.node import Scorer


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Nothing yet."""
    return []
