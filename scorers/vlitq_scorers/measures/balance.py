"""balance: how evenly a set is spread over sources, tasks, answers, questions and lengths, beside the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.measure import Measure, Subset
from vlitq.schema import Array, Direction
from vlitq_scorers.maths.proportions import evenness, gini, histogram, kl_divergence, uniform
from vlitq_scorers.measures.given import column, known

# What is balanced, by the name its numbers begin with: the column, and what it says.
KINDS: Mapping[str, tuple[str, str]] = {
    "source": ("source", "sources"),
    "task": ("taxonomy.task", "tasks"),
    "answer": ("format.answer_form", "forms of answer"),
    "question": ("complexity.question_type", "kinds of question"),
    "length": ("tokens", "lengths, in bins of tokens that double"),
}
_MEANINGS = {
    "categories": "{} that occur.",
    "evenness": "Evenness over the run's {}, in [0, 1]: 1 where all are as frequent.",
    "gini": "Gini coefficient of the run's {}, in [0, 1): 0 where all are as frequent.",
    "kl": "Divergence in nats of the {} from the target, at least 0: by default from how the run has them.",
}


@dataclass(frozen=True)
class Balance(Measure):
    """Categories, their evenness and Gini coefficient, and their divergence from a target.

    `target` is how the run has them, or all as frequent as each other ("uniform"). The categories are those of the run:
    one that the set lacks counts as empty. Rows without a label are left out.
    """

    name = "balance"
    version = 1
    axis = "balance"
    description = "How evenly the set is spread over what the run holds, and how far it moved from the run."
    source = "Pielou 1966, doi 10.1016/0022-5193(66)90013-0 (evenness)"
    numbers: ClassVar[Mapping[str, str]] = {
        f"{kind}_{number}": text.format(what).capitalize() if number == "categories" else text.format(what)
        for kind, (_, what) in KINDS.items()
        for number, text in _MEANINGS.items()
    }
    directions: ClassVar[Mapping[str, Direction]] = {
        f"{kind}_{number}": "lower" if number == "gini" else "higher"
        for kind in KINDS
        for number in ("categories", "evenness", "gini")
    }

    target: Literal["run", "uniform"] = "run"

    def __post_init__(self) -> None:
        if self.target not in {"run", "uniform"}:
            raise ValueError(f"balance: target is 'run' or 'uniform', not {self.target!r}")

    def measure(self, subset: Subset) -> Mapping[str, float]:
        """Four numbers of each kind whose column the run has."""
        found: dict[str, float] = {}
        for kind, (name, _) in KINDS.items():
            values, all_values = column(subset, name), column(subset.reference(), name)
            if values is not None and all_values is not None:
                numbers = self._numbers(histogram(_labels(values)), histogram(_labels(all_values)))
                found |= {f"{kind}_{number}": value for number, value in numbers.items()}
        return known(found)

    def _numbers(self, counts: Mapping[str, int], run: Mapping[str, int]) -> dict[str, float]:
        if not counts:
            return {}
        every = {label: counts.get(label, 0) for label in run}
        aim = run if self.target == "run" else uniform(run)
        return {
            "categories": len(counts),
            "evenness": evenness(every),
            "gini": gini(every),
            "kl": kl_divergence(counts, aim),
        }


def _labels(values: Array) -> list[str | None]:
    """Labels as they are; numbers by the power of two they reach."""
    if values.dtype == object:
        return list(values)
    numbers = values[~np.isnan(values) & (values >= 0)]
    return [f"{power}" for power in np.frexp(numbers)[1].tolist()]


@hookimpl
def vlitq_register_measures() -> list[type[Measure]]:
    """Offers `balance`."""
    return [Balance]
