"""3,000 rows of which 3 images are broken: how many rows survive, and how many are reported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_data import Pair, pairs, write_jpegs, write_llava
from benchmarks.results import Claim, Figure, Result, one
from benchmarks.rivals import data_juicer, ours
from benchmarks.rivals.data_juicer import NAME, Job
from benchmarks.timing import fresh_folder

TITLE = "3,000 rows, 3 of them with a broken image"
ROWS, BROKEN = 3000, 3
ONE_PROCESS = f"{NAME}, 1 process"
NOTES = (
    "Data-Juicer's operator is image_shape_filter with its defaults; vlitq's scorer computes the same numbers.",
    "The broken images (an empty file, a web page named .jpg, a JPEG cut off in its header) are the rows 500, 1,500 "
    "and 2,500: one in each of the batches of 1,000 that Data-Juicer makes in one process.",
    "Reported: for vlitq the rows that `Run.unscored()` lists, for Data-Juicer the `Errors:` of the summary that "
    "ends its run. Its log has a stack trace for each failed batch.",
)


@dataclass(frozen=True)
class Outcome:
    """What a program did with the rows. `reported` is a number, or that there was no summary."""

    kept: int
    reported: str
    exit_code: int


def benchmark(quick: bool) -> Result:
    """Rows kept and reported, and exit codes. Quick or not, the rows are as many: batches of 1,000 are the point."""
    if why := data_juicer.missing():
        return Result("rivals.broken_images", TITLE, could_not_run=why, quick=quick)
    with fresh_folder() as folder:
        rows = _dataset(folder / "images")
        outcomes = {
            "vlitq": _vlitq(folder, rows),
            ONE_PROCESS: _juicer(folder / "one", rows, {"np": 1}),
            f"{NAME}, as shipped (4 processes)": _juicer(folder / "shipped", rows, {}),
            f"{NAME}, 1 process, batch_size 1": _juicer(folder / "single", rows, {"np": 1}, {"batch_size": 1}),
        }
    return Result("rivals.broken_images", TITLE, _figures(outcomes), _claims(outcomes), NOTES, quick=quick)


def _figures(outcomes: Mapping[str, Outcome]) -> tuple[Figure, ...]:
    return (
        Figure("rows kept", f"of {ROWS}", {name: one(outcome.kept) for name, outcome in outcomes.items()}),
        Figure("rows reported as failed", "", {name: outcome.reported for name, outcome in outcomes.items()}),
        Figure("exit code", "", {name: str(outcome.exit_code) for name, outcome in outcomes.items()}),
    )


def _claims(outcomes: Mapping[str, Outcome]) -> tuple[Claim, ...]:
    vlitq, rival = outcomes["vlitq"], outcomes[ONE_PROCESS]
    return (
        Claim("share of the sound rows that vlitq keeps", "at least", 1, one(vlitq.kept / (ROWS - BROKEN))),
        Claim("broken rows that vlitq reports", "at least", BROKEN, one(int(vlitq.reported))),
        Claim("rows that vlitq keeps and Data-Juicer loses", "at least", 1, one(vlitq.kept - rival.kept)),
    )


def _dataset(images: Path) -> list[Pair]:
    rows = pairs(write_jpegs(images, ROWS, size=(64, 48)))
    (images / "000500.jpg").write_bytes(b"")
    (images / "001500.jpg").write_bytes(b"<html><body>404 Not Found</body></html>")
    cut = images / "002500.jpg"
    cut.write_bytes(cut.read_bytes()[:100])
    return rows


def _vlitq(folder: Path, rows: list[Pair]) -> Outcome:
    data, out, subset = write_llava(rows, folder / "llava.json"), folder / "run", folder / "kept.json"
    env = ours.with_plugin(folder)
    scored = ours.score(data, out, ["--images", folder / "images", "--scorers", "image_shape"], env)
    reported = set(ours.opened(out, scored).unscored()["row"].to_pylist())
    ours.select(out, subset, ["--by", "+image_shape.width", "--budget", "100%"], env)
    return Outcome(len(json.loads(subset.read_text())), str(len(reported)), scored.exit_code)


def _juicer(folder: Path, rows: list[Pair], options: dict[str, int], operator: dict[str, int] | None = None) -> Outcome:
    dataset = data_juicer.write_pairs(rows, folder.parent / "juicer.jsonl", folder.parent / "images")
    job = Job(folder, dataset, [{"image_shape_filter": operator or {"min_width": 1}}], options)
    finished = job.run()
    return Outcome(len(job.kept()), data_juicer.errors_in_summary(finished.output), finished.exit_code)
