"""Selections to compare, made or written: read, and held against the run they are said to be of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vlitq.schema import Array
from vlitq.selection.budget import Unit
from vlitq.selection.gates import parse_gate
from vlitq.selection.grammar import parse_by
from vlitq.selection.result import Selection
from vlitq.selector import SelectableRun
from vlitq.store import RunError, decisions_file, manifest_file, numbers


@dataclass(frozen=True, eq=False)
class Chosen:
    """A selection by its name: the table of its decisions, a row for each of the run, and its manifest."""

    name: str
    decisions: pa.Table
    manifest: Mapping[str, Any]

    @property
    def rows(self) -> Array:
        """The rows kept, int64, ascending."""
        return np.flatnonzero(self.decisions["kept"].to_numpy(zero_copy_only=False))

    @property
    def score(self) -> Array:
        """What it ranked by, float64 of shape (rows of the run,), NaN for rows it did not rank."""
        return numbers(self.decisions["score"])

    @property
    def unit(self) -> Unit:
        """What its budget counts."""
        unit: Unit = self.manifest["selection"]["unit"]
        return unit

    @property
    def ranks(self) -> bool:
        """False where its method does not rank, or nothing was left to rank."""
        return bool(self.decisions["score"].null_count < len(self.decisions))

    @property
    def ranked(self) -> tuple[str, ...]:
        """The columns it ranked by."""
        by = self.manifest["selection"]["by"] if self.ranks else None
        return tuple(column.name for column in parse_by(by).columns()) if by else ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that decided: those it ranked by, and those of its gates."""
        gates = [parse_gate(gate).column for gate in self.manifest["selection"]["gates"]]
        return tuple(dict.fromkeys([*self.ranked, *gates]))


def chosen(name: str, selection: Selection | Path) -> Chosen:
    """A selection, or what stands beside a written subset. Raises `RunError` where nothing does."""
    if isinstance(selection, Selection):
        return Chosen(name, selection.table, selection.manifest)
    for file in (decisions_file(selection), manifest_file(selection)):
        if not file.is_file():
            raise RunError(f"{selection} is not a subset that `vlitq select` wrote: {file} is not there")
    return Chosen(name, pq.read_table(decisions_file(selection)), read_manifest(selection))


def read_manifest(subset: Path) -> Mapping[str, Any]:
    """What made a written subset. Raises `RunError` where the file does not say."""
    file = manifest_file(subset)
    if not file.is_file():
        raise RunError(f"{subset} is not a subset that `vlitq select` wrote: {file} is not there")
    try:
        manifest: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        manifest["run"], manifest["dataset"], manifest["selection"]["unit"]
    except (ValueError, TypeError, KeyError) as error:
        raise RunError(f"{file} is not the manifest of a selection: select again") from error
    return manifest


def run_of(subsets: Sequence[Path]) -> Path:
    """The one run that some written subsets are of. Raises `RunError` when they are of several, saying which."""
    runs = {subset: Path(read_manifest(subset)["run"]) for subset in subsets}
    if len(set(runs.values())) > 1:
        told = "; ".join(f"{subset} of {run}" for subset, run in runs.items())
        raise RunError(f"these are selections of different runs, which cannot be compared: {told}")
    return next(iter(runs.values()))


def names_of(subsets: Iterable[Path]) -> dict[str, Path]:
    """The subsets by the stem of their file, or by as many folders more as tell apart those that share it."""
    paths = list(dict.fromkeys(subsets))
    return {_shortest(path, paths): path for path in paths}


def _shortest(path: Path, paths: Sequence[Path]) -> str:
    """The fewest last parts of the path that no other ends with; all of it where each is the end of another."""
    if [one.stem for one in paths].count(path.stem) == 1:
        return path.stem
    for length in range(1, len(path.parts)):
        if sum(one.parts[-length:] == path.parts[-length:] for one in paths) == 1:
            return str(Path(*path.parts[-length:]))
    return str(path)


def check(run: SelectableRun, selection: Chosen) -> None:
    """Raise `RunError` unless the selection is of this run, as it is now."""
    was, now = selection.manifest.get("dataset") or {}, run.manifest.get("dataset") or {}
    subject = f"selection {selection.name!r}"
    if any(was.get(key) != now.get(key) for key in ("sha256", "limit")) or len(selection.decisions) != len(run.rows()):
        raise RunError(f"{subject} is of other rows than the run {run.path}: {_of(was)}, not {_of(now)}")
    scored = {name: entry["key"] for name, entry in run.manifest.get("scorers", {}).items()}
    for name, key in selection.manifest.get("scorers", {}).items():
        if scored.get(name) != key:
            raise RunError(f"{run.path} has changed since {subject} was made: {name!r} was scored anew. Select again")


def _of(dataset: Mapping[str, Any]) -> str:
    limit = f", its first {dataset['limit']} rows" if dataset.get("limit") else ""
    return f"{dataset.get('path', 'data')} with sha256 {str(dataset.get('sha256'))[:12]}{limit}"
