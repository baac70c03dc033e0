"""Choose rows of a scored run: gates, ranking, an exact budget, a method; and the methods' pure functions by name."""

from vlitq.selection.maths.coincide import cluster_budgets, cluster_probabilities, coincide, greedy_mmd, transferability
from vlitq.selection.maths.d2 import d2_pruning
from vlitq.selection.maths.deita import deita
from vlitq.selection.maths.dpp import dpp_map
from vlitq.selection.maths.facility_location import facility_location, facility_location_value
from vlitq.selection.maths.graph_cut import graph_cut, graph_cut_value
from vlitq.selection.maths.k_center import k_center
from vlitq.selection.maths.kmeans import spherical_kmeans
from vlitq.selection.maths.novelselect import novelselect
from vlitq.selection.maths.pairs import pairs_above
from vlitq.selection.maths.pareto import pareto_front
from vlitq.selection.maths.prism import prism
from vlitq.selection.maths.prototypes import density_quotas, self_supervised_prototypes
from vlitq.selection.maths.qdit import qdit
from vlitq.selection.maths.round_robin import round_robin
from vlitq.selection.maths.sampling import gumbel_top_k, soft_cap, soft_cap_draws
from vlitq.selection.maths.self_filter import self_filter
from vlitq.selection.maths.semdedup import semdedup, semdedup_epsilon
from vlitq.selection.maths.shortlist import dics
from vlitq.selection.maths.votes import most_votes, vote_counts
from vlitq.selection.maths.zip import zip_greedy

__all__ = [
    "cluster_budgets",
    "cluster_probabilities",
    "coincide",
    "d2_pruning",
    "deita",
    "density_quotas",
    "dics",
    "dpp_map",
    "facility_location",
    "facility_location_value",
    "graph_cut",
    "graph_cut_value",
    "greedy_mmd",
    "gumbel_top_k",
    "k_center",
    "most_votes",
    "novelselect",
    "pairs_above",
    "pareto_front",
    "prism",
    "qdit",
    "round_robin",
    "self_filter",
    "self_supervised_prototypes",
    "semdedup",
    "semdedup_epsilon",
    "soft_cap",
    "soft_cap_draws",
    "spherical_kmeans",
    "transferability",
    "vote_counts",
    "zip_greedy",
]
