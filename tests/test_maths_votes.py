"""Votes are the paper's; what is equal in votes is decided by the mean rank, and then by the position."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.selection import vote_counts
from vlitq.selection.maths.votes import mean_rank, most_votes


def test_a_task_votes_for_its_best_fifth() -> None:
    scores = np.array([[1, 9], [2, 8], [3, 7], [4, 6], [5, 5]], dtype=float)
    assert vote_counts(scores, 0.2).tolist() == [1, 0, 0, 0, 1]
    assert vote_counts(scores, 0.5).tolist() == [1, 1, 2, 1, 1]
    assert vote_counts(scores, 1.0).tolist() == [2] * 5


def test_all_rows_equal_to_the_last_that_gets_a_vote_get_one() -> None:
    assert vote_counts(np.array([[3.0], [2], [2], [2], [1]]), 0.4).tolist() == [1, 1, 1, 1, 0]
    assert vote_counts(np.ones((4, 3)), 0.25).tolist() == [3] * 4


@pytest.mark.parametrize("seed", range(20))
def test_votes_are_those_of_the_papers_percentile(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 6, (rng.integers(1, 40), 4)).astype(float)
    percent = int(rng.integers(1, 100))
    above = [column >= np.percentile(column, 100 - percent) for column in scores.T]
    np.testing.assert_array_equal(vote_counts(scores, percent / 100), np.sum(above, axis=0))


def test_a_quantile_that_rounding_puts_beside_a_row_falls_on_it() -> None:
    scores = np.arange(11.0)[:, None]
    for best in range(1, 12):
        assert vote_counts(scores, 1 - (11 - best) / 10 if best > 1 else 1e-12).sum() == best


def test_a_row_without_a_score_gets_no_vote_and_moves_no_quantile() -> None:
    scores = np.array([[np.nan, 1.0], [2.0, 2.0], [1.0, np.nan], [0.0, 0.0], [np.nan, np.nan]])
    assert vote_counts(scores, 0.5).tolist() == [0 + 1, 1 + 1, 1 + 0, 0, 0]


def test_a_task_that_scored_nothing_casts_no_vote() -> None:
    assert vote_counts(np.array([[np.nan, 1.0], [np.nan, 2.0]]), 0.5).tolist() == [0, 1]


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, np.nan])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="not above 0 and at most 1"):
        vote_counts(np.ones((2, 2)), share)


def test_equal_votes_are_decided_by_the_mean_rank_and_then_by_the_position() -> None:
    scores = np.array([[5, 0, 0], [0, 5, 4], [0, 4, 5], [5, 1, 1], [0, 0, 0], [0, 0, 0]], dtype=float)
    # A quantile of 2/3 over six rows lies a third of the way from the fourth to the fifth value, so two rows get each
    # vote; of those with one vote in the first column the fourth row is better elsewhere.
    assert vote_counts(scores, 1 / 3).tolist() == [1, 2, 2, 1, 0, 0]
    assert most_votes(scores, 6, 1 / 3).tolist() == [1, 2, 3, 0, 4, 5]
    assert most_votes(scores, 3, 1 / 3).tolist() == [1, 2, 3]


def test_the_papers_share_is_that_of_the_budget() -> None:
    scores = np.random.default_rng(3).integers(0, 4, (20, 5)).astype(float)
    np.testing.assert_array_equal(most_votes(scores, 4), most_votes(scores, 4, share=0.2))


@pytest.mark.parametrize("rows", [0, 1, 9])
@pytest.mark.parametrize("budget", [0, 1, 4, 9, 20])
def test_the_budget_is_met_and_no_row_repeats(rows: int, budget: int) -> None:
    for scores in (np.ones((rows, 2)), np.full((rows, 2), np.nan), np.random.default_rng(0).normal(size=(rows, 2))):
        taken = most_votes(scores, budget)
        assert taken.dtype == np.int64
        assert len(set(taken.tolist())) == len(taken) == min(budget, rows)


def test_the_mean_rank_is_in_the_middle_for_ties_and_for_rows_without_a_score() -> None:
    scores = np.array([[1, 4], [2, np.nan], [2, 3], [3, 2]], dtype=float)
    first, second = [0.125, 0.5, 0.5, 0.875], [5 / 6, 0.5, 0.5, 1 / 6]
    np.testing.assert_allclose(mean_rank(scores), np.mean([first, second], axis=0))
