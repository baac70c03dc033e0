"""The cache of vectors: what was stored is found, by any process, however many files it lies in."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from vlitq.engine import items
from vlitq.engine.items import ItemStore
from vlitq.schema import Array


def digest(number: int) -> bytes:
    """Sixteen bytes that end, as one in 256 does, with a zero."""
    return number.to_bytes(15, "big") + b"\0"


def digests(numbers: Sequence[int]) -> list[bytes]:
    return [digest(number) for number in numbers]


def vectors(numbers: Sequence[int]) -> Array:
    return np.array([[number, -number] for number in numbers], np.float32)


def test_an_empty_store_has_nothing(tmp_path: Path) -> None:
    store = ItemStore(tmp_path)
    assert store.dim == 0
    assert store.has([]).tolist() == []
    assert store.has(digests([1])).tolist() == [False]
    assert np.isnan(store.gather(digests([1]), 2)).all()


def test_what_was_added_is_found_at_once_and_by_the_next_process(tmp_path: Path) -> None:
    store = ItemStore(tmp_path)
    store.add(digests([3, 1]), vectors([3, 1]))
    store.add(digests([2]), vectors([2]))
    for reader in (store, ItemStore(tmp_path)):
        assert reader.dim == 2
        assert reader.has(digests([1, 2, 3, 4])).tolist() == [True, True, True, False]
        np.testing.assert_array_equal(reader.gather(digests([1, 4, 3]), 2), [[1, -1], [np.nan, np.nan], [3, -3]])


def test_two_processes_share_a_folder(tmp_path: Path) -> None:
    one, other = ItemStore(tmp_path), ItemStore(tmp_path)
    one.add(digests([1, 2]), vectors([1, 2]))
    other.add(digests([2, 3]), vectors([2, 3]))
    assert one.has(digests([1, 2, 3])).tolist() == [True, True, False], "it reads the folder when it is opened"
    np.testing.assert_array_equal(ItemStore(tmp_path).gather(digests([1, 2, 3]), 2), vectors([1, 2, 3]))


def test_an_item_that_was_added_twice_is_one_item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "REBUILD_AT", 1)
    store = ItemStore(tmp_path)
    for _ in range(3):
        store.add(digests([1, 2]), vectors([1, 2]))
    np.testing.assert_array_equal(store.gather(digests([2, 1]), 2), vectors([2, 1]))


def test_the_index_is_merged_and_finds_all_it_found_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "REBUILD_AT", 5)
    store = ItemStore(tmp_path)
    numbers = np.random.default_rng(0).permutation(60).tolist()
    for start in range(0, 60, 4):
        store.add(digests(numbers[start : start + 4]), vectors(numbers[start : start + 4]))
    np.testing.assert_array_equal(store.gather(digests(range(60)), 2), vectors(range(60)))


def test_a_store_of_many_files_opens_few_at_a_time(tmp_path: Path) -> None:
    store = ItemStore(tmp_path)
    for number in range(120):
        store.add(digests([number]), vectors([number]))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (110, hard))
    try:
        found = ItemStore(tmp_path).gather(digests(range(120)), 2)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    np.testing.assert_array_equal(found, vectors(range(120)))
