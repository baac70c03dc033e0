"""A run goes on where it stopped and ends with the same bytes; what is there already is not computed again."""

from __future__ import annotations

import fcntl
import json
import pickle
import re
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from worlds import (
    Blue,
    Colour,
    Fickle,
    Judge,
    Length,
    Rank,
    Red,
    Vivid,
    colour,
    column,
    computed,
    cost,
    files,
    record,
    run,
    same_manifest,
    write,
)

from vlitq.engine import shard
from vlitq.engine.items import ItemStore
from vlitq.plugin import Array, Scorer
from vlitq.store import Run, RunError

ROWS = 21
SHARD = 4


@pytest.fixture(autouse=True)
def _small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "SHARD_ROWS", SHARD)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Twenty-one samples of seven images."""
    for i in range(7):
        colour(tmp_path / f"{i}.png", (30 * i, 9, 40))
    return write(tmp_path / "data.json", [record(i, images=[f"{i % 7}.png"]) for i in range(ROWS)])


class Stops:
    """A judge of responses who is interrupted at one of them, the first time it comes."""

    def __init__(self, at: str) -> None:
        self.at = at

    def __call__(self, responses: list[str]) -> Any:
        if self.at and any(self.at in response for response in responses):
            self.at = ""
            raise KeyboardInterrupt
        return np.ones(len(responses), np.int32)


@pytest.mark.parametrize("row", [0, 9, 20])
def test_an_interrupted_run_ends_as_one_that_never_was(data: Path, tmp_path: Path, row: int) -> None:
    stops = Judge(Stops(f"number {row}."))
    with pytest.raises(KeyboardInterrupt):
        run(data, tmp_path / "run", stops, Red(), Length(), Rank(), cache=tmp_path / "one")
    assert not Run(tmp_path / "run").complete
    resumed = run(data, tmp_path / "run", stops, Red(), Length(), Rank(), cache=tmp_path / "one")
    whole = run(data, tmp_path / "whole", Judge(Stops("")), Red(), Length(), Rank(), cache=tmp_path / "two")
    assert files(resumed.path) == files(whole.path)
    assert same_manifest(resumed, whole)


@dataclass(frozen=True)
class Stopping(Fickle):
    """Is interrupted in its third batch, the first time."""

    batches: ClassVar[int] = 0

    def _encode(self, items: list[Array]) -> Array:
        type(self).batches += 1
        if self.batches == 3:
            raise KeyboardInterrupt
        return super()._encode(items)


def test_a_run_interrupted_within_a_batch_goes_on_with_the_same_batches(data: Path, tmp_path: Path) -> None:
    records = [record(i, images=[f"{(i * i) % 7}.png", f"{i % 7}.png"]) for i in range(ROWS)]
    write(data, records)
    with pytest.raises(KeyboardInterrupt):
        run(data, tmp_path / "run", Red(Stopping()), Length(), cache=tmp_path / "one", batch_size=2)
    resumed = run(data, tmp_path / "run", Red(Stopping()), Length(), cache=tmp_path / "one", batch_size=2)
    whole = run(data, tmp_path / "whole", Red(Stopping()), Length(), cache=tmp_path / "two", batch_size=2)
    assert files(resumed.path) == files(whole.path)


@contextmanager
def disk_with_room_for(size: int) -> Iterator[None]:
    """No file can grow beyond `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("scorer", [Judge(Stops("")), Length()])
def test_a_full_disk_is_told_and_the_run_goes_on_when_there_is_room(
    tmp_path: Path, scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write(tmp_path / "data.json", [record(i) for i in range(3000)])
    monkeypatch.setattr(shard, "SHARD_ROWS", 1000)
    with disk_with_room_for(8000), pytest.raises(RunError, match=r"no room to write: .* Free some space for .*run"):
        run(data, tmp_path / "run", scorer)
    assert not list(tmp_path.rglob("*.partial"))
    assert len(run(data, tmp_path / "run", scorer)) == 3000


def test_what_was_encoded_before_an_interruption_is_not_encoded_again(data: Path, tmp_path: Path) -> None:
    stops = Judge(Stops("number 9."))
    with pytest.raises(KeyboardInterrupt):
        run(data, tmp_path / "run", stops, Red(), Length())
    resumed = run(data, tmp_path / "run", stops, Red(), Length())
    assert computed(resumed)["colour"] == 0
    assert computed(resumed)["letters"] <= ROWS - 3 * SHARD


def test_a_run_that_is_done_is_left_alone(data: Path, tmp_path: Path) -> None:
    once = run(data, tmp_path / "run", Red())
    again = run(data, tmp_path / "run", Red())
    assert again.manifest == once.manifest


def test_one_more_scorer_computes_only_what_is_new(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Red())
    more = run(data, tmp_path / "run", Red(), Blue(), Length())
    assert more.scorers == ("red", "blue", "length")
    assert computed(more) == {"colour": 0, "letters": ROWS}
    assert cost(more)["images"]["decoded"] == 0
    assert set(cost(more)["scorers"]) == {"blue", "length"}
    assert column(more, "red.mean") == column(run(data, tmp_path / "other", Red()), "red.mean")


def test_new_rows_compute_only_what_is_new(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Red(), Length())
    colour(tmp_path / "new.png", (255, 255, 255))
    write(data, [record(i, images=[f"{i % 7}.png"]) for i in range(ROWS)] + [record(ROWS, images=["new.png"])])
    grown = run(data, tmp_path / "grown", Red(), Length())
    assert computed(grown) == {"colour": 1, "letters": 1}
    assert cost(grown)["images"]["decoded"] == 1


def test_changed_parameters_compute_that_scorer_alone_and_going_back_finds_the_old_scores(
    data: Path, tmp_path: Path
) -> None:
    first = column(run(data, tmp_path / "run", Red(), Length()), "red.mean")
    half = run(data, tmp_path / "run", Red(gain=0.5), Length())
    assert set(cost(half)["scorers"]) == {"red"}
    assert column(half, "red.mean") == pytest.approx(np.array(first) / 2)
    back = run(data, tmp_path / "run", Red(), Length())
    assert cost(back)["scorers"] == {}
    assert column(back, "red.mean") == first


def test_what_an_interrupted_pass_left_undone_hides_nothing_that_was_finished(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Red())
    with pytest.raises(KeyboardInterrupt):
        run(data, tmp_path / "run", Red(), Judge(Stops("number 9.")))
    half = Run(tmp_path / "run")
    assert half.scorers == ("red",)
    assert len(half.table()) == ROWS
    done = run(data, tmp_path / "run", Red())
    assert done.complete
    assert done.scorers == ("red",)


def test_a_second_corpus_scorer_shares_what_the_first_computed(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Rank())
    again = run(data, tmp_path / "run", Rank(broken=0.5))
    assert set(cost(again)["scorers"]) == {"rank"}, "the ranks themselves lie in the folder"


def test_a_row_that_failed_keeps_its_status_when_a_scorer_is_added(data: Path, tmp_path: Path) -> None:
    (tmp_path / "3.png").unlink()
    run(data, tmp_path / "run", Red())
    more = run(data, tmp_path / "run", Length())
    assert column(more, "status")[3] == "missing_image"
    assert more.status("length")[3] == "ok"


def test_another_dataset_is_refused(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Red())
    write(data, [record(0)])
    with pytest.raises(RunError, match=r"holds another run: its dataset was .* Choose another --out"):
        run(data, tmp_path / "run", Red())


def test_another_limit_is_refused(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Red(), limit=5)
    with pytest.raises(RunError, match="its --limit was 5, not None"):
        run(data, tmp_path / "run", Red())


def test_a_folder_of_something_else_is_refused_and_left_as_it_is(data: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "photos"
    foreign.mkdir()
    (foreign / "cat.jpg").touch()
    with pytest.raises(RunError, match="photos is not empty and holds no run"):
        run(data, foreign, Red())
    assert [path.name for path in foreign.iterdir()] == ["cat.jpg"]


def test_a_file_in_place_of_the_folder_is_refused(data: Path) -> None:
    with pytest.raises(RunError, match="is a file: choose another --out"):
        run(data, data, Red())


@pytest.mark.parametrize("text", ["{", "[]", '{"name": "somebody else\'s"}'])
def test_a_manifest_of_something_else_is_refused(data: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "manifest.json").write_text(text)
    with pytest.raises(RunError, match="is not the manifest of a run"):
        run(data, tmp_path / "run", Red())


def test_a_run_killed_before_its_first_manifest_can_be_started_again(data: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "lock").touch()
    (tmp_path / "run" / "manifest.json.partial").touch()
    assert run(data, tmp_path / "run", Red()).complete


def test_two_processes_do_not_write_one_folder(data: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    with (tmp_path / "run" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(RunError, match=r"another process is writing .*run: wait for it"):
            run(data, tmp_path / "run", Red())
    assert run(data, tmp_path / "run", Red()).complete


@pytest.fixture
def cached(data: Path, tmp_path: Path) -> Iterator[Path]:
    """The cache that a run left; afterwards another run scores as that one did."""
    expected = column(run(data, tmp_path / "run", Red()), "red.mean")
    (folder,) = (tmp_path / "cache").iterdir()
    yield folder
    again = run(data, tmp_path / "again", Red())
    assert column(again, "red.mean") == expected
    assert computed(again)["colour"] > 0


class Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self.mark,)


def test_a_pickle_in_the_cache_is_never_run(cached: Path, tmp_path: Path) -> None:
    for path in cached.glob("*.npy"):
        path.write_bytes(pickle.dumps(Bomb(tmp_path / "ran")))
        ItemStore(cached)
    array = np.array([Bomb(tmp_path / "ran")], object)
    for path in cached.glob("*.keys.npy"):
        np.save(path, array, allow_pickle=True)
    ItemStore(cached)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("bytes_left", [0, 5, 70, 130])
def test_a_cache_file_cut_short_is_passed_over_with_a_word(
    cached: Path, bytes_left: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = sorted(cached.glob("*.vectors.npy"))[0]
    path.write_bytes(path.read_bytes()[:bytes_left])
    ItemStore(cached)
    assert re.search(r"passing over a damaged file of the cache, .*keys\.npy", caplog.text)


def test_vectors_without_their_keys_do_not_count(cached: Path) -> None:
    for path in cached.glob("*.keys.npy"):
        path.rename(path.with_name(path.name + ".partial"))


def test_keys_that_do_not_fit_their_vectors_do_not_count(cached: Path) -> None:
    for path in cached.glob("*.keys.npy"):
        np.save(path, np.concatenate([np.load(path)] * 2))


def test_a_cache_that_was_deleted_is_filled_again(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Red())
    shutil.rmtree(tmp_path / "cache")
    again = run(data, tmp_path / "again", Red())
    assert computed(again) == {"colour": 7}


def test_the_manifest_says_what_made_the_run(data: Path, tmp_path: Path) -> None:
    manifest = json.loads((run(data, tmp_path / "run", Red(), Vivid(), Rank()).path / "manifest.json").read_text())
    assert manifest["rows"] == ROWS
    assert manifest["statuses"] == {"ok": ROWS}
    assert manifest["scorers"]["red"]["plugin"] == "toys (vlitq-toys 1.0)"
    assert manifest["scorers"]["red"]["statuses"] == {"ok": ROWS}
    assert manifest["scorers"]["rank"]["summary"] == {"rows": ROWS}
    assert set(manifest["features"]) == {"colour", "content", "ranks"}
    assert manifest["libraries"]["vlitq"]


def test_features_of_one_name_are_told_apart(data: Path, tmp_path: Path) -> None:
    both = run(data, tmp_path / "run", Red(), Blue(Colour(bad=300)))
    assert len([name for name in cost(both)["features"] if name.startswith("colour")]) == 2
