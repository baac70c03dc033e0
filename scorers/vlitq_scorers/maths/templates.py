"""How far the texts of a set follow a few patterns: shared openings, templates, and self-repetition."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

from vlitq_scorers.maths.text_sets import Tokens, ngrams
from vlitq_scorers.maths.words import words

OPENING = 4  # words of an opening
TOP = 10  # templates that count as the most frequent
NUMBER, NAME = "0", "_name_"  # what stands for any number, and for any capitalised run inside a sentence

_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_NAME = re.compile(r"(?<=[a-z,;:'’)\]] )(?!I\b)[A-Z][\w'’-]*(?: [A-Z][\w'’-]*)*")


def template(text: str) -> tuple[str, ...]:
    """The words of a text, every number as one sign, every capitalised run inside a sentence as another."""
    return tuple(words(_NUMBER.sub(f" {NUMBER} ", _NAME.sub(NAME, text))))


def shared_openings(templates: Sequence[Tokens], count: int = OPENING) -> float:
    """Share of the texts of `count` words or more that begin with the same `count` words as another, in [0, 1].

    NaN where no text is so long.
    """
    openings = Counter(tuple(words[:count]) for words in templates if len(words) >= count)
    return sum(times for times in openings.values() if times > 1) / openings.total() if openings else math.nan


def template_share(templates: Sequence[Tokens], top: int = TOP) -> float:
    """Share of the texts that are one of the `top` most frequent templates, of those that occur twice, in [0, 1].

    Numbers and names aside, each of these texts is the same as another. Texts without words are left out; NaN of none.
    """
    found = Counter(tuple(words) for words in templates if words)
    return sum(times for _, times in found.most_common(top) if times > 1) / found.total() if found else math.nan


def self_repetition(texts: Sequence[Tokens], n: int = 4) -> float:
    """Mean over texts of log(1 + how often its distinct n-grams occur in other texts), in nats, at least 0.

    After Salkar et al. 2022, arXiv 2210.08145, as the package `diversity` has it: an n-gram counts once a text, a text
    without n-grams as 0. Long texts have more n-grams to repeat. NaN of no texts.
    """
    grams = [set(ngrams(text, n)) for text in texts]
    counts = Counter(chain.from_iterable(grams))
    repeated = (sum(counts[gram] - 1 for gram in own) for own in grams)
    return sum(math.log1p(times) for times in repeated) / len(texts) if texts else math.nan
