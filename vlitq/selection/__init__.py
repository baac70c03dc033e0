"""Choose rows of a scored run: gates, ranking, an exact budget, a method; and the methods' pure functions by name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FUNCTIONS = {
    "k_center": "k_center",
    "facility_location": "facility_location",
    "facility_location_value": "facility_location",
    "graph_cut": "graph_cut",
    "graph_cut_value": "graph_cut",
    "dpp_map": "dpp",
    "qdit": "qdit",
    "semdedup": "semdedup",
    "semdedup_epsilon": "semdedup",
    "pairs_above": "pairs",
    "prism": "prism",
    "spherical_kmeans": "kmeans",
    "coincide": "coincide",
    "transferability": "coincide",
    "cluster_probabilities": "coincide",
    "cluster_budgets": "coincide",
    "greedy_mmd": "coincide",
    "d2_pruning": "d2",
    "self_supervised_prototypes": "prototypes",
    "density_quotas": "prototypes",
    "gumbel_top_k": "sampling",
    "soft_cap": "sampling",
    "soft_cap_draws": "sampling",
    "deita": "deita",
    "dics": "shortlist",
    "self_filter": "self_filter",
    "round_robin": "round_robin",
    "vote_counts": "votes",
    "most_votes": "votes",
    "pareto_front": "pareto",
    "novelselect": "novelselect",
    "zip_greedy": "zip",
}


def __getattr__(name: str) -> Any:
    if name not in _FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.maths.{_FUNCTIONS[name]}"), name)
