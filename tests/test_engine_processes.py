"""A pass that needs no model runs in several processes: the same bytes, the same errors, and nobody left behind."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import OWNER, Judge, Length, column, cost, files, record, same_manifest

from vlitq.engine import processes, shard
from vlitq.engine.manifest import Request
from vlitq.engine.run import execute
from vlitq.formats.llava import Llava
from vlitq.node import Runtime
from vlitq.plan import Plan
from vlitq.plugin import FormatError, Row, Scorer
from vlitq.store import Run, RunError

ROWS = 41
SHARD = 4


@pytest.fixture(autouse=True)
def _small_is_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "SHARD_ROWS", SHARD)
    monkeypatch.setattr(processes, "BYTES_A_PROCESS", 1)
    monkeypatch.setattr(processes, "ROWS_A_PROCESS", 1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Forty-one samples, a line each; the fourteenth line is broken, and some name an image that is not there."""
    lines = [json.dumps(record(i, images=["no.png"] if i % 5 == 0 else [])) for i in range(ROWS)]
    lines[13] = "{"
    path = tmp_path / "data.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(data: Path, out: Path, workers: int, *scorers: Scorer, limit: int | None = None, **fields: Any) -> Run:
    """Score in as many processes."""
    plan = Plan(scorers, dict.fromkeys((scorer.name for scorer in scorers), OWNER), {}, {})
    request = Request(data, data.parent, out, Llava(), data.parent / "cache", limit, quiet=True)
    return execute(plan, replace(request, **fields), Runtime(workers=workers))


def characters(responses: list[str]) -> Any:
    """A mark by the length of the response; with where it was given."""
    Path(os.environ["VLITQ_TEST_PIDS"], str(os.getpid())).touch()
    if any("number 22." in response for response in responses):
        raise ValueError("not this one")
    return np.array([len(response) % 10 for response in responses], np.int32)


@pytest.fixture
def pids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], set[int]]:
    """The processes that `characters` ran in."""
    folder = tmp_path / "pids"
    folder.mkdir()
    monkeypatch.setenv("VLITQ_TEST_PIDS", str(folder))
    return lambda: {int(path.name) for path in folder.iterdir()}


def test_three_processes_write_what_one_writes(data: Path, tmp_path: Path, pids: Callable[[], set[int]]) -> None:
    one = run(data, tmp_path / "one", 1, Judge(characters))
    assert pids() == {os.getpid()}
    three = run(data, tmp_path / "three", 3, Judge(characters))
    assert len(pids()) == 3
    assert files(one.path) == files(three.path)
    assert same_manifest(one, three)
    assert cost(three)["scorers"]["judge"] > 0


def test_a_failure_is_attributed_whichever_process_it_happens_in(
    data: Path, tmp_path: Path, pids: Callable[[], set[int]]
) -> None:
    scored = run(data, tmp_path / "run", 3, Judge(characters))
    failed = {entry["id"]: entry["reason"] for entry in scored.unscored().to_pylist() if entry["node"] == "judge"}
    assert failed["s22"] == f"judge of plugin {OWNER}: ValueError: not this one"


def test_a_limit_holds_in_every_process(data: Path, tmp_path: Path, pids: Callable[[], set[int]]) -> None:
    scored = run(data, tmp_path / "run", 3, Judge(characters), limit=18)
    assert len(scored) == len(scored.table()) == 18
    assert len(pids()) == 3


def test_fewer_shards_than_processes_are_scored(data: Path, tmp_path: Path, pids: Callable[[], set[int]]) -> None:
    assert len(run(data, tmp_path / "run", 3, Judge(characters), limit=3).table()) == 3


def test_a_run_that_needs_a_model_stays_in_one_process(data: Path, tmp_path: Path) -> None:
    request = Request(data, data.parent, tmp_path / "run", Llava())
    assert processes.number_of(Plan((Length(),), {}, {}, {}), request, Runtime(workers=3)) == 1
    assert processes.number_of(Plan((Judge(characters),), {}, {}, {}), request, Runtime(workers=3)) == 3


def test_a_small_dataset_stays_in_one_process(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "BYTES_A_PROCESS", data.stat().st_size // 2 + 1)
    request = Request(data, data.parent, tmp_path / "run", Llava())
    assert processes.number_of(Plan((Judge(characters),), {}, {}, {}), request, Runtime(workers=3)) == 1


def test_a_scorer_that_cannot_be_pickled_is_scored_here(data: Path, tmp_path: Path) -> None:
    seen: list[int] = []

    def count(responses: list[str]) -> Any:
        seen.append(len(responses))
        return np.ones(len(responses), np.int32)

    scored = run(data, tmp_path / "run", 3, Judge(count))
    assert sum(seen) == ROWS - 1
    assert scored.complete


def test_a_scorer_of_the_users_own_script_is_scored_there(data: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import test_engine_processes as here, worlds, pathlib, numpy\n"
        "here.shard.SHARD_ROWS, here.processes.BYTES_A_PROCESS = 4, 1\n"
        "print('begun')\n"
        "def ones(responses):\n    return numpy.ones(len(responses), numpy.int32)\n"
        f"here.run(pathlib.Path({str(data)!r}), pathlib.Path({str(tmp_path / 'run')!r}), 3, worlds.Judge(ones))\n"
    )
    finished = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert finished.stdout == "begun\n", "the script ran once"
    assert finished.stderr == ""
    assert len(Run(tmp_path / "run").table()) == ROWS


@dataclass(frozen=True)
class Rotten(Llava):
    """Breaks while reading: in a row of the second share of two, with an error of any make."""

    error: Callable[[], Exception] = RuntimeError

    def read(self, path: Path, wanted: Callable[[int], bool] = lambda row: True) -> Iterator[Row | None]:
        for number, row in enumerate(super().read(path, wanted)):
            if number == 22 and wanted(number):
                raise self.error()
            yield row


class Awkward(Exception):
    """An exception that does not survive pickling."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def no_room() -> Exception:
    return OSError(errno.ENOSPC, "No space left on device")


def unreadable() -> Exception:
    return FormatError("data.jsonl: rotten from here on")


def awkward() -> Exception:
    return Awkward(1, 2)


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (no_room, RunError, r"no room to write: No space left on device\. Free some space for .*run"),
        (unreadable, FormatError, r"^data\.jsonl: rotten from here on"),
        (awkward, RunError, r"a process that scored a share of the rows failed: Awkward: 1 and 2"),
    ],
)
def test_what_fails_in_another_process_is_raised_here_and_the_run_goes_on_from_there(
    data: Path, tmp_path: Path, pids: Callable[[], set[int]], error: Any, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        run(data, tmp_path / "run", 2, Judge(characters), format=Rotten(error))
    assert not list(tmp_path.rglob("*.partial"))
    _ends_as_one_left_alone(data, tmp_path)


def test_a_format_that_leaves_out_a_wanted_row_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="row 3 was wanted, but its format left it out"):
        run(data, tmp_path / "run", 1, Judge(characters), format=Forgetful())


class Forgetful(Llava):
    """Forgets a row."""

    def read(self, path: Path, wanted: Callable[[int], bool] = lambda row: True) -> Iterator[Row | None]:
        return (None if number == 3 else row for number, row in enumerate(super().read(path, wanted)))


def ends_its_process(responses: list[str]) -> Any:
    """As the system ends a process when memory runs out."""
    if any("number 22." in response for response in responses):
        os.kill(os.getpid(), signal.SIGKILL)
    return np.ones(len(responses), np.int32)


def test_a_process_that_is_killed_is_told_of_and_the_run_goes_on_from_there(
    data: Path, tmp_path: Path, pids: Callable[[], set[int]]
) -> None:
    with pytest.raises(RunError, match=r"ended early, by signal 9 .* The same command goes on where it stopped"):
        run(data, tmp_path / "run", 2, Judge(ends_its_process))
    _ends_as_one_left_alone(data, tmp_path)


def _ends_as_one_left_alone(data: Path, tmp_path: Path) -> None:
    assert not Run(tmp_path / "run").complete
    resumed = run(data, tmp_path / "run", 3, Judge(characters))
    whole = run(data, tmp_path / "whole", 1, Judge(characters))
    folder = next((whole.path / "scores").iterdir()).relative_to(whole.path)
    assert files(resumed.path / folder) == files(whole.path / folder)
    assert files(resumed.path / "rows") == files(whole.path / "rows")
    assert column(resumed, "id") == column(whole, "id")


def slow(responses: list[str]) -> Any:
    """Takes a while, and says that it began."""
    Path(os.environ["VLITQ_TEST_PIDS"], str(os.getpid())).touch()
    time.sleep(0.2)
    return np.ones(len(responses), np.int32)


def test_nobody_works_on_when_the_run_is_killed(data: Path, tmp_path: Path, pids: Callable[[], set[int]]) -> None:
    parent = _start_slow(data, tmp_path / "run")
    _wait_until(lambda: len(pids()) == 3)
    parent.kill()
    parent.communicate()
    _wait_until(lambda: not any(_alive(pid) for pid in pids()), seconds=2)
    assert run(data, tmp_path / "run", 1, Judge(slow)).complete, "and nobody holds the lock"


def test_an_interrupt_ends_everybody_at_a_shard(data: Path, tmp_path: Path, pids: Callable[[], set[int]]) -> None:
    parent = _start_slow(data, tmp_path / "run")
    _wait_until(lambda: len(pids()) == 3)
    os.killpg(parent.pid, signal.SIGINT)
    _, errors = parent.communicate()
    assert parent.returncode == -signal.SIGINT
    assert errors.count("Traceback") == 1, "that of the interrupted process alone"
    assert not any(_alive(pid) for pid in pids())
    assert not list(tmp_path.rglob("*.partial"))


def _start_slow(data: Path, out: Path) -> subprocess.Popen[str]:
    code = (
        "import pathlib, signal, worlds, test_engine_processes as here\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs ignore it
        "here.shard.SHARD_ROWS, here.processes.BYTES_A_PROCESS = 4, 1\n"
        f"here.run(pathlib.Path({str(data)!r}), pathlib.Path({str(out)!r}), 3, worlds.Judge(here.slow))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    command = [sys.executable, "-c", code]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)


def _alive(pid: int) -> bool:
    try:
        return b"State:\tZ" not in Path(f"/proc/{pid}/status").read_bytes()
    except FileNotFoundError:
        return False


def _wait_until(claim: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < until
        time.sleep(0.02)
