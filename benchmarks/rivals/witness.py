"""Runs whose computing leaves a trace: each text that is computed adds a line to a log, in both programs alike."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS_A_TEXT = 0.001


@dataclass(frozen=True)
class Log:
    """The file that the witnesses write."""

    path: Path

    def env(self) -> dict[str, str]:
        """What tells the witnesses where to write and how long to take."""
        return {"WITNESS_LOG": str(self.path), "WITNESS_SECONDS": str(SECONDS_A_TEXT)}

    def lines(self) -> int:
        """How many texts were computed until now."""
        return self.path.read_bytes().count(b"\n") if self.path.exists() else 0

    def repeated(self) -> int:
        """How many of the computations had been done before."""
        lines = self.path.read_text().splitlines()
        return len(lines) - len(set(lines))

    def kill_at(self, lines: int, command: Sequence[str | Path], env: Mapping[str, str]) -> None:
        """Starts a command, and ends it and its children with SIGKILL once the log has so many lines.

        Raises `RuntimeError` when the command ends by itself before.
        """
        quiet = subprocess.DEVNULL
        child = subprocess.Popen(
            [str(part) for part in command],
            env={**os.environ, **env},
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )
        while self.lines() < lines:
            if child.poll() is not None:
                raise RuntimeError(
                    f"{command[0]} ended with {child.returncode} after {self.lines()} of {lines} computations"
                )
            time.sleep(0.01)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
