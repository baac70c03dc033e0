"""Programs side by side: each in a process and an interpreter of its own, in turn, on the same vectors."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.results import Figure, Spread
from benchmarks.rivals.clocked import ANSWER, VECTORS
from benchmarks.timing import ROOT, run
from vlitq.schema import Array


@dataclass(frozen=True)
class Subject:
    """A program: how it is called in `module`, and the interpreter that runs it.

    `path` is what it needs on PYTHONPATH; `way` says how the user gets what is absent; `rounds` how often it runs at
    most, for what is slow.
    """

    name: str
    key: str
    module: str
    interpreter: Path = Path(sys.executable)
    path: Path | None = None
    way: str = ""
    rounds: int = 99

    @property
    def missing(self) -> str:
        """Why it cannot run here; empty when it can."""
        needed = [self.interpreter, *([self.path] if self.path else [])]
        absent = [place for place in needed if not place.exists()]
        return f"could not run: no {os.path.relpath(absent[0], ROOT)}; {self.way}" if absent else ""


@dataclass(frozen=True)
class Took:
    """Seconds by the wall clock, the process's peak memory in MiB, what it held before the clock started, and its
    answer."""

    seconds: float
    peak: float
    before: float
    answer: Array


@dataclass
class Trial:
    """What each subject took, a round an entry; `failed` says what became of the others."""

    took: dict[str, list[Took]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def spread(self, name: str, value: Callable[[Took], float]) -> Spread:
        """One value of a subject over its rounds."""
        return Spread.of([value(took) for took in self.took[name]])

    def figure(self, label: str, unit: str, value: Callable[[Took], float]) -> Figure:
        """One value of every subject that ran."""
        return Figure(label, unit, {name: self.spread(name, value) for name in self.took})

    def times(self, label: str) -> Figure:
        """Seconds of every subject, or why it has none."""
        spreads: dict[str, Spread | str] = {name: self.spread(name, seconds) for name in self.took}
        return Figure(label, "s", spreads | self.failed)

    def ratio(self, name: str, others: Iterable[str], value: Callable[[Took], float]) -> Spread:
        """A subject's value by the smallest of the others' in the same round, or in the last that the other ran."""
        others = list(others)
        return Spread.of(
            [
                value(took) / min(value(self.took[other][min(number, len(self.took[other]) - 1)]) for other in others)
                for number, took in enumerate(self.took[name])
            ]
        )


def seconds(took: Took) -> float:
    """What a subject took by the wall clock."""
    return took.seconds


def peak(took: Took) -> float:
    """The process's peak memory in MiB."""
    return took.peak


def trial(
    subjects: Sequence[Subject], x: Array, rounds: int, folder: Path, settings: Mapping[str, str] | None = None
) -> Trial:
    """Runs the subjects in turn, `rounds` times, on the rows of `x`. One that fails is not started again."""
    folder.mkdir()
    np.save(folder / VECTORS, x)
    found = Trial(failed={subject.name: subject.missing for subject in subjects if subject.missing})
    for number in range(rounds):
        for subject in subjects:
            if subject.name in found.failed or number >= subject.rounds:
                continue
            try:
                found.took.setdefault(subject.name, []).append(_took(subject, folder, settings or {}))
            except RuntimeError as error:
                found.failed[subject.name] = str(error)
                found.took.pop(subject.name)
    return found


def _took(subject: Subject, folder: Path, settings: Mapping[str, str]) -> Took:
    path = {"PYTHONPATH": os.pathsep.join(map(str, [ROOT, subject.path]))} if subject.path else {}
    command: list[str | Path] = [subject.interpreter, "-m", subject.module, subject.key, folder]
    finished = run(command, {**settings, **path}, cwd=ROOT)
    if finished.exit_code:
        print(f"{subject.name}:\n{finished.output}", file=sys.stderr)
        last = finished.output.strip().splitlines()[-1:] or ["it printed nothing"]
        raise RuntimeError(f"ended with {finished.exit_code}: {last[0][:200]}")
    printed = json.loads(finished.output.strip().splitlines()[-1])
    return Took(printed["seconds"], printed["peak"], printed["before"], np.load(folder / ANSWER))
