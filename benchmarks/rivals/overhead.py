"""Rows a second, end to end, with a scorer that does nothing: what the program itself costs."""

from __future__ import annotations

from pathlib import Path

from benchmarks.made_data import Pair, text_rows, write_jsonl
from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.rivals import data_juicer, ours
from benchmarks.rivals.data_juicer import NAME, Job
from benchmarks.timing import fresh_folder

TITLE = "Rows a second with a scorer that does nothing"
ROWS, QUICK_ROWS = 200_000, 20_000
NOTES = (
    "From the command's start to the written subset of all rows: for vlitq `score` and then `select --budget 100%`, "
    "for Data-Juicer one `dj-process` with a filter that keeps everything, in batches of 1,000; the better of "
    "its 1 and 2 processes counts.",
)


def benchmark(quick: bool) -> Result:
    """Rows a second of both, and their ratio."""
    if why := data_juicer.missing():
        return Result("rivals.overhead", TITLE, could_not_run=why, quick=quick)
    rows, repeats = list(text_rows(QUICK_ROWS if quick else ROWS)), 1 if quick else 3
    with fresh_folder() as folder:
        rounds = [_round(folder / str(i), rows) for i in range(repeats)]
    figures = (Figure("rate", "rows a second", {name: Spread.of([r[name] for r in rounds]) for name in rounds[0]}),)
    faster = [r["vlitq"] / max(rate for name, rate in r.items() if name != "vlitq") for r in rounds]
    claims = (Claim("vlitq's rate by Data-Juicer's better one", "at least", 1, Spread.of(faster)),)
    return Result("rivals.overhead", TITLE, figures, claims, NOTES, quick=quick)


def _round(folder: Path, rows: list[Pair]) -> dict[str, float]:
    folder.mkdir()
    return {
        "vlitq": len(rows) / _vlitq(folder, rows),
        **{f"{NAME}, np {np}": len(rows) / _juicer(folder, rows, np) for np in (1, 2)},
    }


def _vlitq(folder: Path, rows: list[Pair]) -> float:
    """Seconds of both commands."""
    data, out, subset = write_jsonl(rows, folder / "data.jsonl"), folder / "run", folder / "subset.jsonl"
    env = ours.with_plugin(folder)
    scored = ours.score(data, out, ["--scorers", "nothing"], env)
    ours.opened(out, scored)
    selected = ours.select(out, subset, ["--by", "+nothing.zero", "--budget", "100%"], env)
    _check(subset, len(rows))
    return scored.seconds + selected.seconds


def _juicer(folder: Path, rows: list[Pair], processes: int) -> float:
    data = data_juicer.write_pairs(rows, folder / "juicer.jsonl")
    job = Job(folder / f"juicer-{processes}", data, [{"nothing_filter": {}}], {"np": processes})
    finished = job.run()
    _check(job.exported, len(rows))
    return finished.seconds


def _check(subset: Path, rows: int) -> None:
    with subset.open() as lines:
        found = sum(1 for _ in lines)
    if found != rows:
        raise RuntimeError(f"{subset} has {found} rows, expected {rows}: this is not the same work")
