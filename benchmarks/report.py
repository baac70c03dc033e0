"""The report of a run: how long it takes, how much memory, and how large the page is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.made_data import sentence, write_jpegs
from benchmarks.report_run import write_run
from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.timing import Finished, fresh_folder, run, vlitq_command

TITLE = "The report of a run"
PICTURES, SOURCES = 82, 6  # as in OwlEval, of which each of six models answers each question about 82 pictures
ROWS = 200_000
MOST_SECONDS_FEW, MOST_SECONDS, MOST_GIB, MOST_MB = 10.0, 60.0, 2.0, 15.0
NOTES = (
    "Each report is a process of its own, `vlitq report RUN`, from its start to its end; the map is not kept from "
    "before, so it is made each time. Memory is the peak of the whole process, the memory-mapped vectors it has read "
    "among it.",
    f"{PICTURES * SOURCES} rows: {PICTURES} made pictures, each answered by {SOURCES} sources in made sentences, "
    "scored by the default recipe, with two selections. The scoring is not timed.",
    f"{ROWS:,} rows: made values in 40 columns, of numbers, labels, copies and truth values; 12 sources, two "
    "features of 512 dimensions, groups of copies in a tenth of the rows, 200 pictures, two selections.",
)


@dataclass(frozen=True)
class _Measured:
    """Reports of one run, each from a fresh process."""

    finished: Sequence[Finished]
    page_mb: float

    def spread(self, name: str) -> Spread:
        """A number of each of the processes."""
        return Spread.of([getattr(one_, name) for one_ in self.finished])


def benchmark(quick: bool) -> Result:
    """Seconds, peak memory and size of the reports of a small run and of a large one."""
    pictures, rows, repeats = (6, 5_000, 1) if quick else (PICTURES, ROWS, 3)
    with fresh_folder() as folder:
        small = _reported(_scored(folder / "small", pictures), repeats)
        large = _reported(write_run(_made(folder / "large"), rows), 1)
    told = {f"{pictures * SOURCES} rows": small, f"{rows:,} rows": large}
    memory = large.spread("peak_mib")
    figures = (
        Figure("time", "s", {name: one_.spread("seconds") for name, one_ in told.items()}),
        Figure("time on the processors", "s", {name: one_.spread("cpu_seconds") for name, one_ in told.items()}),
        Figure("peak memory", "MiB", {name: one_.spread("peak_mib") for name, one_ in told.items()}),
        Figure("page", "MB", {name: one(one_.page_mb) for name, one_ in told.items()}),
    )
    claims = (
        Claim(f"seconds of {pictures * SOURCES} rows", "at most", MOST_SECONDS_FEW, small.spread("seconds")),
        Claim(f"seconds of {rows:,} rows", "at most", MOST_SECONDS, large.spread("seconds")),
        Claim(f"peak GiB of {rows:,} rows", "at most", MOST_GIB, Spread.of([memory.high / 1024])),
        *(Claim(f"MB of the page of {name}", "at most", MOST_MB, one(one_.page_mb)) for name, one_ in told.items()),
    )
    return Result("report", TITLE, figures, claims, NOTES, quick=quick)


def _reported(folder: Path, repeats: int) -> _Measured:
    page = folder.parent / "report.html"
    finished = []
    for _ in range(repeats):
        (folder / "projection.npz").unlink(missing_ok=True)
        finished.append(_done([vlitq_command(), "report", folder, "--out", page]))
    return _Measured(finished, page.stat().st_size / 1e6)


def _scored(folder: Path, pictures: int) -> Path:
    """The folder of a run of `pictures` × `SOURCES` samples, scored by the default recipe, and two selections."""
    rng = np.random.default_rng(0)
    names = write_jpegs(_made(folder) / "images", pictures)
    questions = [sentence(rng, 8) for _ in names]
    records = [
        {"id": f"{source}-{at}", "image": name, "source": f"model {source}", "conversations": [
            {"from": "human", "value": f"<image>\n{questions[at]}"},
            {"from": "gpt", "value": sentence(rng, int(rng.integers(5, 60)))},
        ]}
        for at, name in enumerate(names) for source in range(SOURCES)
    ]  # fmt: skip
    data, scored = folder / "made.json", folder / "run"
    data.write_text(json.dumps(records))
    vlitq = vlitq_command()
    _done([vlitq, "score", data, "--images", folder / "images", "--out", scored])
    for name, by in {"best": "alignment.cosine", "long": "+complexity.response_words"}.items():
        subset = folder / f"{name}.json"
        _done([vlitq, "select", scored, "--budget", "50%", "--by", by, "--missing", "drop", "--out", subset])
    return scored


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _done(command: Sequence[str | Path]) -> Finished:
    finished = run(command)
    if finished.exit_code:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{finished.output}")
    return finished
