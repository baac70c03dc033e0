"""vlitq's own scorers, and which of them need no file of the user's."""

from __future__ import annotations

from vlitq.host import Host
from vlitq.node import Scorer
from vlitq.plan import PlanError, make_plan


def own_scorers(host: Host) -> list[type[Scorer]]:
    """Those of `vlitq_scorers`, and of no other plugin in this environment."""
    return [o.thing for o in host.offers("scorers") if o.thing.__module__.startswith("vlitq_scorers")]


def runs_by_itself(host: Host, scorer: type[Scorer]) -> bool:
    """Whether its default parameters and the embedded models are all it needs."""
    try:
        make_plan(host, {scorer.name: {}}, ["embedded"])
    except PlanError:
        return False
    return True
