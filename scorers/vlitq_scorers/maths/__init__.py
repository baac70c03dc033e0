"""Pure functions on arrays and strings: no model, no file, no state. The measures of diversity by name."""

from vlitq_scorers.maths.lexical_diversity import hdd, mtld
from vlitq_scorers.maths.set_diversity import dcscore, novelsum, singular_value_entropy
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

__all__ = [
    "compression_ratio",
    "corrected_ttr",
    "dcscore",
    "distinct_n",
    "dugast",
    "hdd",
    "herdan",
    "maas",
    "mattr",
    "msttr",
    "mtld",
    "novelsum",
    "root_ttr",
    "self_bleu",
    "singular_value_entropy",
    "summer",
    "type_token_ratio",
]
