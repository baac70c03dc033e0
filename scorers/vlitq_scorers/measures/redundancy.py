"""set_redundancy: how much of a set says the same as another part of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.measure import Measure, Subset
from vlitq.schema import Array, Direction
from vlitq_scorers.measures.given import column, known

# The number, the column that names a row's group by one of its rows, and what is the same within a group.
GROUPS: Mapping[str, tuple[str, str]] = {
    "duplicate_share": ("duplicates.group", "in one group of near-duplicates by image and text"),
    "near_text_share": ("minhash.group", "in one group of near-copies by their words"),
    "copied_dialogue_share": ("copies.dialogue_first", "the same in every turn"),
    "copied_image_share": ("copies.pixel_first", "the same in images"),
}


@dataclass(frozen=True)
class SetRedundancy(Measure):
    """The share of rows that another row of the set makes superfluous, by what the run's scorers call the same."""

    name = "set_redundancy"
    version = 1
    axis = "redundancy"
    description = "Share of rows beyond the first of each group of rows that are the same."
    numbers: ClassVar[Mapping[str, str]] = {
        name: f"Share of rows beyond the first of those {what}, in [0, 1); groups of the whole run ({column})."
        for name, (column, what) in GROUPS.items()
    }
    directions: ClassVar[Mapping[str, Direction]] = dict.fromkeys(GROUPS, "lower")

    def measure(self, subset: Subset) -> Mapping[str, float]:
        """One number for each scorer of groups that the run has."""
        groups = {number: column(subset, name) for number, (name, _) in GROUPS.items()}
        return known({name: _repeated(values) for name, values in groups.items() if values is not None})


def _repeated(groups: Array) -> float:
    labels = groups[~np.isnan(groups)]
    return 1 - len(np.unique(labels)) / len(labels) if len(labels) else float("nan")


@hookimpl
def vlitq_register_measures() -> list[type[Measure]]:
    """Offers `set_redundancy`."""
    return [SetRedundancy]
