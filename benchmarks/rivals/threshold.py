"""A threshold is changed after a finished run: what is computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.made_data import Pair, text_rows, write_jsonl
from benchmarks.results import Claim, Figure, Result, one
from benchmarks.rivals import data_juicer, ours
from benchmarks.rivals.data_juicer import NAME, Job
from benchmarks.rivals.witness import Log
from benchmarks.timing import fresh_folder

TITLE = "A changed threshold"
ROWS, QUICK_ROWS = 3000, 1000
FIRST, SECOND = 0.3, 0.5
FORESEEN = f"{NAME}, foreseen"
NOTES = (
    "Data-Juicer runs with its default cache; the second run differs from the first in min_score alone.",
    "Foreseen: the first run keeps all rows (min_score 0) and writes the numbers into them (keep_stats_in_res_ds), and "
    "the second reads that file.",
)


def benchmark(quick: bool) -> Result:
    """The share of rows that is computed again, and seconds of the second command."""
    if why := data_juicer.missing():
        return Result("rivals.threshold", TITLE, could_not_run=why, quick=quick)
    rows = list(text_rows(QUICK_ROWS if quick else ROWS))
    with fresh_folder() as folder:
        outcomes = {
            "vlitq": _vlitq(folder, rows),
            NAME: _juicer(folder / "plain", rows),
            FORESEEN: _juicer_foreseen(folder / "foreseen", rows),
        }
    figures = (
        Figure("share computed again", "", {name: one(again) for name, (again, _) in outcomes.items()}),
        Figure("second command", "s", {name: one(took) for name, (_, took) in outcomes.items()}),
    )
    claims = (
        Claim("share that vlitq computes again", "at most", 0, one(outcomes["vlitq"][0])),
        Claim("share that Data-Juicer computes again and vlitq does not", "at least", 0.01,
              one(outcomes[NAME][0] - outcomes["vlitq"][0])),
    )  # fmt: skip
    return Result("rivals.threshold", TITLE, figures, claims, NOTES, quick=quick)


def _vlitq(folder: Path, rows: list[Pair]) -> tuple[float, float]:
    data, out, log = write_jsonl(rows, folder / "data.jsonl"), folder / "run", Log(folder / "vlitq.log")
    env = ours.with_plugin(folder) | log.env()
    ours.opened(out, ours.score(data, out, ["--scorers", "witness_a"], env))
    before, took = log.lines(), 0.0
    for threshold in (FIRST, SECOND):
        gate = ["--gate", f"witness_a.score >= {threshold}", "--by", "witness_a.score", "--budget", "100%"]
        took = ours.select(out, folder / "subset.jsonl", gate, env).seconds
    return (log.lines() - before) / len(rows), took


def _juicer(folder: Path, rows: list[Pair]) -> tuple[float, float]:
    folder.mkdir()
    data, log = data_juicer.write_pairs(rows, folder / "data.jsonl"), Log(folder / "log")
    _job(folder / "job", data, FIRST).run(log.env())
    before = log.lines()
    finished = _job(folder / "job", data, SECOND).run(log.env())
    return (log.lines() - before) / len(rows), finished.seconds


def _juicer_foreseen(folder: Path, rows: list[Pair]) -> tuple[float, float]:
    folder.mkdir()
    data, log = data_juicer.write_pairs(rows, folder / "data.jsonl"), Log(folder / "log")
    everything = _job(folder / "first", data, 0.0, keep_stats_in_res_ds=True)
    everything.run(log.env())
    before = log.lines()
    finished = _job(folder / "second", everything.exported, SECOND).run(log.env())
    return (log.lines() - before) / len(rows), finished.seconds


def _job(folder: Path, data: Path, threshold: float, **options: Any) -> Job:
    return Job(folder, data, [{"witness_filter": {"min_score": threshold}}], {"np": 1, **options})
