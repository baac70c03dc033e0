"""Killed half-way through the second of two scorers, and started again: what is computed twice, what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.made_data import Pair, text_rows, write_jsonl
from benchmarks.results import Claim, Figure, Result, one
from benchmarks.rivals import data_juicer, ours
from benchmarks.rivals.data_juicer import NAME, Job
from benchmarks.rivals.witness import Log
from benchmarks.timing import fresh_folder, run

TITLE = "Killed and started again"
ROWS, QUICK_ROWS = 6000, 3000
SCORERS = 2
KILLED_AT = 0.75  # of all computations: half-way through the second scorer, where they run one after the other
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    NAME: {"np": 1},
    f"{NAME}, use_checkpoint": {"np": 1, "use_checkpoint": True, "job_id": "killed"},
}
NOTES = (
    "Both programs run two scorers that note each text they compute; the share is of rows x scorers.",
    "The kill is SIGKILL.",
    "Same output: the files selected or exported after the kill and after an undisturbed run are equal byte for byte.",
)


@dataclass(frozen=True)
class Outcome:
    """Share of the computations that was done twice, and whether the output is that of an undisturbed run."""

    twice: float
    same: bool


def benchmark(quick: bool) -> Result:
    """The share computed twice, and whether the output is the same."""
    if why := data_juicer.missing():
        return Result("rivals.killed", TITLE, could_not_run=why, quick=quick)
    rows = list(text_rows(QUICK_ROWS if quick else ROWS))
    with fresh_folder() as folder:
        outcomes = {"vlitq": _vlitq(folder, rows)}
        for i, (name, options) in enumerate(VARIANTS.items()):
            outcomes[name] = _juicer(folder / str(i), rows, options)
    ours_, best = outcomes["vlitq"], min(outcomes[name].twice for name in VARIANTS)
    figures = (
        Figure("share computed twice", "", {name: one(outcome.twice) for name, outcome in outcomes.items()}),
        Figure("same output", "", {name: "yes" if outcome.same else "no" for name, outcome in outcomes.items()}),
    )
    claims = (
        Claim("share that vlitq computes twice less Data-Juicer's smallest", "at most", 0, one(ours_.twice - best)),
        Claim("vlitq's output is the same (1) or not (0)", "at least", 1, one(float(ours_.same))),
    )
    return Result("rivals.killed", TITLE, figures, claims, NOTES, quick=quick)


def _vlitq(folder: Path, rows: list[Pair]) -> Outcome:
    data = write_jsonl(rows, folder / "data.jsonl")
    subsets, log = [], Log(folder / "vlitq.log")
    for name in ("undisturbed", "killed"):
        out, log = folder / name, Log(folder / f"{name}.log")
        env = ours.score_env(out, ours.with_plugin(folder) | log.env())
        command = ours.score_command(data, out, ["--scorers", "witness_a,witness_b"])
        if name == "killed":
            log.kill_at(int(KILLED_AT * SCORERS * len(rows)), command, env)
        ours.opened(out, run(command, env))
        subset = folder / f"{name}.jsonl"
        ours.select(out, subset, ["--by", "witness_a.score", "--budget", "50%"], env)
        subsets.append(subset.read_bytes())
    return Outcome(log.repeated() / (SCORERS * len(rows)), subsets[0] == subsets[1])


def _juicer(folder: Path, rows: list[Pair], options: Mapping[str, Any]) -> Outcome:
    folder.mkdir()
    data = data_juicer.write_pairs(rows, folder / "data.jsonl")
    process = [{"witness_filter": {"label": label}} for label in "ab"]
    exported, log = [], Log(folder / "log")
    for name in ("undisturbed", "killed"):
        log = Log(folder / f"{name}.log")
        job = Job(folder / name, data, process, options)
        if name == "killed":
            log.kill_at(int(KILLED_AT * SCORERS * len(rows)), job.command(), data_juicer.OFFLINE | log.env())
        job.run(log.env())
        exported.append(job.exported.read_bytes())
    return Outcome(log.repeated() / (SCORERS * len(rows)), exported[0] == exported[1])
