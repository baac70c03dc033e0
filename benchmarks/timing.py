"""Clocks, fresh caches and child processes for the benchmarks."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache"
SHARED_DATA = ROOT / ".." / "shared" / "data"


@dataclass(frozen=True)
class Finished:
    """A command that ended: seconds by the wall clock and on the processors, peak resident memory, all it printed."""

    exit_code: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    output: str


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(repeats: int, *works: Callable[[], object]) -> list[list[float]]:
    """Seconds of each work, repeated; the works take turns, so that a slow minute of the machine meets them all."""
    rounds = [[seconds(work) for work in works] for _ in range(repeats)]
    return [list(column) for column in zip(*rounds, strict=True)]


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A temporary folder under the project's cache folder: a disk, where /tmp may be memory."""
    parent = CACHE / "benchmarks"
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def empty_cache() -> Iterator[Path]:
    """Points vlitq's feature cache at an empty folder: a timing served from a cache would be a lie."""
    before = os.environ.get("VLITQ_CACHE")
    with fresh_folder() as folder:
        os.environ["VLITQ_CACHE"] = str(folder / "cache")
        try:
            yield folder
        finally:
            os.environ.pop("VLITQ_CACHE") if before is None else os.environ.update(VLITQ_CACHE=before)


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Finished:
    """Runs a command to its end; output and errors come together."""
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output:
        child = subprocess.Popen(
            [str(part) for part in command], env={**os.environ, **(env or {})}, cwd=cwd, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)  # reaped above: Popen must not wait for it again
        took = time.perf_counter() - start
        output.seek(0)
        cpu = usage.ru_utime + usage.ru_stime
        return Finished(child.returncode, took, cpu, usage.ru_maxrss / _RSS_PER_MIB, output.read())


_RSS_PER_MIB = 2**20 if sys.platform == "darwin" else 2**10


def vlitq_command() -> Path:
    """The installed command of the interpreter that runs the benchmark."""
    return Path(sys.executable).with_name("vlitq")
