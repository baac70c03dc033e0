"""A scorer for vlitq: how much of a response only repeats the instruction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vlitq.plugin import Column, Columns, Need, Sample, Samples, SampleScorer, Scorer, hookimpl


@dataclass(frozen=True)
class Echo(SampleScorer):
    """How much of the response repeats the instruction."""

    name = "echo"
    columns = (
        Column(
            "share",
            "float64",
            "Share of the response's word sequences that stand in the instruction as well.",
            bounds=(0, 1),
            direction="lower",
            null="the response is shorter than one sequence",
        ),
    )

    words: int = 3  # length of a sequence

    def needs(self) -> tuple[Need, ...]:
        """The samples themselves; no model."""
        return (Samples(),)

    def score(self, samples: Sequence[Sample]) -> Columns:
        """One share a sample, NaN where the response is shorter than one sequence."""
        return {"share": [echo(sample.instruction, sample.response, self.words) for sample in samples]}


def echo(instruction: str, response: str, words: int) -> float:
    """Share of the sequences of `words` words in the response that the instruction contains, too."""
    asked, said = sequences(instruction, words), sequences(response, words)
    return sum(sequence in asked for sequence in said) / len(said) if said else float("nan")


def sequences(text: str, words: int) -> list[tuple[str, ...]]:
    """All runs of `words` words, in small letters, without punctuation."""
    found = re.findall(r"\w+", text.casefold())
    return [tuple(found[start : start + words]) for start in range(len(found) - words + 1)]


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """What this plugin offers."""
    return [Echo]
