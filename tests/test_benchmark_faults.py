"""The arithmetic of the fault benchmark, and the edits that spoil an answer."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.auroc import auroc, bootstrap
from benchmarks.edits import EDITS, LEAKS

RNG = np.random.default_rng(0)


def test_auroc_is_one_where_every_faulty_value_is_above_every_clean_one() -> None:
    assert auroc(np.array([3.0, 4]), np.array([1.0, 2])) == 1
    assert auroc(np.array([1.0, 2]), np.array([3.0, 4])) == 0


def test_ties_and_rows_without_a_score_count_half() -> None:
    assert auroc(np.array([1.0]), np.array([1.0])) == 0.5
    assert auroc(np.array([2.0, np.nan]), np.array([1.0])) == 0.75


def test_the_bootstrap_draws_around_the_value() -> None:
    faulty, clean = RNG.normal(1, 1, 80), RNG.normal(0, 1, 80)
    drawn = bootstrap(faulty, clean, 100, RNG)
    assert drawn.min() < auroc(faulty, clean) < drawn.max()


@pytest.mark.parametrize(
    ("fault", "clean", "spoilt"),
    [
        ("object swapped", "A dog runs.", None),
        ("number swapped", "There are two and a half.", None),
        ("relation swapped", "It is above the table.", "It is below the table."),
        ("negated claim", "The sky is blue.", "The sky is not blue."),
        ("negated claim", "He has a hat.", "He does not have a hat."),
    ],
)
def test_an_edit_changes_what_it_says(fault: str, clean: str, spoilt: str | None) -> None:
    found = EDITS[fault](clean, RNG)
    assert found is not None
    assert found != clean
    assert spoilt is None or found == spoilt


def test_an_edit_without_a_place_makes_nothing() -> None:
    assert all(EDITS[fault]("Hm.", RNG) is None for fault in EDITS if fault != "leaked phrase")


def test_a_truncated_answer_never_ends_like_a_sentence() -> None:
    text = "One. Two. Three. Four. Five. Six. Seven. Eight. Nine. Ten."
    cuts = {EDITS["truncated answer"](text, np.random.default_rng(seed)) for seed in range(40)}
    assert all(cut is not None and cut[-1] not in ".!?" for cut in cuts)


def test_a_leak_stands_in_front() -> None:
    found = EDITS["leaked phrase"]("A cat sleeps.", RNG)
    assert found is not None
    assert found.endswith("a cat sleeps.")
    assert found.startswith(tuple(LEAKS))
