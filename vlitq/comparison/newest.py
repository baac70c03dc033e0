"""The newest selections that were written of a run, where nobody names the ones that are meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vlitq.comparison.chosen import Chosen, check, chosen, names_of
from vlitq.store import Run, RunError, decisions_file


@dataclass(frozen=True)
class Newest:
    """Selections that fit the run, the oldest first; by name the files of older ones, which were not read; and what is
    wrong with those that were read and do not fit."""

    selections: tuple[Chosen, ...]
    older: Mapping[str, Path]
    problems: tuple[str, ...]


def newest(run: Run, most: int) -> Newest:
    """At most `most` of the selections written of a run, those whose decisions were written last."""
    named = names_of(run.selections())
    left = sorted(named, key=lambda name: decisions_file(named[name]).stat().st_mtime_ns)
    found: list[Chosen] = []
    problems: list[str] = []
    while left and len(found) < most:
        name = left.pop()
        try:
            one = chosen(name, named[name])
            check(run, one)
        except RunError as error:
            problems.append(str(error))
        else:
            found.append(one)
    return Newest(tuple(found[::-1]), {name: named[name] for name in left}, tuple(problems[::-1]))
