"""The search by cells finds no pair that is none, nearly all that are, and says truly how many."""

from __future__ import annotations

import numpy as np
import pytest

from vlitq.schema import Array
from vlitq.selection import pairs_above
from vlitq.selection.maths import partitions as module
from vlitq.selection.maths.nearest_before import nearest_before
from vlitq.selection.maths.partitions import (
    Approximate,
    partition_blocks,
    partition_nearest_before,
    partition_pairs,
    partitioned,
    ranked_limit,
)
from vlitq.selection.maths.recall import Recall, pairs_of
from vlitq.selection.maths.rows import Directions


def planted(rows: int, dim: int = 32, seed: int = 0) -> Array:
    """Random unit rows, the hard case as they have no clusters; a fifth of them copied at cosine 0.95 or 0.99."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, dim))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    for start, cosine in ((rows // 5, 0.99), (2 * (rows // 5), 0.95)):
        turned = x[start : start + rows // 5]
        turned -= (turned * x[: len(turned)]).sum(axis=1, keepdims=True) * x[: len(turned)]
        turned *= np.sqrt(1 - cosine**2) / np.linalg.norm(turned, axis=1, keepdims=True)
        turned += cosine * x[: len(turned)]
    return x[rng.permutation(rows)].astype(np.float32)


def search(x: Array, threshold: float = 0.9, target: float = 0.99) -> Approximate:
    return partition_pairs(x, threshold, np.random.default_rng(0), target=target)


def named(pairs: tuple[Array, ...]) -> dict[tuple[int, int], float]:
    left, right, similarity = (part.tolist() for part in pairs)
    assert len(set(zip(left, right, strict=True))) == len(left), "a pair was given twice"
    return {(a, b): s for a, b, s in zip(left, right, similarity, strict=True)}


@pytest.mark.parametrize("target", [0.8, 0.99])
def test_nearly_all_pairs_are_found_no_other_and_the_stated_interval_holds_the_truth(target: float) -> None:
    x = planted(4000)
    found, true = search(x, target=target), named(pairs_above(x, 0.9))
    met = named(found.pairs)
    assert met.items() <= true.items()
    low, high = found.recall.interval
    assert low <= len(met) / len(true) <= high
    assert found.recall.share >= target


def test_a_higher_target_looks_into_more_cells() -> None:
    x = planted(4000)
    assert search(x, target=1.0).probes > search(x, target=0.5).probes


def test_looking_into_all_cells_finds_all() -> None:
    x = planted(600)
    assert named(search(x, 0.5, target=1.0).pairs).keys() >= named(pairs_above(x, 0.9)).keys()
    assert named(search(x, -1.0, target=1.0).pairs) == named(pairs_above(x, -1.0))


def test_pieces_of_a_cell_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    x = planted(500)
    whole = named(search(x).pairs)
    monkeypatch.setattr(module, "STRIP", 7)
    assert named(search(x).pairs) == whole


def test_the_same_seed_gives_the_same_answer() -> None:
    x = planted(1000)
    assert named(search(x).pairs) == named(search(x).pairs)


def test_rows_without_a_direction_are_in_no_pair() -> None:
    x = np.ones((6, 4), np.float32)
    x[2], x[4] = np.nan, 0
    assert set(named(search(x).pairs)) == {(0, 1), (0, 3), (0, 5), (1, 3), (1, 5), (3, 5)}


@pytest.mark.parametrize("rows", [0, 1])
def test_no_rows_and_one(rows: int) -> None:
    assert len(search(np.ones((rows, 4), np.float32)).pairs.left) == 0


def test_without_a_pair_the_recall_is_not_known() -> None:
    found = search(np.eye(50, dtype=np.float32))
    assert np.isnan(found.recall.share)
    assert found.recall.interval == (0.0, 1.0)


def test_all_alike_are_all_pairs() -> None:
    assert len(search(np.ones((300, 3), np.float32)).pairs.left) == 300 * 299 // 2


def test_portions_can_be_taken_one_by_one() -> None:
    x = planted(1000)
    made = partitioned(Directions.of(x), 0.9, np.random.default_rng(0))
    total = sum(len(portion.left) for portion in partition_blocks(made, 0.9))
    assert total == len(search(x).pairs.left)
    assert 0 < made.share < 1


def test_the_nearest_before_are_those_of_the_exact_search_where_they_are_near() -> None:
    x = planted(4000)
    rows = Directions.of(x)
    found = partition_nearest_before(partitioned(rows, 0.9, np.random.default_rng(0)), len(x))
    exact = nearest_before(x)
    near = exact.similarity > 0.9
    assert (found.row[near] == exact.row[near]).mean() >= 0.98
    assert (found.similarity <= exact.similarity).all()


def test_the_limit_is_where_the_share_of_rows_stays() -> None:
    x = planted(3000)
    limit = ranked_limit(Directions.of(x), 2000, np.random.default_rng(0))
    assert (nearest_before(x).similarity <= limit).mean() == pytest.approx(2 / 3, abs=0.05)


def test_wilsons_interval_by_hand() -> None:
    """Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662."""
    assert Recall(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Recall(10, 10).interval[1] == pytest.approx(1.0)
    assert str(Recall(1, 2)) == "0.5000 [0.0945, 0.9055] (1 of 2 pairs)"


def test_a_sample_has_all_its_pairs() -> None:
    x, some = planted(300), np.array([3, 200])
    one, other = pairs_of(Directions.of(x), some, 0.3, 10_000, np.random.default_rng(0))
    cosine = x[some].astype(np.float64) @ x.T
    row, column = np.nonzero(cosine >= 0.3)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == sorted(
        (some[r], c) for r, c in zip(row.tolist(), column.tolist(), strict=True) if some[r] != c
    )
