"""Selecting from many rows: `top` by two columns, with strata and a gate, and `deita` on a million vectors."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.made_run import MadeRun
from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.timing import ROOT, fresh_folder, run
from vlitq.schema import Array

TITLE = "Selecting from many rows"
DIM = 512
PLANTED, ORIGINALS = 0.3, 10  # the share of rows that are copies; of the rows, one in so many has copies
MOST_GIB = 24.0
WRITTEN = 20_000  # vectors made at a time
NOTES = (
    "Each in a process of its own: seconds are those of `vlitq.selection.select.select`, from tables in memory to the "
    "decision and the reason of every row; peak memory is that of the whole process, the made tables among it.",
    "top: 20 % of the rows by 0.7*alignment.cosine + 0.3*complexity.words, in 12 strata, with a gate that drops a "
    "tenth.",
    f"deita: 10 % of the rows, threshold 0.9, on float16 vectors of {DIM} dimensions in a file, around 2,000 centres "
    f"with a spectrum that decays; {PLANTED:.0%} are near copies, at a cosine of about 0.98, of one in {ORIGINALS} of "
    "the rows. 'products alone' is what all products of a walk as long as that one would take at the speed of one "
    "blocked product, timed after it.",
)


def benchmark(quick: bool) -> Result:
    """Seconds and peak memory of both methods, and how many copies of a kept row `deita` kept."""
    sizes, vectors, repeats = ((20_000, 50_000), 30_000, 1) if quick else ((200_000, 1_000_000), 1_000_000, 3)
    tops = {f"{size:,} rows": [_measured("top", size) for _ in range(repeats)] for size in sizes}
    with fresh_folder() as folder:
        _write_vectors(folder / "vectors.npy", vectors)
        deita = _measured("deita", vectors, folder / "vectors.npy")
    figures = (
        Figure("top: time", "s", {name: Spread.of([m["seconds"] for m in all_]) for name, all_ in tops.items()}),
        Figure("top: peak memory", "MiB", {name: Spread.of([m["peak"] for m in all_]) for name, all_ in tops.items()}),
        Figure("deita: time", "s", {"vlitq": one(deita["seconds"]), "products alone": one(deita["products"])}),
        Figure("deita: peak memory", "MiB", {"vlitq": one(deita["peak"])}),
        Figure("deita: rows", "rows", {name: one(deita[name]) for name in ("walked", "kept", "skipped")}),
    )
    claims = (
        Claim("deita: peak memory in GiB", "at most", MOST_GIB, one(deita["peak"] / 1024)),
        Claim("deita: copies kept beside their original", "at most", 0, one(deita["beside"])),
    )
    if not quick:  # a few rows take less than the rest of a selection
        ratio = deita["seconds"] / deita["products"]
        claims += (Claim("deita: time by that of the products alone", "at most", 1.5, one(ratio)),)
    return Result("select_rows", TITLE, figures, claims, NOTES, quick=quick)


def _measured(method: str, rows: int, vectors: Path | None = None) -> dict[str, float]:
    """What a process that selects prints, and its peak MiB."""
    command = [sys.executable, "-m", "benchmarks.select_rows", method, str(rows), str(vectors or "")]
    finished = run(command, cwd=ROOT)
    if finished.exit_code:
        raise RuntimeError(f"{method} on {rows} rows failed:\n{finished.output}")
    return {**json.loads(finished.output.splitlines()[-1]), "peak": finished.peak_mib}


def _write_vectors(path: Path, rows: int) -> None:
    """Unit vectors in float16, around centres; and, beside them, of which row each is a copy, −1 of none."""
    rng = np.random.default_rng(0)
    scale = (np.arange(1, DIM + 1) ** -0.5).astype(np.float32)
    centres = rng.standard_normal((2000, DIM), np.float32) * scale
    stored, original = np.lib.format.open_memmap(path, "w+", np.float16, (rows, DIM)), np.full(rows, -1)
    for start in range(0, rows, WRITTEN):
        count = min(WRITTEN, rows - start)
        x = rng.standard_normal((count, DIM), np.float32) * scale + centres[rng.integers(0, len(centres), count)]
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        first = max(count // ORIGINALS, 1)
        copies = first + np.flatnonzero(rng.random(count - first) < PLANTED)
        of = rng.integers(0, first, len(copies))
        original[start + copies] = start + of
        noise = rng.standard_normal((len(copies), DIM), np.float32) * np.float32(0.2 / DIM**0.5)
        x[copies] = x[of] + noise
        stored[start : start + count] = x / np.linalg.norm(x, axis=1, keepdims=True)
    stored.flush()
    np.save(_originals(path), original)


def _originals(vectors: Path) -> Path:
    return vectors.with_name("originals.npy")


def _top(rows: int) -> dict[str, float]:
    from vlitq.selection.select import select

    made = MadeRun(rows)
    made.rows(), made.table(), made.status("alignment")  # made before the clock starts
    begun = time.perf_counter()
    selection = select(made, budget="20%", by="0.7*alignment.cosine + 0.3*complexity.words", stratify="source",
                       gates=["complexity.words >= 20"])  # fmt: skip
    selection.decisions()  # writes the reasons
    return {"seconds": time.perf_counter() - begun}


def _deita(rows: int, vectors: Path) -> dict[str, float]:
    from vlitq.selection.select import select

    made = MadeRun(rows, vectors)
    made.rows(), made.table(), made.status("alignment")
    begun = time.perf_counter()
    selection = select(made, budget="10%", method="deita", by="alignment.cosine", options={"feature": "clip_image"})
    stages = selection.decisions()["stage"]
    seconds = time.perf_counter() - begun
    stages = stages.to_pylist()
    kept, skipped = stages.count("kept"), stages.count("method")
    stored = made.feature("clip_image")
    products = _seconds_a_product(stored) * (kept + skipped) * kept / 2
    original, taken = np.load(_originals(vectors)), np.zeros(rows, dtype=bool)
    taken[selection.rows] = True
    beside = (taken & (original >= 0) & taken[original]).sum()
    return {"seconds": seconds, "walked": kept + skipped, "kept": kept, "skipped": skipped, "products": products,
            "beside": float(beside)}  # fmt: skip


def _seconds_a_product(stored: Array) -> float:
    """Of two rows, in a product of blocks of 1,024 and 16,384; the fastest of nine."""
    left, right = (np.asarray(stored[:size], np.float32) for size in (1024, 16384))
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        left @ right.T
        times.append(time.perf_counter() - begun)
    return min(times) / (len(left) * len(right))


if __name__ == "__main__":
    name, count, file = sys.argv[1:]
    print(json.dumps(_top(int(count)) if name == "top" else _deita(int(count), Path(file))))
