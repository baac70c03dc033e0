"""A run that is killed, again and again, ends with the same bytes as one that was left alone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from worlds import Fickle, Length, Rank, Red, colour, files, record, run, same_manifest, write

from vlitq.engine import bank, shard
from vlitq.store import Run

ROWS, IMAGES = 2000, 500
KILLS = 10
SHARD_ROWS = 130
FLUSH_SECONDS = 0.02
LONGEST = 0.4  # seconds from the start of the work to the kill: ten of them are less than the whole takes


def score(folder: Path, name: str) -> None:
    """The run of this test, in small shards, and a cache that is written often."""
    shard.SHARD_ROWS = SHARD_ROWS
    bank.FLUSH_SECONDS = FLUSH_SECONDS
    image = Fickle(seconds=0.02)
    run(folder / "data.json", folder / name, Red(image), Length(), Rank(), cache=folder / f"{name}-cache", batch_size=4)


@pytest.mark.slow
def test_a_run_of_2000_samples_killed_ten_times_ends_as_one_never_killed(tmp_path: Path) -> None:
    rng = random.Random(2)
    for i in range(IMAGES):
        colour(tmp_path / f"{i}.png", (i % 256, i // 256, 7))
    order = [rng.randrange(IMAGES) for _ in range(ROWS)]
    write(tmp_path / "data.json", [record(row, images=[f"{i}.png"]) for row, i in enumerate(order)])
    whole = start(tmp_path, "whole")
    for _ in range(KILLS):
        killed = start(tmp_path, "killed")
        time.sleep(rng.uniform(0, LONGEST))
        killed.send_signal(signal.SIGKILL)
        assert killed.wait() == -signal.SIGKILL
    last = start(tmp_path, "killed")
    while last.poll() is None and not list(tmp_path.glob("killed/progress/*.json")):
        time.sleep(0.01)  # on a busy machine none of the others may have come so far
    last.send_signal(signal.SIGKILL)
    assert last.wait() == -signal.SIGKILL
    assert whole.wait() == 0
    assert not Run(tmp_path / "killed").complete
    assert start(tmp_path, "killed").wait() == 0
    assert files(tmp_path / "killed") == files(tmp_path / "whole")
    assert same_manifest(Run(tmp_path / "killed"), Run(tmp_path / "whole"))


def start(folder: Path, name: str) -> subprocess.Popen[bytes]:
    """The run in a process of its own, when it has begun to work."""
    here = Path(__file__).parent
    code = f"import pathlib, test_kill; print(flush=True); test_kill.score(pathlib.Path({str(folder)!r}), {name!r})"
    environment = {**os.environ, "PYTHONPATH": str(here)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline(), "the process has begun"
    return process
