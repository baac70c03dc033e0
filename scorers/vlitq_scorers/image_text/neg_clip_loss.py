"""neg_clip_loss: the fit of a pair against that of all other pairs (negCLIPLoss), in the log domain."""

from __future__ import annotations

from vlitq.hookspecs import hookimpl
from vlitq.node import Scorer


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Nothing yet."""
    return []
