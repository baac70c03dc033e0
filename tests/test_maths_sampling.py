"""Sampling weighed by a score: the chances are those of the definition, repeats those of the authors' loop."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest

from vlitq.selection import gumbel_top_k, soft_cap
from vlitq.selection.maths.sampling import soft_cap_draws, standardised

PICKS = [gumbel_top_k, soft_cap]


def chance_of(order: tuple[int, ...], weights: np.ndarray) -> float:
    """Of drawing these rows in this order without return: each in proportion to its weight among those left."""
    chance, left = 1.0, weights.sum()
    for row in order:
        chance, left = chance * weights[row] / left, left - weights[row]
    return chance


@pytest.mark.parametrize("pick", PICKS)
def test_each_order_is_as_likely_as_drawing_one_by_one_makes_it(pick) -> None:
    weights, draws = np.array([4.0, 2.0, 1.0, 0.5]), 20_000
    rng = np.random.default_rng(0)
    seen = Counter(tuple(pick(np.log(weights), 2, rng).tolist()) for _ in range(draws))
    for order in permutations(range(4), 2):
        chance = chance_of(order, weights)
        assert seen[order] / draws == pytest.approx(chance, abs=5 * np.sqrt(chance / draws))


@pytest.mark.parametrize("pick", PICKS)
@pytest.mark.parametrize("rows", [0, 1, 2, 50])
@pytest.mark.parametrize("budget", [0, 1, 7, 50, 99])
def test_the_budget_is_met_and_no_row_repeats(pick, rows: int, budget: int) -> None:
    rng = np.random.default_rng(rows)
    weights = rng.choice([-np.inf, np.nan, 0.0, 3.0], rows)
    taken = pick(weights, budget, rng)
    assert taken.dtype == np.int64
    assert len(set(taken.tolist())) == len(taken) == min(budget, rows)


@pytest.mark.parametrize("pick", PICKS)
def test_a_larger_budget_keeps_what_a_smaller_one_took(pick) -> None:
    weights = np.random.default_rng(0).normal(size=100)
    few, many = (pick(weights, budget, np.random.default_rng(5)) for budget in (10, 60))
    np.testing.assert_array_equal(many[:10], few)


def test_the_rows_soft_cap_takes_are_those_gumbel_top_k_takes() -> None:
    weights = np.random.default_rng(0).normal(size=100)
    few, many = (pick(weights, 30, np.random.default_rng(5)) for pick in PICKS)
    np.testing.assert_array_equal(many, few)


@pytest.mark.parametrize("pick", PICKS)
def test_rows_of_no_weight_come_last_in_a_random_order(pick) -> None:
    weights = np.array([-np.inf, 0.0, np.nan, -800.0])
    orders = {tuple(pick(weights, 4, np.random.default_rng(seed)).tolist()) for seed in range(50)}
    assert orders == {(1, 3, 0, 2), (1, 3, 2, 0)}


def test_sharp_weights_take_the_best_and_flat_ones_anything() -> None:
    score = np.arange(6.0)
    sharp = gumbel_top_k(score / 1e-6, 3, np.random.default_rng(0))
    assert sharp.tolist() == [5, 4, 3]
    first = Counter(int(gumbel_top_k(score / np.inf, 1, np.random.default_rng(seed))[0]) for seed in range(3000))
    assert min(first.values()) > 400


def authors_loop(scores: np.ndarray, total: int, rng: np.random.Generator, penalty: float) -> np.ndarray:
    """The sampling of the FLYT paper as its text has it, in batches of one."""
    logits, drawn = scores.copy(), []
    for _ in range(total):
        chances = np.exp(logits - logits.max())
        row = rng.choice(len(logits), p=chances / chances.sum())
        logits[row] -= penalty
        drawn.append(row)
    return np.bincount(drawn, minlength=len(scores))


def test_rows_are_drawn_as_often_as_the_authors_loop_draws_them() -> None:
    scores, worlds = np.array([2.0, 1.0, 0.0, -1.0, -2.0, -4.0]), 1500
    rng = np.random.default_rng(1)
    theirs = np.mean([authors_loop(scores, 6, rng, 0.5) for _ in range(worlds)], axis=0)
    ours = np.mean(
        [np.bincount(soft_cap_draws(scores, 6, rng, 0.5)[:6], minlength=6) for _ in range(worlds)], axis=0
    )  # the first six draws: to see all six rows takes at least as many
    np.testing.assert_allclose(ours, theirs, atol=0.12)
    assert np.abs(theirs - 6 * np.exp(scores) / np.exp(scores).sum()).max() > 0.5  # without a penalty it is otherwise


def test_draws_go_on_until_enough_rows_differ_and_end_with_the_last_of_them() -> None:
    draws = soft_cap_draws(np.array([3.0, 2.0, 0.0, -1.0]), 3, np.random.default_rng(2))
    assert len(set(draws.tolist())) == 3
    assert (draws == draws[-1]).sum() == 1
    assert len(set(draws[:-1].tolist())) == 2


def test_a_higher_penalty_repeats_less() -> None:
    scores = np.linspace(-3, 3, 200)
    lengths = [
        len(soft_cap_draws(scores, 150, np.random.default_rng(0), penalty)) for penalty in (0.05, 0.15, 1.0, 50.0)
    ]
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] == 150


@pytest.mark.parametrize("penalty", [0.0, -1.0, np.nan])
def test_a_penalty_that_ends_no_repeats_is_refused(penalty: float) -> None:
    with pytest.raises(ValueError, match="not above 0"):
        soft_cap(np.zeros(3), 2, np.random.default_rng(0), penalty)


def test_a_weight_without_bound_is_refused_by_soft_cap() -> None:
    with pytest.raises(ValueError, match="no row but that one"):
        soft_cap(np.array([0.0, np.inf]), 2, np.random.default_rng(0))


def test_values_are_standardised_within_strata() -> None:
    z = standardised(np.array([1.0, 3.0, np.nan, 10.0, 10.0, 10.0, 7.0]), np.array([0, 0, 0, 2, 2, 2, 4]))
    np.testing.assert_allclose(z, [-1, 1, np.nan, 0, 0, 0, 0])


def test_values_alike_but_for_rounding_have_no_deviation() -> None:
    assert not standardised(np.full(7, 0.1), np.zeros(7, np.int64)).any()
