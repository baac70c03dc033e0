"""What becomes of each row of a run, and why: a row is decided once, and every row is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import numpy as np

from vlitq.schema import Array

Stage = Literal["kept", "gate", "missing", "budget", "method"]


class Ledger:
    """Decisions, remarks and notes of one selection, as it is made."""

    def __init__(self, rows: int) -> None:
        self.stage = np.full(rows, None, dtype=object)
        self.reason = np.full(rows, "", dtype=object)
        self.remark = np.full(rows, "", dtype=object)
        self.notes: list[str] = []

    @property
    def open(self) -> Array:
        """Rows not yet decided, int64, ascending."""
        return np.flatnonzero(self.stage == None)  # noqa: E711  # compared entry by entry

    def decide(self, rows: Array, stage: Stage, reasons: Iterable[str]) -> None:
        """Settle open rows, each with its reason."""
        for row, reason in zip(rows.tolist(), reasons, strict=True):
            self.stage[row], self.reason[row] = stage, reason

    def say(self, rows: Array, remark: str) -> None:
        """Add a clause to the reasons of rows, whatever becomes of them."""
        self.remark[rows] += f"; {remark}"

    def note(self, line: str) -> None:
        """Something the user should read: a default that took effect, data that was left out."""
        self.notes.append(line)

    def reasons(self) -> list[str]:
        """The reason of each row, remarks included."""
        return [reason + remark for reason, remark in zip(self.reason, self.remark, strict=True)]


def counted(rows: int) -> str:
    """`1 row`, `12 rows`."""
    return f"{rows} row" if rows == 1 else f"{rows} rows"


def tally(labels: Iterable[str]) -> str:
    """`8 missing_image, 4 invalid`: the most frequent first, ties by name."""
    counts = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {label}" for label, count in counts)
