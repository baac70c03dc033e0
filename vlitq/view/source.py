"""The samples of a run as its dataset tells them, as long as the dataset is the file that was scored."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from vlitq.errors import VlitqError
from vlitq.sample import Sample
from vlitq.store import Run, RunError


class Source:
    """The dataset of a run. Its digest is taken once, and again whenever the file looks another."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._checking = threading.Lock()
        self._checked = False  # whether the digest was ever taken
        self._looked: tuple[int, int] | None = None  # how the file looked then
        self.problem: str | None = None if _looks(run) else _gone(run)

    def check(self) -> None:
        """Take the digest where the file may have changed since; `problem` then says whether it has."""
        with self._checking:
            looks = _looks(self._run)
            if looks is not None and looks == self._looked:
                return
            try:
                self._run.check_data_unchanged()
                self.problem = None
            except (VlitqError, OSError) as error:
                self.problem = str(error)
            self._checked, self._looked = True, looks

    def samples(self, rows: Sequence[int]) -> dict[int, Sample]:
        """Samples by row, unreadable records left out. Raises `RunError` where the dataset has changed.

        While the first digest is being taken, the file's size alone is looked at.
        """
        if not rows:
            return {}
        looks = _looks(self._run)
        if self._checked and looks != self._looked:
            self.check()  # of a file that is there again, too
        if self.problem is not None:
            raise RunError(self.problem)
        if looks is None or looks[0] != self._run.manifest["dataset"]["bytes"]:
            raise RunError(_gone(self._run) if looks is None else _changed(self._run))
        return self._run.samples(rows)


def _looks(run: Run) -> tuple[int, int] | None:
    """Size and time of change of the dataset's file; None where it is gone."""
    try:
        about = os.stat(run.data)
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns


def _gone(run: Run) -> str:
    return f"{run.data} is gone: samples are read from it. Put it back, or score it anew"


def _changed(run: Run) -> str:
    return f"{run.data} has changed since it was scored: score it anew, into another folder"
