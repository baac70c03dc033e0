"""Image–text pairs a second through the same ViT-B/32 weights, 32 a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.made_clip import ARCHITECTURE, open_clip_checkpoint, transformers_folder
from benchmarks.made_data import Pair, pairs, photographs, write_llava
from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.rivals import data_juicer, ours
from benchmarks.rivals.data_juicer import NAME, Job
from benchmarks.timing import CACHE, Finished, fresh_folder

TITLE = "Image–text pairs a second, the same ViT-B/32 weights, 32 a batch"
BATCH = 32
TIMES_FASTER = 2.5
MOST_APART = 1e-4  # of two cosines that should be one
ONE_PROCESS, TWO_PROCESSES = f"{NAME}, 1 process", f"{NAME}, 2 processes"
NOTES = (
    "The rate is that between a short and a long run of the command, (long - short) / (seconds of long - seconds of "
    "short): neither pays for starting and loading. No two rows share an image or a text.",
    "Data-Juicer's filter is image_text_similarity_filter with batch_size 32.",
    "The cosines are compared in the median: where the margin is odd, transformers' centre crop lies a pixel beside "
    "open_clip's.",
)


@dataclass(frozen=True)
class Sizes:
    """Rows of the short and the long run, and how often both are run."""

    short: int
    long: int
    repeats: int


FULL, QUICK = Sizes(44, 300, 3), Sizes(16, 80, 1)
Scored = tuple[Finished, list[float]]


@dataclass(frozen=True)
class Inputs:
    """Where the photographs and the weights are, and where to work."""

    folder: Path
    images: Path
    checkpoint: Path


def benchmark(quick: bool) -> Result:
    """Rates, their ratio, whole-command seconds, and how far apart the two programs' cosines are."""
    if why := data_juicer.missing():
        return Result("rivals.pair_rate", TITLE, could_not_run=why, quick=quick)
    sizes = QUICK if quick else FULL
    with fresh_folder() as folder:
        images, names, what = photographs(sizes.long, folder / "images")
        inputs, rows = Inputs(folder, images, open_clip_checkpoint(CACHE / "made")), pairs(names)
        programs: dict[str, Callable[[list[Pair], str], Scored]] = {
            "vlitq": lambda rows, tag: _vlitq(inputs, rows, tag),
            ONE_PROCESS: lambda rows, tag: _juicer(inputs, rows, tag, 1),
            TWO_PROCESSES: lambda rows, tag: _juicer(inputs, rows, tag, 2),
        }
        rounds = [_round(programs, rows, sizes, str(i)) for i in range(sizes.repeats)]
    return Result(
        "rivals.pair_rate",
        TITLE,
        _figures(rounds),
        _claims(rounds),
        (*NOTES, f"Images: {len(rows)} {what}."),
        quick=quick,
    )


@dataclass(frozen=True)
class Measured:
    """One program in one round: pairs a second, processor seconds a pair, the long run's seconds and cosines."""

    rate: float
    cpu: float
    seconds: float
    cosines: list[float]


def _round(
    programs: Mapping[str, Callable[[list[Pair], str], Scored]], rows: list[Pair], sizes: Sizes, tag: str
) -> dict[str, Measured]:
    measured = {}
    for name, program in programs.items():
        short, _ = program(rows[: sizes.short], f"{tag}-short")
        long, cosines = program(rows, f"{tag}-long")
        more = len(rows) - sizes.short
        cpu = (long.cpu_seconds - short.cpu_seconds) / more
        measured[name] = Measured(more / (long.seconds - short.seconds), cpu, long.seconds, cosines)
    return measured


def _figures(rounds: list[dict[str, Measured]]) -> tuple[Figure, ...]:
    names = rounds[0]
    return (
        Figure("rate", "pairs a second", {n: Spread.of([r[n].rate for r in rounds]) for n in names}),
        Figure("processor time", "s a pair", {n: Spread.of([r[n].cpu for r in rounds]) for n in names}),
        Figure("whole command on all rows", "s", {n: Spread.of([r[n].seconds for r in rounds]) for n in names}),
    )


def _claims(rounds: list[dict[str, Measured]]) -> tuple[Claim, ...]:
    like = [r["vlitq"].rate / r[ONE_PROCESS].rate for r in rounds]
    best = [r["vlitq"].rate / max(r[ONE_PROCESS].rate, r[TWO_PROCESSES].rate) for r in rounds]
    apart = np.abs(np.subtract(rounds[-1]["vlitq"].cosines, rounds[-1][ONE_PROCESS].cosines))
    return (
        Claim("vlitq's rate by Data-Juicer's in one process", "at least", TIMES_FASTER, Spread.of(like)),
        Claim("vlitq's rate by Data-Juicer's better one", "at least", 1, Spread.of(best)),
        Claim("difference of a pair's two cosines", "at most", MOST_APART, Spread.of(apart.tolist())),
    )


def _vlitq(inputs: Inputs, rows: list[Pair], tag: str) -> Scored:
    data, out = write_llava(rows, inputs.folder / f"{tag}.json"), inputs.folder / f"run-{tag}"
    model = f"{ARCHITECTURE}/{inputs.checkpoint}"
    options: list[str | Path] = [
        "--images",
        inputs.images,
        "--scorers",
        "alignment",
        "--models",
        model,
        "--batch-size",
        str(BATCH),
    ]
    finished = ours.score(data, out, options)
    return finished, ours.opened(out, finished).table()["alignment.cosine"].to_pylist()


def _juicer(inputs: Inputs, rows: list[Pair], tag: str, processes: int) -> Scored:
    data = data_juicer.write_pairs(rows, inputs.folder / f"{tag}.jsonl", inputs.images)
    clip = {"hf_clip": str(transformers_folder(inputs.checkpoint)), "min_score": -1.0, "batch_size": BATCH}
    job = Job(
        inputs.folder / f"juicer-{tag}-{processes}", data, [{"image_text_similarity_filter": clip}], {"np": processes}
    )
    finished = job.run()
    return finished, [stats["image_text_similarity"][0] for stats in job.stats()]
