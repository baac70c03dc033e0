"""The labels that a person gives while the explorer runs, in steps that can be taken back one after the other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vlitq.labels import Label
from vlitq.store import Run
from vlitq.view.query import QueryError

MOST = 100_000  # samples marked at once: more is no judgement of a person's
REMEMBERED = 1000  # steps that can be taken back


@dataclass(frozen=True)
class Step:
    """Rows that were given a label, and the labels they had."""

    before: Mapping[int, Label | None]
    label: Label | None


@dataclass(frozen=True)
class Undone:
    """A step that was taken back: how many rows it was of, and the rows that have the label again that they had."""

    step: int
    back: Mapping[int, Label | None]


class Marks:
    """The labels that are given to rows of a run, whichever page gives them, and what they were before."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._marking = threading.Lock()
        self._steps: deque[Step] = deque(maxlen=REMEMBERED)

    def mark(self, rows: Sequence[int], label: Label | None) -> None:
        """Give rows a label, None for none. Raises `QueryError` for too many."""
        if len(rows) > MOST:
            raise QueryError(
                f"{len(rows):,} samples are too many to mark at once, the limit is {MOST:,}: filter more of them out, "
                "or leave them out by a gate of the selection"
            )
        with self._marking:
            had = self._run.labels
            before = {row: had.get(row) for row in rows if had.get(row) != label}
            if before:
                self._write(dict.fromkeys(before, label))
                self._steps.append(Step(before, label))

    def undo(self) -> Undone:
        """Give the rows of the last step the labels back that they had, but to those that were marked elsewhere since;
        of no rows where there is no step."""
        with self._marking:
            if not self._steps:
                return Undone(0, {})
            step, now = self._steps[-1], self._run.labels
            back = {row: label for row, label in step.before.items() if now.get(row) == step.label}
            self._write(back)
            self._steps.pop()  # now that it is written: a full disk takes no step away
        return Undone(len(step.before), back)

    def _write(self, labels: Mapping[int, Label | None]) -> None:
        try:
            self._run.mark_all(dict(labels))
        except OSError as error:
            raise QueryError(f"nothing is marked: {self._run.path} cannot be written to: {error.strerror}") from error
