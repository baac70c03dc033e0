"""DEITA's filter against its definition, one row after the other in float64; and the screen, which is only a bound."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vlitq.schema import Array
from vlitq.selection import deita
from vlitq.selection.maths import deita as module
from vlitq.selection.maths.screen import AGAINST, Screen, screen_for


def by_definition(x: Array, budget: int, threshold: float, fill: bool = True) -> list[int]:
    kept: list[int] = []
    skipped: list[int] = []
    for row, vector in enumerate(x.astype(np.float64)):
        if len(kept) == budget:
            break
        close = any(x[other].astype(np.float64) @ vector > threshold + 1e-6 for other in kept)
        (skipped if close else kept).append(row)
    rest = skipped + [row for row in range(len(x)) if row not in kept and row not in skipped]
    return kept + sorted(rest)[: budget - len(kept)] if fill else kept


def directions(rng: np.random.Generator, rows: int, dim: int, copies: float = 0.5) -> Array:
    """Unit rows, many of which are near copies of the first."""
    x = rng.standard_normal((rows, dim))
    near = rng.random(rows) < copies
    x[near] = x[rng.integers(0, max(rows // 5, 1), near.sum())] + 0.2 * rng.standard_normal((near.sum(), dim))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def test_the_second_of_two_copies_is_skipped_and_fills_the_budget_last() -> None:
    x = np.array([[1, 0], [1, 0], [0.6, 0.8], [0, 1]], dtype=np.float32)
    assert deita(x, 2).tolist() == [0, 2]
    assert deita(x, 4).tolist() == [0, 2, 3, 1]
    assert deita(x, 4, fill=False).tolist() == [0, 2, 3]
    assert deita(x, 3, threshold=0.7).tolist() == [0, 2, 1]


def test_a_cosine_at_the_threshold_is_not_above_it() -> None:
    x = np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)
    assert deita(x, 2, threshold=0.6, fill=False).tolist() == [0, 1]
    assert deita(x, 2, threshold=0.59, fill=False).tolist() == [0]


def test_rows_without_a_direction_are_close_to_none() -> None:
    x = np.array([[np.nan, np.nan], [1, 0], [np.nan, 1], [1, 0], [0, 0]], dtype=np.float32)
    assert deita(x, 5, fill=False).tolist() == [0, 1, 2, 4]


def test_half_precision_and_any_length_are_the_same_directions() -> None:
    x = directions(np.random.default_rng(1), 50, 8)
    assert deita((3 * x).astype(np.float16), 30).tolist() == deita(x, 30).tolist()


def test_lists_and_double_precision_are_the_same_and_left_unchanged() -> None:
    x = directions(np.random.default_rng(2), 50, 8).astype(np.float64)
    x.flags.writeable = False
    assert deita(x, 30).tolist() == deita(x.tolist(), 30).tolist() == deita(x.astype(np.float32), 30).tolist()
    assert deita([], 3).tolist() == []


@given(st.integers(0, 60), st.integers(0, 70), st.integers(1, 6), st.floats(-1, 1), st.integers(0, 9), st.booleans())
def test_it_takes_what_the_definition_takes(
    rows: int, budget: int, dim: int, threshold: float, seed: int, fill: bool
) -> None:
    x = directions(np.random.default_rng(seed), rows, dim)
    assert deita(x, budget, threshold, fill=fill).tolist() == by_definition(x, budget, threshold, fill)


@pytest.mark.parametrize("rows", [0, 1, 5])
@pytest.mark.parametrize("budget", [0, 1, 5, 9])
def test_the_budget_is_met_where_all_rows_are_alike(rows: int, budget: int) -> None:
    assert deita(np.ones((rows, 3), np.float32), budget).tolist() == list(range(min(rows, budget)))


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from([0.2, 0.7, 0.9]), st.booleans())
def test_blocks_chunks_and_the_screen_change_nothing(seed: int, threshold: float, narrow: bool) -> None:
    rng = np.random.default_rng(seed)
    x = directions(rng, 400, 24, copies=0.3)
    if narrow:  # most of the length in two directions, so that a screen is worth it
        x[:, :2] += 3
        x /= np.linalg.norm(x, axis=1, keepdims=True)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(module, "BLOCK", 16)
        small.setattr(module, "CHUNK", 32)
        small.setattr(module, "SCREENED_FROM", 64)
        small.setattr(module, "screen_for", lambda sample, limit: Screen(np.linalg.qr(sample[:3].T)[0]))
        taken = deita(x, 300, threshold)
    assert taken.tolist() == by_definition(x, 300, threshold)


@given(st.integers(0, 10**6), st.integers(1, 12))
def test_a_screen_bounds_every_cosine(seed: int, kept: int) -> None:
    rng = np.random.default_rng(seed)
    x = directions(rng, 40, 12)
    screen = Screen(np.linalg.qr(rng.standard_normal((12, kept)))[0].astype(np.float32))
    assert (screen.of(x) @ screen.of(x).T >= x @ x.T - 1e-6).all()


def test_a_screen_is_chosen_where_the_rows_lie_in_few_directions_and_not_where_they_are_everywhere() -> None:
    rng = np.random.default_rng(0)
    everywhere = rng.standard_normal((AGAINST + 500, 64)).astype(np.float32)
    scale = np.r_[np.ones(4), np.full(60, 0.05)].astype(np.float32)
    few = everywhere * scale
    few, everywhere = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (few, everywhere))
    found = screen_for(few, 0.999)
    assert found is not None
    assert found.directions.shape == (64, 4)
    assert screen_for(everywhere, 0.3) is None
    assert screen_for(few[:100], 0.9) is None
