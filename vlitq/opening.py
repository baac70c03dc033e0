"""Opens the folder of a run; of what is none says what it is instead, and of one that is not finished why."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

from vlitq.engine.run import LOCK
from vlitq.store import MANIFEST, Run, RunError, decisions_file, manifest_file

BESIDE = (".decisions.parquet", ".manifest.json")  # what `select` writes beside a subset


def open_run(path: Path) -> Run:
    """The run in a folder. Raises `RunError`, which says what `path` is where it is no such folder."""
    if not path.is_dir() or not (path / MANIFEST).is_file():
        raise RunError(_no_run(path))
    return Run(path)


def unfinished(run: Run) -> str:
    """What to do about a run that is not finished."""
    if is_being_written(run.path):
        return f"{run.path} is being scored by another process: wait until that is done"
    return f"{run.path} is not finished: run the same `score` again, it goes on where it stopped"


def _no_run(path: Path) -> str:
    if path.is_dir():
        if inside := sorted(one.parent for one in path.glob(f"*/{MANIFEST}")):
            return f"{path} holds no run: did you mean {inside[0]}?"
        return f"{path} holds no run: there is no {MANIFEST}. `vlitq score DATA --out {path}` makes one"
    if not path.exists():
        return f"{path} is not there: name the folder of a run; `vlitq score DATA --out {path}` makes one"
    if (run := _run_of(path)) is not None:
        return f"{path} is a subset that `vlitq select` wrote, or beside one: name the run it is of, {run}"
    return f"{path} is a file, and a run is a folder: `vlitq score {path} --out RUN` makes one of a dataset"


def _run_of(file: Path) -> str | None:
    """The run of a written subset, or of what stands beside one; None of any other file."""
    names = [file, *(file.with_name(file.name.removesuffix(end)) for end in BESIDE if file.name.endswith(end))]
    for subset in names:
        if decisions_file(subset).is_file() and manifest_file(subset).is_file():
            try:
                return str(json.loads(manifest_file(subset).read_text(encoding="utf-8"))["run"])
            except (ValueError, TypeError, KeyError):
                continue
    return None


def is_being_written(run: Path) -> bool:
    """True while a `score` holds the folder's lock."""
    try:
        with (run / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
