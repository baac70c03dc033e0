"""How soon `vlitq --help` answers."""

from __future__ import annotations

from pathlib import Path

from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.timing import run, vlitq_command

TITLE = "vlitq --help"
LIMIT = 0.5


def benchmark(quick: bool) -> Result:
    """Seconds from the command to its end, once Python's caches are warm."""
    command: list[str | Path] = [vlitq_command(), "--help"]
    first = run(command)
    if first.exit_code:
        return Result("startup", TITLE, could_not_run=first.output, quick=quick)
    seconds = [run(command).seconds for _ in range(3 if quick else 20)]
    figures = (Figure("time", "s", {"vlitq --help": Spread.of(seconds)}),)
    claims = (Claim("seconds until vlitq --help has answered", "at most", LIMIT, Spread.of(seconds)),)
    return Result("startup", TITLE, figures, claims, quick=quick)
