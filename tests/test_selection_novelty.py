"""Self-Filter, NovelSelect and ZIP as methods: what they take of a scored run, and what their reasons say."""

from __future__ import annotations

import numpy as np
import pytest
from selection_world import World, cosines, why

from vlitq.selection.select import select
from vlitq.selector import SelectionError

A = "alignment.cosine"
TWINS = np.array([[1, 0], [1, 0], [0, 1], [np.nan, np.nan]], dtype=np.float32)


def test_self_filter_passes_over_a_copy_of_what_it_took() -> None:
    # Mid-ranks 7/8, 5/8, 3/8: the copy of the first falls to 5/8 - 7/8, below zero.
    world = cosines(0.9, 0.8, 0.7, 0.6, features={"clip_image": TWINS})
    selection = select(world, budget=2, method="self_filter", by=A)
    assert selection.ids == ["s0", "s2"]
    assert "its score 0.625 became -0.250 by neighbours taken before it" in why(selection)["s1"]


def test_self_filter_without_gamma_takes_the_best() -> None:
    world = cosines(0.9, 0.8, 0.7, 0.6, features={"clip_image": TWINS})
    assert select(world, budget=2, method="self_filter", by=A, options={"gamma": 0}).ids == ["s0", "s1"]


def test_self_filter_takes_rows_without_a_vector_last_and_says_so() -> None:
    world = cosines(0.1, 0.2, 0.3, 0.9, features={"clip_image": TWINS})
    selection = select(world, budget=4, method="self_filter", by=A)
    assert selection.ids[-1] == "s3"
    assert "it has no joint vector" in why(selection)["s3"]


def test_novelselect_starts_at_random_and_needs_no_score() -> None:
    x = np.random.default_rng(0).standard_normal((30, 4)).astype(np.float32)
    world = World({A: [0.5] * 30}, features={"clip_image": x})
    taken = [select(world, budget=5, method="novelselect", seed=seed) for seed in (0, 0, 1)]
    assert taken[0].ids == taken[1].ids != taken[2].ids
    assert "drawn at random as the first" in why(taken[0])[taken[0].ids[0]]
    assert "its novelty to the 4 taken before it is" in why(taken[0])[taken[0].ids[4]]
    left = next(one for one in why(taken[0]) if one not in taken[0].ids)
    assert "its novelty to the 5 rows taken is at most" in why(taken[0])[left]


def test_novelselect_takes_a_copy_of_what_it_took_only_when_nothing_else_is_left() -> None:
    world = World({A: [0.5] * 4}, features={"clip_image": TWINS})
    assert {"s0", "s1"} != set(select(world, budget=2, method="novelselect").ids)
    assert select(world, budget=4, method="novelselect").ids[-1] == "s3"


def test_zip_leaves_what_repeats_itself_or_another() -> None:
    dialogues = ["Which bird is it? A red kite.", "aaaa " * 40, "Which bird is it? A red kite.", "Count 7 blue jugs!"]
    selection = select(World({A: [0.5] * 4}, dialogues=dialogues), budget=2, method="zip")
    assert "s3" in selection.ids
    assert "s1" not in selection.ids
    assert "its text by itself compresses" in why(selection)["s1"]


def test_zip_takes_rows_without_text_last_and_says_so() -> None:
    selection = select(World({A: [0.5] * 3}, dialogues=["one thing", "", "another"]), budget=3, method="zip")
    assert selection.ids[-1] == "s1"
    assert "it has no text" in why(selection)["s1"]


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("self_filter", {"gamma": -1}, "gamma = -1"),
        ("self_filter", {"k_nearest": -1}, "k_nearest = -1"),
        ("novelselect", {"density_power": float("nan")}, "density_power = nan"),
        ("zip", {"k2": 50}, "give numbers with 1 <= k3 <= k2 <= k1"),
    ],
)
def test_options_out_of_range_are_refused(method: str, options: dict[str, float], message: str) -> None:
    with pytest.raises(SelectionError, match=message):
        select(cosines(0.5), budget=1, method=method, by=A, options=options)
