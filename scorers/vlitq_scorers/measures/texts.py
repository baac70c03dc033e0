"""text_diversity: how much the texts of a set repeat each other, and how far they follow templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.measure import Measure, Subset, Text
from vlitq.schema import Direction
from vlitq_scorers.maths.homogenisation import PAIRS, homogenisation
from vlitq_scorers.maths.templates import OPENING, TOP, self_repetition, shared_openings, template, template_share
from vlitq_scorers.maths.text_sets import compression_ratio, distinct_n, self_bleu
from vlitq_scorers.maths.words import words
from vlitq_scorers.measures.given import drawn, known

SAMPLE = 1000  # texts: what is compared of sets must be of one size, and self-BLEU grows with them
LONGEST = 2000  # characters of a text that are read
PARTS: Mapping[str, Text] = {"instruction": "instruction", "response": "response"}

_MEANINGS: Mapping[str, tuple[str, Direction]] = {
    "distinct_1": ("Distinct words by words, in (0, 1].", "higher"),
    "distinct_2": ("Distinct pairs of words by pairs, in (0, 1].", "higher"),
    "self_bleu": ("Mean BLEU-4 of each text against all others, in [0, 1].", "lower"),
    "homogenisation": (f"Mean ROUGE-L of pairs, {PAIRS:,} at most, in [0, 1].", "lower"),
    "compression": ("Bytes by their bytes after zlib at level 9: what repeats within 32 KB.", "lower"),
    "self_repetition": ("Mean log(1 + times that a text's runs of 4 words occur in others), at least 0.", "lower"),
    "shared_openings": (f"Share that opens with the {OPENING} words of another, numbers and names aside.", "lower"),
    "template_share": (
        f"Share that is one of the {TOP} commonest templates: the same as another, numbers and names aside.", "lower",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class TextDiversity(Measure):
    """Repetition within the instructions of a set, and within its responses; empty texts are left out."""

    name = "text_diversity"
    version = 1
    axis = "diversity"
    description = (
        f"How much texts repeat each other, of at most {SAMPLE:,} texts drawn with one seed and their first "
        f"{LONGEST:,} characters: compare sets of as many rows."
    )
    source = "Shaib et al. 2024, arXiv 2403.00553; docs/measures.md has the rest"
    numbers: ClassVar[Mapping[str, str]] = {
        f"{part}_{name}": f"{part.capitalize()}s: {meaning[0].lower()}{meaning[1:]}"
        for part in PARTS
        for name, (meaning, _) in _MEANINGS.items()
    }
    directions: ClassVar[Mapping[str, Direction]] = {
        f"{part}_{name}": better for part in PARTS for name, (_, better) in _MEANINGS.items()
    }

    def measure(self, subset: Subset) -> Mapping[str, float]:
        """Eight numbers of each side; none of a side without texts."""
        found: dict[str, float] = {}
        for name, part in PARTS.items():
            texts = [text[:LONGEST] for text in subset.texts(part) if text.strip()]
            some = [texts[at] for at in drawn(len(texts), SAMPLE).tolist()]
            found |= {f"{name}_{number}": value for number, value in _numbers(some).items()}
        return known(found)


def _numbers(texts: Sequence[str]) -> dict[str, float]:
    tokens = [words(text) for text in texts]
    templates = [template(text) for text in texts]
    return {
        "distinct_1": distinct_n(tokens, 1),
        "distinct_2": distinct_n(tokens, 2),
        "self_bleu": self_bleu(tokens),
        "homogenisation": homogenisation(tokens, np.random.default_rng(0)),
        "compression": compression_ratio(texts),
        "self_repetition": self_repetition(tokens),
        "shared_openings": shared_openings(templates),
        "template_share": template_share(templates),
    }


@hookimpl
def vlitq_register_measures() -> list[type[Measure]]:
    """Offers `text_diversity`."""
    return [TextDiversity]
