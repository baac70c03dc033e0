"""Pure functions on arrays and strings: no model, no file, no state. Measures of sets, and what selects, by name."""

from typing import Any

from vlitq import selection
from vlitq_scorers.maths.answer_bias import option_places, yes_no
from vlitq_scorers.maths.homogenisation import homogenisation
from vlitq_scorers.maths.instructions import first_words, verb_and_noun
from vlitq_scorers.maths.lexical_diversity import hdd, mtld
from vlitq_scorers.maths.proportions import entropy, evenness, gini, histogram, kl_divergence, mixture_weights
from vlitq_scorers.maths.set_diversity import dcscore, local_density, novelsum, singular_value_entropy
from vlitq_scorers.maths.set_geometry import (
    chamfer,
    coverage,
    effective_rank,
    knn_distance,
    mean_cosine,
    partition_entropy,
    radius,
)
from vlitq_scorers.maths.templates import self_repetition, shared_openings, template, template_share
from vlitq_scorers.maths.text_sets import compression_ratio, distinct_n, self_bleu
from vlitq_scorers.maths.type_token import (
    corrected_ttr,
    dugast,
    herdan,
    maas,
    mattr,
    msttr,
    root_ttr,
    summer,
    type_token_ratio,
)
from vlitq_scorers.maths.vendi import vendi

__all__ = [
    "chamfer",
    "compression_ratio",
    "corrected_ttr",
    "coverage",
    "dcscore",
    "distinct_n",
    "dugast",
    "effective_rank",
    "entropy",
    "evenness",
    "first_words",
    "gini",
    "hdd",
    "herdan",
    "histogram",
    "homogenisation",
    "kl_divergence",
    "knn_distance",
    "local_density",
    "maas",
    "mattr",
    "mean_cosine",
    "mixture_weights",
    "msttr",
    "mtld",
    "novelsum",
    "option_places",
    "partition_entropy",
    "radius",
    "root_ttr",
    "self_bleu",
    "self_repetition",
    "shared_openings",
    "singular_value_entropy",
    "summer",
    "template",
    "template_share",
    "type_token_ratio",
    "vendi",
    "verb_and_noun",
    "yes_no",
]


def __getattr__(name: str) -> Any:
    """The functions that select (`k_center`, `facility_location`, `semdedup`, ...), from `vlitq.selection`."""
    found = None if name.startswith("_") else getattr(selection, name, None)
    if getattr(found, "__module__", "").startswith(f"{selection.__name__}.maths."):
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
