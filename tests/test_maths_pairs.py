"""Every pair above a threshold is found and no other, whatever the block, the order of the rows or the device."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vlitq.schema import Array
from vlitq.selection import pairs_above
from vlitq.selection.maths import pairs as module
from vlitq.selection.maths.pairs import Pairs, joined_pairs, pair_blocks


def rows_of(count: int, dim: int = 5, seed: int = 0) -> Array:
    """Unit rows, every third a slight turn of the one before it."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, dim))
    x[2::3] = x[1::3][: len(x[2::3])] + 0.05 * x[2::3]
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def cosine_matrix(x: Array) -> Array:
    x = np.asarray(x, np.float64)
    squares = (x * x).sum(axis=1)
    return (x[:, None] * x[None]).sum(axis=2) / np.sqrt(squares[:, None] * squares)


def expected(x: Array, threshold: float, inclusive: bool = True) -> tuple[list[int], list[int], list[float]]:
    cosine = cosine_matrix(x)
    left, right = np.nonzero(np.triu(cosine >= threshold if inclusive else cosine > threshold, 1))
    return left.tolist(), right.tolist(), cosine[left, right].tolist()


def lists(pairs: Pairs) -> tuple[list[int], list[int], list[float]]:
    return pairs.left.tolist(), pairs.right.tolist(), pairs.similarity.tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 7, 60])
@pytest.mark.parametrize("threshold", [-0.3, 0.5, 0.99])
@pytest.mark.parametrize("block", [1, 7, 4096])
def test_the_pairs_are_those_of_the_whole_matrix(count: int, threshold: float, block: int) -> None:
    x = rows_of(count)
    found = pairs_above(x, threshold, block=block)
    left, right, similarity = lists(found)
    assert (left, right) == expected(x, threshold)[:2]
    assert similarity == pytest.approx(expected(x, threshold)[2], abs=1e-15)


@pytest.mark.parametrize("block", [1, 3, 64])
@pytest.mark.parametrize("strip", [1, 5, 1024])
def test_the_answer_has_the_same_bits_for_every_block(block: int, strip: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x = rows_of(50, dim=33)
    whole = lists(pairs_above(x, 0.1))
    monkeypatch.setattr(module, "STRIP", strip)
    assert lists(pairs_above(x, 0.1, block=block)) == whole


def test_another_order_of_the_rows_gives_the_same_pairs_with_the_same_bits() -> None:
    x = rows_of(60, dim=33)
    order = np.random.default_rng(1).permutation(60)
    whole, moved = pairs_above(x, 0.1), pairs_above(x[order], 0.1)
    ends = np.sort([order[moved.left], order[moved.right]], axis=0)
    again = {(a, b): s for a, b, s in zip(*ends.tolist(), moved.similarity.tolist(), strict=True)}
    assert again == {(a, b): s for a, b, s in zip(*lists(whole), strict=True)}


@pytest.mark.parametrize("threshold", [0.2, 0.9])
def test_torch_finds_what_numpy_finds(threshold: float) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    x = rows_of(80, dim=33)
    assert lists(pairs_above(x, threshold, device="torch:cpu")) == lists(pairs_above(x, threshold))


def test_torch_is_left_as_precise_as_it_was() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    torch.set_float32_matmul_precision("high")
    try:
        pairs_above(rows_of(9), 0.5, device="torch:cpu")
        assert torch.get_float32_matmul_precision() == "high"
    finally:
        torch.set_float32_matmul_precision("highest")


def test_a_pair_at_the_threshold_is_in_unless_the_threshold_is_exclusive() -> None:
    x = np.array([[1, 0], [0.6, 0.8], [0, 1]])
    assert lists(pairs_above(x, 0.8)) == ([1], [2], [0.8])
    assert lists(pairs_above(x, 0.8, inclusive=False)) == ([], [], [])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_equal_rows_have_cosine_one_to_the_bit(dtype: type) -> None:
    x = np.repeat(rows_of(1, dim=512), 3, axis=0).astype(dtype)
    assert lists(pairs_above(x, 1.0)) == ([0, 0, 1], [1, 2, 2], [1.0, 1.0, 1.0])


def test_pairs_that_float32_cannot_tell_from_the_threshold_are_settled() -> None:
    """Two pairs 1e-9 to either side of the threshold: closer than float32 products can say."""
    threshold = 0.7
    angles = [0, np.arccos(threshold + 1e-9), np.pi, np.pi + np.arccos(threshold - 1e-9)]
    x = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert lists(pairs_above(x, threshold))[:2] == ([0], [1])


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_rows_are_read_from_a_file_in_their_own_type(tmp_path: Path, dtype: type) -> None:
    x = rows_of(40).astype(dtype)
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert lists(pairs_above(mapped, 0.9, block=16)) == lists(pairs_above(x, 0.9))
    assert lists(pairs_above(x, 0.9))[:2] == expected(x, 0.9)[:2]


def test_rows_of_zeros_and_of_nan_are_in_no_pair_and_hide_no_other() -> None:
    x = np.array([[1, 0], [np.nan, np.nan], [0, 0], [1, 0], [np.inf, 0]], np.float32)
    assert lists(pairs_above(x, -1.0)) == ([0], [3], [1.0])


def test_all_alike_are_all_pairs() -> None:
    assert len(pairs_above(np.ones((50, 3), np.float32), 1.0).left) == 50 * 49 // 2


def test_portions_hold_each_pair_once() -> None:
    x = rows_of(70)
    portions = list(pair_blocks(x, 0.3, block=16))
    assert len(portions) > 1
    assert lists(joined_pairs(iter(portions))) == lists(pairs_above(x, 0.3))
