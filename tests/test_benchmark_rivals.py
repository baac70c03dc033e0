"""The planted vectors of the rivals' benchmarks, what is counted of an answer, and programs run side by side."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.rivals.apart import Subject, Took, Trial, seconds, trial
from benchmarks.rivals.clocked import resident
from benchmarks.rivals.duplicates import CELLS, EXACT, equal_or_better
from benchmarks.rivals.made_vectors import Outcome, Vectors, made_vectors, outcome
from benchmarks.rivals.subsets import objective
from benchmarks.timing import ROOT
from vlitq.schema import Array

MODULE_THAT_FAILS = "benchmarks.rivals.no_such_module"


def test_only_the_planted_pairs_are_near_and_a_third_of_them_at_each_cosine() -> None:
    made = made_vectors(600, np.random.default_rng(0))
    cosine = np.triu(made.x @ made.x.T, 1)
    left, right = np.nonzero(cosine > 0.9)
    assert made.copies == len(left) == 60
    assert (made.original[left] == made.original[right]).all()
    assert np.allclose(np.sort(cosine[left, right]), np.repeat([0.92, 0.95, 0.99], 20), atol=1e-6)
    assert np.allclose(np.linalg.norm(made.x, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ([0, 1, 2, 3], Outcome(found=0, lost=0, removed=0)),
        ([0, 1, 2], Outcome(found=1, lost=0, removed=1)),  # row 3 is a copy of row 0
        ([1, 2, 3], Outcome(found=1, lost=0, removed=1)),
        ([1, 2], Outcome(found=1, lost=1, removed=2)),  # both of the pair
        ([0, 3], Outcome(found=0, lost=2, removed=2)),  # two rows that were near nothing
    ],
)
def test_an_original_is_lost_when_neither_it_nor_its_copy_is_kept(kept: list[int], expected: Outcome) -> None:
    made = Vectors(np.zeros((4, 2), np.float32), np.array([0, 1, 2, 0]))
    assert made.copies == 1
    assert outcome(made, np.array(kept)) == expected


def test_rivals_of_equal_outcome_find_no_less_lose_no_more_and_remove_nothing_for_nothing() -> None:
    made = Vectors(np.zeros((6, 2), np.float32), np.array([0, 1, 2, 0, 1, 3]))  # rows 3 and 4 are copies of 0 and 1
    answers = {
        EXACT.name: [0, 1, 2, 5],
        CELLS.name: [0, 1, 2, 4, 5],
        "same": [2, 3, 4, 5],
        "both": [2, 5],
        "few": [0, 1, 2, 3, 4, 5],
    }
    found = Trial({name: [Took(1, 0, 0, np.array(kept))] for name, kept in answers.items()})
    assert equal_or_better(made, found, EXACT) == ["same"]
    assert equal_or_better(made, found, CELLS) == ["same"]


def test_the_objective_adds_up_each_rows_highest_cosine_to_a_chosen_row() -> None:
    x = np.array([[1, 0], [0, 1], [0.6, 0.8], [-1, 0]], np.float32)
    assert objective(x, np.array([0, 1])) == pytest.approx(1 + 1 + 0.8 + 0)


def test_a_ratio_is_by_the_smallest_of_the_others_in_the_same_round_or_their_last() -> None:
    found = Trial({"ours": _took(2, 4), "a": _took(1, 8), "b": _took(4)})
    assert found.ratio("ours", ["a"], seconds).high == 2
    assert found.ratio("ours", ["a", "b"], seconds).low == 1


def test_the_subjects_run_apart_and_one_that_cannot_stops_no_other(tmp_path: Path) -> None:
    absent = Subject("absent", "faiss", EXACT.module, interpreter=Path("/no/python"), way="install it")
    broken = Subject("broken", "faiss", MODULE_THAT_FAILS)
    made = made_vectors(300, np.random.default_rng(1))
    found = trial([absent, broken, EXACT], made.x, 1, tmp_path / "trial")
    assert set(found.took) == {EXACT.name}
    assert outcome(made, found.took[EXACT.name][0].answer) == Outcome(found=30, lost=0, removed=30)
    assert found.failed["absent"] == f"could not run: no {os.path.relpath(absent.interpreter, ROOT)}; install it"
    assert found.failed["broken"].startswith("ended with 1")
    assert MODULE_THAT_FAILS in found.failed["broken"]


def test_the_peak_is_never_below_what_is_held() -> None:
    assert 0 < resident("VmRSS") <= resident("VmHWM") + 1


def _took(*walls: float) -> list[Took]:
    answer: Array = np.zeros(0)
    return [Took(wall, 0, 0, answer) for wall in walls]
