"""Which parts of the data are written in letters that the embedded models were not trained on."""

from __future__ import annotations

import numpy as np

from vlitq.report.in_short import rests_on_english
from vlitq.report.material import Material
from vlitq.schema import Array

READ = 20  # samples of a part, spread evenly over it
CHARACTERS = 2_000  # of a turn
LAST_LATIN = "\u024f"  # of the block Latin Extended-B
FOREIGN = (
    "Most of its letters are not Latin. The embedded models know English only: what they say of its correctness "
    "means nothing."
)


def foreign(material: Material, rows: Array) -> bool:
    """Whether the run rests on the embedded models, and most letters of some of these samples are not Latin."""
    if not len(rows) or not rests_on_english(material.run) or material.problem:
        return False
    some = rows[np.unique(np.linspace(0, len(rows) - 1, min(READ, len(rows))).astype(np.int64))]
    found = material.run.samples(some.tolist()).values()
    letters = [one for sample in found for turn in sample.turns for one in turn.text[:CHARACTERS] if one.isalpha()]
    return 2 * sum(one > LAST_LATIN for one in letters) > len(letters)
