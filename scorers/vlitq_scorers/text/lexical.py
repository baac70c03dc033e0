"""lexical: the lexical diversity of the response, by the measures of the literature."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Feature, Samples, SampleScorer, Scorer
from vlitq.sample import Sample
from vlitq.schema import Column
from vlitq_scorers.maths.lexical_diversity import DRAWS, THRESHOLD, FactorRule, hdd, mtld
from vlitq_scorers.maths.type_token import WINDOW, remembered_mattr, root_ttr, type_token_ratio
from vlitq_scorers.maths.words import remembered_words

LEAST_WORDS = 50  # of a text for MTLD and HD-D: the README of taaled, and measured (see `known_failures`)


def _column(name: str, description: str, least: float, most: float | None, formula: str, **about: str) -> Column:
    unit = about.pop("unit", "ratio")
    about = {"null": "the response has no word", **about}
    return Column(name, "float32", description, unit, (least, most), "neutral", "diversity", formula=formula, **about)


@dataclass(frozen=True)
class Lexical(SampleScorer):
    """Lexical diversity of the assistant's turns, read as one text: V distinct words among N.

    Words are those of `complexity`: in lower case, in any script, not lemmatised. `window` is MATTR's and `draws` are
    HD-D's, in words; `rule` says what closes a factor of MTLD, a ratio of at most 0.72 ("<=") or below it ("<"). Of
    fewer than `least_words` words there is no MTLD and no HD-D.
    """

    name = "lexical"
    version = 1
    cost = "text"
    known_failures = (
        "Below 50 words MTLD says little: over owleval's 112 responses of 100 words or more, its rank correlation with "
        "the MTLD of their first 20, 30, 42, 50, 75 words is 0.31, 0.42, 0.59, 0.68, 0.80.",
        "ttr falls and root_ttr rises with the length of the text, mattr does where it is shorter than the window: "
        "compare texts of like length.",
        "Words are not lemmatised: a language with rich inflection scores higher; each Chinese or Japanese character "
        "is a word.",
        "Diverse is not good: word lists and noise score highest.",
    )
    columns = (
        _column("ttr", "Type–token ratio: distinct words by words.", 0, 1, "V / N"),
        _column("root_ttr", "Guiraud's root type–token ratio.", 0, None, "V / sqrt(N)"),
        _column(
            "mattr",
            "Moving-average type–token ratio; of a response no longer than the window its plain ratio.",
            0,
            1,
            "mean of V / window over all windows of consecutive words",
            source="Covington & McFall 2010, doi 10.1080/09296171003643098",
        ),
        _column(
            "mtld",
            "Measure of textual lexical diversity: mean length of stretches whose type–token ratio stays above 0.72.",
            2,
            None,
            "mean over both directions of N / factors; the rest counts (1 - its ratio) / (1 - 0.72) of a factor",
            unit="words",
            source="McCarthy & Jarvis 2010, doi 10.3758/BRM.42.2.381",
            null="the response has fewer than least_words words (50), or none that recurs",
        ),
        _column(
            "hdd",
            "HD-D: the type–token ratio to expect of 42 words drawn without replacement.",
            0,
            1,
            "sum over distinct words of P(drawn at least once) / draws, hypergeometric",
            source="McCarthy & Jarvis 2007, doi 10.1177/0265532207080767",
            null="the response has fewer words than least_words (50) or draws (42)",
        ),
    )

    window: int = WINDOW
    rule: FactorRule = "<="
    draws: int = DRAWS
    least_words: int = LEAST_WORDS

    def __post_init__(self) -> None:
        for name, value in (("window", self.window), ("draws", self.draws), ("least_words", self.least_words)):
            if value < 1:
                raise ValueError(f"lexical: {name} must be at least 1 word, not {value}")
        if self.rule not in get_args(FactorRule):
            raise ValueError(f"lexical: rule is '<=' or '<', not {self.rule!r}")

    def needs(self) -> tuple[Feature, ...]:
        """The samples themselves."""
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample`."""
        samples: Sequence[Sample] = features[0]
        rows = [self._row(remembered_words(sample.response)) for sample in samples]
        table = np.array(rows, np.float32).reshape(len(rows), len(self.columns))
        return {column.name: values for column, values in zip(self.columns, table.T, strict=True)}

    def _row(self, tokens: tuple[str, ...]) -> tuple[float, ...]:
        """The columns of a response, in their order; NaN for null."""
        always = type_token_ratio(tokens), root_ttr(tokens), remembered_mattr(tokens, self.window)
        if len(tokens) < self.least_words:
            return *always, math.nan, math.nan
        length = mtld(tokens, THRESHOLD, self.rule)
        return *always, length if math.isfinite(length) else math.nan, hdd(tokens, self.draws)


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `lexical`."""
    return [Lexical]
