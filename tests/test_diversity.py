"""Diversity is the distance to the nearest others, and the effective number of different samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from vlitq.schema import Array
from vlitq_scorers.redundancy.diversity import Diversity
from vlitq_scorers.redundancy.neighbours import Neighbours


def inputs(image: Array, text: Array, k: int = 10) -> list[Any]:
    neighbours = Diversity(k=k).needs()[0]
    assert isinstance(neighbours, Neighbours)
    return [neighbours.compute(image, text), image, text]


def distances(image: Array, text: Array, k: int = 10) -> list[float]:
    return [float(value) for value in Diversity(k=k).score(*inputs(image, text, k))["knn_distance"]]


AXES = np.eye(3, dtype=np.float32)


def test_a_single_sample_has_no_neighbour() -> None:
    assert np.isnan(distances(AXES[:1], AXES[:1])).all()


def test_the_distance_is_the_mean_over_the_nearest() -> None:
    assert distances(AXES[[0, 0, 1]], AXES[[0, 0, 1]], k=1) == pytest.approx([0, 0, 1])
    assert distances(AXES[[0, 0, 1]], AXES[[0, 0, 1]], k=2) == pytest.approx([0.5, 0.5, 1])


def test_fewer_others_than_k_all_count() -> None:
    assert distances(AXES, AXES) == pytest.approx([1, 1, 1])


def test_opposites_are_two_apart() -> None:
    assert distances(np.array([[1, 0], [-1, 0]], np.float32), np.array([[1, 0], [-1, 0]], np.float32)) == [2, 2]


def test_the_summary_is_the_effective_number_of_samples() -> None:
    image, text = AXES[[0, 0, 0, 0]].copy(), AXES[[0, 0, 1, 1]]
    image[3] = np.nan
    assert Diversity().summarize(*inputs(image, text)) == pytest.approx({"vendi_image": 1, "vendi_text": 2})


def test_a_set_without_images_has_no_score_of_images() -> None:
    image = np.full((3, 3), np.nan, np.float32)
    assert Diversity().summarize(*inputs(image, AXES)) == pytest.approx({"vendi_text": 3})


def test_no_neighbours_are_refused() -> None:
    with pytest.raises(ValueError, match="k must be at least 1, not 0"):
        Diversity(k=0)
