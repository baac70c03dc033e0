"""Fusions within strata are fusions of each stratum by itself; Pareto fronts rank as their definition has it."""

from __future__ import annotations

import numpy as np
import pytest
from selection_world import World

from vlitq.selection.fields import Fields
from vlitq.selection.grammar import parse_by
from vlitq.selection.score import score_rows
from vlitq.selection.select import select
from vlitq.selection.strata import Strata
from vlitq.selector import SelectionError

A, S, W = "alignment.cosine", "duplicates.similarity", "complexity.words"
FUSIONS = [
    f"0.7*{A} + 0.3*{S}", f"min({A}, {S})", f"product({A}, {S}, +{W})", f"rrf({A}, {S})", f"votes({A}, {S}, top=0.4)",
    f"pareto({A}, {S})", f"pareto({A}, {S}, +{W})", f"0.5*pareto({A}, {S}) + 0.5*+{W}", f"pareto(3*{A} + {S}, -{W})",
]  # fmt: skip


def scores(text: str, world: World, rows: np.ndarray, strata: np.ndarray) -> np.ndarray:
    return score_rows(parse_by(text), Fields(world), rows, Strata(strata, ())).score


@pytest.mark.parametrize("by", FUSIONS)
def test_within_strata_every_fusion_scores_a_stratum_as_if_it_were_alone(by: str) -> None:
    rng = np.random.default_rng(0)
    world = World(
        {name: (rng.integers(0, 9, 40) / 8).tolist() for name in (A, S)} | {W: rng.integers(0, 9, 40).tolist()}
    )
    strata = rng.integers(0, 3, 40)
    together = scores(by, world, np.arange(40), strata)
    for code in range(3):
        rows = np.flatnonzero(strata == code)
        np.testing.assert_allclose(together[rows], scores(by, world, rows, np.zeros(len(rows), np.int64)))
    assert together.min() >= 0
    assert together.max() <= 1


@pytest.mark.parametrize("by", FUSIONS)
@pytest.mark.parametrize("quota", [None, "equal"])
def test_every_fusion_selects_within_strata(by: str, quota: str | None) -> None:
    rng = np.random.default_rng(1)
    world = World(
        {name: (rng.integers(0, 9, 12) / 8).tolist() for name in (A, S)} | {W: rng.integers(0, 9, 12).tolist()},
        source=["x"] * 8 + ["y"] * 4,
    )
    assert len(select(world, budget=6, by=by, stratify="source", quota=quota)) == 6


def test_fronts_come_one_after_the_other_and_within_them_the_better_mean_rank() -> None:
    # Words up, similarity down. Nothing dominates a, b and c; b dominates d, which dominates e.
    world = World({W: [9, 6, 1, 5, 4], S: [0.9, 0.2, 0.1, 0.3, 0.4]}, ids=["a", "b", "c", "d", "e"])
    found = scores(f"pareto(+{W}, {S})", world, np.arange(5), np.zeros(5, np.int64))
    # Mean ranks: a (.9 + .1) / 2, b (.7 + .7) / 2, c (.1 + .9) / 2: a and c share the places of second and third.
    np.testing.assert_allclose(found, [3.5 / 5, 5 / 5, 3.5 / 5, 2 / 5, 1 / 5])


def test_rows_all_alike_are_one_front_and_share_their_places() -> None:
    world = World({A: [0.5] * 4, S: [0.5] * 4})
    assert scores(f"pareto({A}, {S})", world, np.arange(4), np.zeros(4, np.int64)).tolist() == [2.5 / 4] * 4


def test_a_row_good_in_one_way_alone_is_on_the_first_front_but_has_a_low_minimum() -> None:
    world = World({A: [1.0, 0.6, 0.5, 0.1], S: [1.0, 0.2, 0.3, 0.4]})
    assert select(world, budget=2, by=f"pareto({A}, {S})").ids == ["s1", "s0"]
    assert select(world, budget=2, by=f"min({A}, {S})").ids == ["s1", "s2"]


def test_pareto_fuses_two_columns_or_more_and_takes_no_option() -> None:
    with pytest.raises(SelectionError, match=r"pareto\(\.\.\.\) fuses two columns or more"):
        parse_by(f"pareto({A})")
    with pytest.raises(SelectionError, match=r"pareto\(\.\.\.\) takes columns only"):
        parse_by(f"pareto({A}, {S}, top=0.1)")
