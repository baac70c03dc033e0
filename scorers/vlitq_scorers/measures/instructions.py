"""instructions: how varied the instructions of a set are in what they open with and what they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from vlitq.hookspecs import hookimpl
from vlitq.measure import Measure, Subset
from vlitq.schema import Direction
from vlitq_scorers.maths.instructions import first_words, verb_and_noun
from vlitq_scorers.maths.proportions import entropy, histogram
from vlitq_scorers.measures.given import drawn, known

SAMPLE = 10_000
TOP = 10


@dataclass(frozen=True)
class Instructions(Measure):
    """First words, verbs and nouns of the instructions, by rules for English; empty ones are left out."""

    name = "instructions"
    version = 1
    axis = "diversity"
    description = f"What instructions open with and ask for, of at most {SAMPLE:,} drawn with one seed."
    source = "after Wang et al. 2023 (Self-Instruct), arXiv 2212.10560: there the verb and its object by a parser"
    numbers: ClassVar[Mapping[str, str]] = {
        "distinct": "Share of instructions that are different texts, in (0, 1].",
        "first_word_entropy": "Entropy in nats of the first word, at least 0.",
        "opening_entropy": "Entropy in nats of the first three words, at least 0.",
        "verb_entropy": "Entropy in nats of the verb that says what is asked, at least 0, where one was found.",
        "verb_noun_entropy": "Entropy in nats of the verb and the noun it is about, at least 0, where both were found.",
        "verb_noun_pairs": "Distinct pairs of verb and noun.",
        "common_pairs": f"Share of those with both that ask for one of the {TOP} commonest pairs, in [0, 1].",
        "with_verb": "Share of instructions in which the rules found a verb, in [0, 1]: how far to trust the others.",
    }  # fmt: skip
    directions: ClassVar[Mapping[str, Direction]] = {
        "distinct": "higher",
        "first_word_entropy": "higher",
        "opening_entropy": "higher",
        "verb_entropy": "higher",
        "verb_noun_entropy": "higher",
        "verb_noun_pairs": "higher",
        "common_pairs": "lower",
    }

    def measure(self, subset: Subset) -> Mapping[str, float]:
        """Nothing of a set without instructions."""
        texts = [text.strip() for text in subset.texts("instruction") if text.strip()]
        some = [texts[at] for at in drawn(len(texts), SAMPLE).tolist()]
        if not some:
            return {}
        found = [verb_and_noun(text) for text in some]
        verbs = [pair.verb for pair in found if pair.verb]
        pairs = histogram(" ".join((p.verb, p.noun)) for p in found if p.verb and p.noun)
        common = sum(list(pairs.values())[:TOP])
        return known(
            {
                "distinct": len(set(some)) / len(some),
                "first_word_entropy": entropy(histogram(first_words(text, 1) for text in some)),
                "opening_entropy": entropy(histogram(first_words(text) for text in some)),
                "verb_entropy": entropy(histogram(verbs)),
                "verb_noun_entropy": entropy(pairs),
                "verb_noun_pairs": len(pairs),
                "common_pairs": common / sum(pairs.values()) if pairs else float("nan"),
                "with_verb": len(verbs) / len(some),
            }
        )


@hookimpl
def vlitq_register_measures() -> list[type[Measure]]:
    """Offers `instructions`."""
    return [Instructions]
