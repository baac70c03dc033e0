"""Duplicates are found exactly and nearly, and fall into groups of any size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from vectors import directions

from vlitq.schema import Array
from vlitq_scorers.redundancy.duplicates import Duplicates
from vlitq_scorers.redundancy.neighbours import Neighbours

NONE = np.nan


def inputs(scorer: Duplicates, content: list[int], image: Array, text: Array) -> list[Any]:
    _, by_image, by_text, by_both, _, _ = scorer.needs()
    assert isinstance(by_image, Neighbours)
    assert isinstance(by_text, Neighbours)
    assert isinstance(by_both, Neighbours)
    digests = np.array([[7, number] for number in content], np.uint64)
    return [digests, by_image.compute(image), by_text.compute(text), by_both.compute(image, text), image, text]


def scored(content: list[int], image: Array, text: Array, threshold: float = 0.95) -> dict[str, list[Any]]:
    scorer = Duplicates(threshold=threshold)
    values = scorer.score(*inputs(scorer, content, image, text))
    return {c.name: c.check(values[c.name], len(content)).tolist() for c in scorer.columns}


def test_three_samples_of_which_two_are_copies() -> None:
    scores = scored([1, 2, 1], directions(0, 90, 0), directions(0, 60, 0))
    assert scores["copies"] == [1, 0, 1]
    assert scores["image_similarity"] == pytest.approx([1, 0, 1], abs=1e-6)
    assert scores["text_similarity"] == pytest.approx([1, 0.5, 1], abs=1e-6)
    assert scores["joint_similarity"] == pytest.approx([1, 0.25, 1], abs=1e-6)
    assert scores["nearest"] == [2, 0, 0]
    assert scores["group"] == [0, 1, 0]
    assert scores["representative"] == [True, True, False]


def test_a_single_sample_is_like_no_other() -> None:
    scores = scored([1], directions(0), directions(0))
    assert scores == {
        "copies": [0],
        "image_similarity": [None],
        "text_similarity": [None],
        "joint_similarity": [None],
        "nearest": [None],
        "group": [0],
        "representative": [True],
    }


def test_equal_content_groups_samples_whose_images_could_not_be_read() -> None:
    assert scored([5, 5], directions(NONE, NONE), directions(NONE, NONE))["group"] == [0, 0]


def test_the_same_image_with_another_question_is_no_duplicate() -> None:
    scores = scored([1, 2], directions(0, 0), directions(0, 90))
    assert scores["image_similarity"] == [1, 1]
    assert scores["group"] == [0, 1]


def test_text_only_samples_meet_text_only_samples() -> None:
    scores = scored([1, 2, 3, 4], directions(0, NONE, NONE, 90), directions(0, 0, 1, 0))
    assert scores["group"] == [0, 1, 1, 3]
    assert scores["nearest"] == [3, 2, 1, 0]
    assert scores["joint_similarity"] == [pytest.approx(0.5), None, None, pytest.approx(0.5)]
    assert scores["image_similarity"][1:3] == [None, None]


def test_a_chain_of_near_duplicates_is_one_group() -> None:
    degrees = (0, 10, 20, 30, 90)
    scores = scored([1, 2, 3, 4, 5], directions(*degrees), directions(*degrees), threshold=0.98)
    assert scores["group"] == [0, 0, 0, 0, 4]


@pytest.mark.parametrize("threshold", [0.9, 0.99, 0.9999])
def test_groups_larger_than_the_neighbour_lists_are_whole(threshold: float) -> None:
    rng = np.random.default_rng(3)
    degrees = np.concatenate([rng.normal(0, 2, 60), rng.normal(40, 2, 60), np.full(30, 80.0)])
    rng.shuffle(degrees)
    vectors = directions(*degrees).astype(np.float64)
    linked = vectors @ vectors.T >= threshold
    for _ in range(8):  # the closure of the relation
        linked = linked @ linked
    expected = linked.argmax(axis=1).tolist()
    group = scored(list(range(150)), directions(*degrees), directions(*degrees), threshold)["group"]
    assert group == expected


def test_all_alike_is_one_group_in_linear_time() -> None:
    scores = scored([1] * 20_000, directions(*[30.0] * 20_000), directions(*[0.0] * 20_000))
    assert set(scores["group"]) == {0}
    assert scores["nearest"][:3] == [1, 0, 0]
    assert set(scores["copies"]) == {19_999}


def test_the_summary_counts_groups_rows_and_copies() -> None:
    scorer = Duplicates()
    world = inputs(scorer, [1, 1, 2, 3], directions(0, 0, 2, 90), directions(0, 0, 2, 90))
    assert scorer.summarize(*world) == {"groups": 1, "grouped_rows": 3, "copy_share": 0.25}


@pytest.mark.parametrize("threshold", [0, -0.5, 1.01, NONE])
def test_a_threshold_that_is_no_cosine_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold must be a cosine above 0 and at most 1"):
        Duplicates(threshold=threshold)
