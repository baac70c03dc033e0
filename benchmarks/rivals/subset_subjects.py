"""Facility location by vlitq, apricot and submodlib, Vendi scores by vlitq and vendi-score, each with its own call.

Run by the interpreter of each one's environment, as `python -m benchmarks.rivals.subset_subjects SUBJECT FOLDER`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.rivals.clocked import Work, main

SHARE = 10  # a tenth of the rows is the budget


def facility_location_of(x: Any) -> Work:
    """vlitq, from the vectors."""
    from vlitq.selection.maths.facility_location import facility_location_of

    return lambda: facility_location_of(x, len(x) // SHARE)


def apricot(x: Any) -> Work:
    """apricot, lazy greedy, told that the metric is the cosine: it maximises squared cosines."""
    from apricot import FacilityLocationSelection

    return lambda: FacilityLocationSelection(len(x) // SHARE, metric="cosine", optimizer="lazy").fit(x).ranking


def apricot_given(x: Any) -> Work:
    """apricot, lazy greedy on the cosines themselves, in the float64 it computes in and at least 0, as it asks."""
    from apricot import FacilityLocationSelection

    def work() -> Any:
        cosines = np.maximum(x @ x.T, 0, dtype=np.float64)
        return FacilityLocationSelection(len(x) // SHARE, metric="precomputed", optimizer="lazy").fit(cosines).ranking

    return work


def submodlib(x: Any) -> Work:
    """submodlib, lazy greedy, dense; the kernel is numpy's, as its own goes through Python's lists of floats."""
    from submodlib import FacilityLocationFunction

    def work() -> Any:
        objective = FacilityLocationFunction(n=len(x), mode="dense", sijs=x @ x.T, separate_rep=False)
        chosen = objective.maximize(budget=len(x) // SHARE, optimizer="LazyGreedy", show_progress=False)
        return np.array([row for row, _ in chosen])

    return work


def vendi(x: Any) -> Work:
    """vlitq: from the features, in blocks."""
    from vlitq_scorers.maths.vendi import vendi

    wide = x.astype(np.float64)
    return lambda: vendi(features=wide)


def vendi_score(x: Any) -> Work:
    """vendi-score: its dual form."""
    from vendi_score.vendi import score_dual

    wide = x.astype(np.float64)
    return lambda: score_dual(wide)


SUBJECTS = {
    "facility_location_of": facility_location_of,
    "apricot": apricot,
    "apricot_given": apricot_given,
    "submodlib": submodlib,
    "vendi": vendi,
    "vendi_score": vendi_score,
}

if __name__ == "__main__":
    main(SUBJECTS)
