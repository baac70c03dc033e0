"""The area under the ROC curve with rows that have no score, and its bootstrap interval."""

from __future__ import annotations

import numpy as np

from vlitq.report.discrimination import pairs_above
from vlitq.schema import Array


def auroc(faulty: Array, clean: Array) -> float:
    """The chance that a faulty value is above a clean one, ties and pairs with a NaN counting half; in [0, 1]."""
    known, known_clean = faulty[~np.isnan(faulty)], clean[~np.isnan(clean)]
    pairs = len(faulty) * len(clean)
    return (pairs_above(known, known_clean) + (pairs - len(known) * len(known_clean)) / 2) / pairs


def bootstrap(faulty: Array, clean: Array, draws: int, rng: np.random.Generator) -> Array:
    """AUROC of `draws` resamples with replacement of both sides, float64 of shape (draws,)."""
    return np.array([
        auroc(rng.choice(faulty, len(faulty)), rng.choice(clean, len(clean)))
        for _ in range(draws)
    ])  # fmt: skip
