"""Marks of many samples at once, and what they were before, so that they can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vlitq.labels import Label
from vlitq.store import Run
from vlitq.view.query import QueryError

MOST = 100_000  # samples marked at once: more is no judgement of a person's


@dataclass(frozen=True)
class Step:
    """Rows that were given a label, and the labels they had."""

    before: dict[int, Label | None]
    label: Label | None


class Marks:
    """The labels that a person gives to many rows of a run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._steps: list[Step] = []

    def mark_all(self, rows: Sequence[int], label: Label | None) -> int:
        """Give rows a label, None for none; a number by which `undo` may know it. Raises `QueryError` for too many."""
        if len(rows) > MOST:
            raise QueryError(
                f"{len(rows):,} samples are too many to mark at once, the limit is {MOST:,}: filter more of them out, "
                "or leave them out by a gate of the selection"
            )
        had = self._run.labels
        before = {row: had.get(row) for row in rows if had.get(row) != label}
        self._run.mark_all(dict.fromkeys(before, label))
        self._steps.append(Step(before, label))
        return len(self._steps)

    def undo(self) -> int:
        """Give the rows of the last `mark_all` the labels back that they had, but to those that were marked since; how
        many. Raises `QueryError` where there is nothing to take back."""
        if not self._steps:
            raise QueryError("there is no marking of many samples to take back")
        step, now = self._steps.pop(), self._run.labels
        back = {row: label for row, label in step.before.items() if now.get(row) == step.label}
        self._run.mark_all(back)
        return len(back)
