"""mmSSR's round robin takes what a plain reading of the authors' loop takes, and stops at the budget."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.selection import round_robin
from vlitq.selection.maths.round_robin import round_robin_turns


def authors_turn(rows: list[int], styles: list[list[int]], many: int) -> list[int]:
    """One capability's turn over the rows it wants, the best first: bins ascending by size, with a debt carried on."""
    bins = {
        style: [row for row in rows if style in styles[row]] for style in sorted({s for r in rows for s in styles[r]})
    }
    share, taken, debt = max(many // max(len(bins), 1), 1), [], 0
    for members in sorted(bins.values(), key=len):
        if len(taken) >= many:
            break
        free = [row for row in members if row not in taken]
        number = min(share + debt, len(free), many - len(taken))
        debt = max(share + debt - len(free), 0)
        taken += free[:number]
    return taken


def authors_loop(scores: np.ndarray, styles: list[list[int]], budget: int, threshold: float) -> list[int]:
    taken: list[int] = []
    playing = list(range(scores.shape[1]))
    while len(taken) < budget and playing:
        part, out = max((budget - len(taken)) // len(playing), 1), []
        for one in playing:
            many = min(part, budget - len(taken))
            wanted = [row for row in range(len(scores)) if row not in taken and scores[row, one] > threshold]
            new = authors_turn(sorted(wanted, key=lambda row: -scores[row, one]), styles, many)
            if not new:
                out.append(one)
            taken += new
            if len(taken) >= budget:
                break
        playing = [one for one in playing if one not in out]
    return taken


@pytest.mark.parametrize("seed", range(60))
def test_the_rows_are_those_of_the_authors_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 60))
    budget = int(rng.integers(0, rows + 1))
    scores = rng.integers(0, 6, (rows, int(rng.integers(1, 5)))).astype(float)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    styles = np.sort(rng.integers(-1, 5, (rows, 3)), axis=1)[:, ::-1]
    named = [sorted({int(style) for style in row if style >= 0}) for row in styles]
    padded = np.array([row + [-1] * (3 - len(row)) for row in named])
    taken = authors_loop(scores, named, budget, threshold=1.0)
    assert round_robin(scores, padded, budget, threshold=1.0)[: len(taken)].tolist() == taken


def test_small_bins_come_first_and_what_they_lack_goes_to_the_next() -> None:
    scores = np.arange(10, 0, -1.0)[:, None]
    styles = np.array([0] * 7 + [1] * 2 + [2])
    # Six rows over three bins are two each: bin 2 has one and leaves a debt, bin 1 has two of three, bin 0 takes three.
    assert round_robin(scores, styles, 6).tolist() == [9, 7, 8, 0, 1, 2]


def test_capabilities_take_turns_in_their_order_and_no_row_twice() -> None:
    scores = np.array([[5, 5], [4, 4], [3, 3], [2, 2], [0, 1]], dtype=float)
    turns = round_robin_turns(scores, np.zeros(5, np.int64), 4)
    assert turns.order.tolist() == [0, 1, 2, 3]
    assert turns.capability.tolist() == [0, 0, 1, 1]


def test_a_capability_that_finds_nothing_leaves_its_part_to_the_others() -> None:
    scores = np.array([[0, 1], [0, 2], [5, 3], [0, 4]], dtype=float)
    turns = round_robin_turns(scores, np.zeros(4, np.int64), 4)
    assert turns.order.tolist() == [2, 3, 1, 0]
    assert turns.capability.tolist() == [0, 1, 1, 1]


def test_rows_that_no_capability_wants_fill_the_budget_by_their_mean_rank() -> None:
    scores = np.array([[0, -1], [0, -2], [1, 1], [-3, 0], [np.nan, np.nan]], dtype=float)
    turns = round_robin_turns(scores, np.zeros(5, np.int64), 5)
    assert turns.order.tolist() == [2, 0, 3, 4, 1]
    assert turns.capability.tolist() == [0, -1, -1, -1, -1]
    assert turns.style.tolist() == [0, -1, -1, -1, -1]


def test_without_a_threshold_every_row_that_has_a_score_is_wanted() -> None:
    scores = np.array([[-5.0], [np.nan], [-7.0]])
    assert round_robin_turns(scores, np.zeros(3, np.int64), 3, threshold=None).capability.tolist() == [0, 0, -1]


@pytest.mark.parametrize("rows", [0, 1, 2, 30])
@pytest.mark.parametrize("budget", [0, 1, 2, 17, 30, 99])
def test_the_budget_is_met_and_no_row_repeats(rows: int, budget: int) -> None:
    rng = np.random.default_rng(rows)
    for scores in (np.ones((rows, 3)), np.full((rows, 3), np.nan), np.zeros((rows, 0)), rng.normal(size=(rows, 3))):
        for styles in (np.zeros(rows, np.int64), np.full(rows, -1), rng.integers(-1, 9, (rows, 2))):
            taken = round_robin(scores, styles, budget)
            assert taken.dtype == np.int64
            assert len(set(taken.tolist())) == len(taken) == min(budget, rows)
