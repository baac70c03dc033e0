"""Runs vlitq as a user would: its commands, in processes of their own, with an empty feature cache."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.timing import Finished, run, vlitq_command
from vlitq.store import Run

PLUGIN = Path(__file__).parent / "plugin"
OFFLINE = {"HF_HUB_OFFLINE": "1"}


def with_plugin(folder: Path) -> dict[str, str]:
    """The environment in which vlitq finds the benchmarks' plugin, as if it had been installed."""
    info = folder / "site" / "vlitq_bench-0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vlitq-bench\nVersion: 0\n")
    (info / "entry_points.txt").write_text("[vlitq]\nbench = vlitq_bench\n")
    return {"PYTHONPATH": os.pathsep.join([str(info.parent), str(PLUGIN)])}


def score(
    data: Path,
    out: Path,
    options: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    cache: Path | None = None,
) -> Finished:
    """`vlitq score DATA --out OUT ...`; the cache is an empty folder beside the run unless one is given."""
    return run(score_command(data, out, options), score_env(out, env, cache))


def score_command(data: Path, out: Path, options: Sequence[str | Path]) -> list[str | Path]:
    """The command line of `score`."""
    return [vlitq_command(), "score", data, "--out", out, "--device", "cpu", *options]


def score_env(out: Path, env: Mapping[str, str] | None = None, cache: Path | None = None) -> dict[str, str]:
    """The variables that `score` sees beside the machine's own."""
    return {**OFFLINE, "VLITQ_CACHE": str(cache or out.with_name(out.name + "-cache")), **(env or {})}


def opened(out: Path, finished: Finished) -> Run:
    """The run, to be read; raises `RuntimeError` with what the command printed when there is none."""
    import vlitq

    if not (out / "manifest.json").exists():
        raise RuntimeError(f"vlitq left no run in {out}; it printed:\n{finished.output}")
    return vlitq.open(out)


def select(out: Path, subset: Path, options: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Finished:
    """`vlitq select RUN --out FILE ...`; raises `RuntimeError` with all it printed when it fails."""
    finished = run([vlitq_command(), "select", out, "--out", subset, *options], score_env(out, env))
    if finished.exit_code:
        raise RuntimeError(f"vlitq select ended with {finished.exit_code}:\n{finished.output}")
    return finished
