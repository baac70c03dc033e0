"""The Vendi score of many vectors, against the matrix product it needs and the dual form as vendi-score has it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.neighbours import DIM, unit_vectors
from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.timing import ROOT, fresh_folder, run
from vlitq.schema import Array
from vlitq_scorers.maths import vendi
from vlitq_scorers.maths.gram import BLOCK

TITLE = "Vendi score from features, against its matrix product alone"
ROWS, QUICK_ROWS = 1_000_000, 100_000
OURS, PRODUCT, DUAL, SINGLE = "vlitq", "product alone", "dual form, float64", "dual form, float32"
NOTES = (
    "Each in a process of its own, in turn; seconds of the score alone. The vectors are stored as float16; vlitq reads "
    f"them memory-mapped. The product is Bᵀ B of a float64 block B of {BLOCK:,} rows, as often as there are blocks: no "
    "exact way is faster than that.",
    "The dual form is vendi-score's `score_dual` (scale rows, Xᵀ X, eigenvalues), written out in NumPy, of the same "
    "vectors as float64, and as float32, whose value differs by what the last line of figures says.",
    "Peak memory counts the pages of the mapped file that were read.",
)


def benchmark(quick: bool) -> Result:
    """Seconds, peak memory and the value of each."""
    rows, repeats = (QUICK_ROWS, 1) if quick else (ROWS, 3)
    with fresh_folder() as folder:
        _write(folder / "x.npy", rows)
        rounds = [{name: _measured(name, folder / "x.npy") for name in WAYS} for _ in range(repeats)]
    seconds = {name: [found[name]["seconds"] for found in rounds] for name in WAYS}
    value = {name: rounds[0][name]["value"] for name in WAYS}
    error = {name: abs(value[name] / value[DUAL] - 1) for name in (OURS, SINGLE)}
    figures = (
        Figure("time", "s", {name: Spread.of(seconds[name]) for name in WAYS}),
        Figure("peak memory", "MiB", {name: Spread.of([found[name]["mib"] for found in rounds]) for name in WAYS}),
        Figure("difference from the float64 dual form", "relative", {name: one(error[name]) for name in error}),
    )
    claims = (
        Claim("time by the float64 dual form's", "at most", 1, Spread.of_ratios(seconds[OURS], seconds[DUAL])),
        Claim("time by the product's", "at most", 1.5, Spread.of_ratios(seconds[OURS], seconds[PRODUCT])),
        Claim("relative difference from the float64 dual form", "at most", 1e-9, one(error[OURS])),
    )
    return Result("vendi", TITLE, figures, claims, (*NOTES, f"{rows:,} x {DIM}."), quick=quick)


def _write(path: Path, rows: int, part: int = 100_000) -> None:
    made = np.lib.format.open_memmap(path, "w+", np.float16, (rows, DIM))
    for start in range(0, rows, part):
        made[start : start + part] = unit_vectors(min(part, rows - start), seed=start)
    made.flush()


def _measured(name: str, path: Path) -> dict[str, float]:
    done = run([sys.executable, "-m", "benchmarks.vendi", name, str(path)], cwd=ROOT)
    if done.exit_code:
        raise RuntimeError(f"{name} ended with {done.exit_code}: {done.output}")
    return {"mib": done.peak_mib, **json.loads(done.output)}


def _product(x: Array) -> float:
    block = np.asarray(x[:BLOCK], np.float64)
    for start in range(0, len(x), BLOCK):
        part = block[: len(x) - start]
        part.T @ part
    return 0.0


def _dual(x: Array) -> float:
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    shares = np.linalg.eigvalsh(x.T @ x / len(x))
    shares = shares[shares > 0]
    return float(np.exp(-np.sum(shares * np.log(shares))))


WAYS: dict[str, tuple[Callable[[Array], float], type | None]] = {
    OURS: (lambda x: vendi(features=x), None),
    PRODUCT: (_product, None),
    DUAL: (_dual, np.float64),
    SINGLE: (_dual, np.float32),
}


def _child(name: str, path: str) -> None:
    way, dtype = WAYS[name]
    x = np.load(path, mmap_mode="r")
    given = x if dtype is None else np.asarray(x, dtype)
    begun = time.perf_counter()
    value = way(given)
    print(json.dumps({"seconds": time.perf_counter() - begun, "value": value}))


if __name__ == "__main__":
    _child(*sys.argv[1:])
