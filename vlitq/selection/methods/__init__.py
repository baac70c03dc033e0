"""The selection methods that vlitq brings, a family a module."""

from __future__ import annotations

from vlitq.selection.methods import (
    bands,
    coincide,
    compression,
    cover,
    deita,
    determinantal,
    message_passing,
    novelty,
    plain,
    prototypes,
    redundancy,
    round_robin,
    sampling,
    self_filter,
    shortlist,
    submodular,
    votes,
)
from vlitq.selector import Selector

_FAMILIES = (
    plain, bands, sampling, deita, cover, submodular, determinantal, coincide, prototypes, message_passing, redundancy,
    shortlist, self_filter, round_robin, votes, novelty, compression,
)  # fmt: skip
METHODS: tuple[type[Selector], ...] = tuple(method for family in _FAMILIES for method in family.METHODS)
