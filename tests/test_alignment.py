"""Alignment pools cosines over images and turns by its declared rules."""

from __future__ import annotations

import math

import numpy as np
import pytest
from image_text_world import ragged

from vlitq.node import Ragged
from vlitq_scorers.image_text.alignment import Alignment

Vectors = list[tuple[float, float]]
UP, RIGHT, LEFT, TILTED = (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0), (0.6, 0.8)
MISSING = (math.nan, math.nan)


def seen(turns: list[Vectors], share: float = 1.0) -> Ragged:
    offsets = np.cumsum([0, *map(len, turns)])
    return Ragged(np.full((offsets[-1], 1), share, np.float32), offsets)


def score(images: list[Vectors], turns: list[Vectors], over_images: str = "max") -> dict[str, list[float]]:
    scorer = Alignment(over_images=over_images)  # type: ignore[arg-type]  # one test passes what is refused
    values = scorer.score(ragged(images), ragged(turns), seen(turns, 0.5))
    return {name: [round(float(value), 5) for value in column] for name, column in values.items()}


def test_one_image_and_one_turn_have_their_cosine() -> None:
    scores = score([[RIGHT]], [[TILTED]])
    assert scores == {"cosine": [0.6], "cosine_min": [0.6], "clipscore": [1.5], "text_seen": [0.5]}


def test_turns_are_pooled_to_their_mean_and_their_minimum() -> None:
    scores = score([[RIGHT]], [[RIGHT, UP]])
    assert (scores["cosine"], scores["cosine_min"]) == ([0.5], [0.0])


def test_a_turn_counts_by_its_best_image_or_by_all() -> None:
    assert score([[RIGHT, UP]], [[TILTED]])["cosine"] == [0.8]
    assert score([[RIGHT, UP]], [[TILTED]], over_images="mean")["cosine"] == [0.7]


def test_clipscore_is_zero_where_the_cosine_is_negative() -> None:
    scores = score([[RIGHT]], [[LEFT]])
    assert (scores["cosine"], scores["clipscore"]) == ([-1.0], [0.0])


def test_a_sample_without_image_or_response_has_no_score_and_its_neighbours_keep_theirs() -> None:
    scores = score([[], [UP], [], [RIGHT]], [[UP], [UP], [], []])
    for column in scores.values():
        assert [math.isnan(value) for value in column] == [True, False, True, True]
    assert scores["cosine"][1] == 1.0


def test_an_image_or_turn_that_could_not_be_encoded_leaves_no_score() -> None:
    scores = score([[RIGHT, MISSING], [RIGHT], [RIGHT]], [[RIGHT], [RIGHT, MISSING], [RIGHT]])
    assert [math.isnan(value) for value in scores["cosine"]] == [True, True, False]


def test_many_rows_score_as_each_by_itself() -> None:
    rng = np.random.default_rng(0)
    circle = [(math.cos(angle), math.sin(angle)) for angle in rng.uniform(0, 6, 40)]
    images = [[circle[i] for i in rng.integers(40, size=rng.integers(4))] for _ in range(50)]
    turns = [[circle[i] for i in rng.integers(40, size=rng.integers(4))] for _ in range(50)]
    together = score(images, turns)["cosine"]
    alone = [score([image], [turn])["cosine"][0] for image, turn in zip(images, turns, strict=True)]
    np.testing.assert_array_equal(together, alone)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="over_images is 'max' or 'mean', not 'median'"):
        Alignment(over_images="median")  # type: ignore[arg-type]  # what a recipe might say
