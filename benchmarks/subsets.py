"""Facility location and k-center against the least they could do: one similarity matrix, and reading the vectors."""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.neighbours import unit_vectors
from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.rivals.clocked import resident
from benchmarks.timing import ROOT, in_turn, run
from vlitq.schema import Array
from vlitq.selection.maths.facility_location import facility_location_of, facility_location_value
from vlitq.selection.maths.k_center import k_center

TITLE = "Subsets that cover: facility location and k-center"
ROWS, QUICK_ROWS, SHARE = 20_000, 4_000, 10
NOTES = (
    "The similarity matrix is the quicker of two: one product of all rows with each other in one piece (numpy takes "
    "the symmetric half, and mirrors it), and by strips of 2,048 rows; both float32, written to fresh memory.",
    "Reading is one product of the vectors with a vector, budget times: nothing reads them quicker.",
    "Peaks are of processes of their own, with Python, numpy and the vectors; the objective is the sum over all rows "
    "of the cosine to the nearest row taken.",
)


def benchmark(quick: bool) -> Result:
    """Seconds of each, the ratios, the peaks in memory, and the objective beside that of random rows and k-center."""
    rows, repeats = (QUICK_ROWS, 1) if quick else (ROWS, 3)
    x, budget = unit_vectors(rows), rows // SHARE
    whole, strips, greedy, cover, reading, center = in_turn(
        repeats,
        lambda: x @ x.T,
        lambda: _strips(x),
        lambda: facility_location_of(x, budget, exchange=False),
        lambda: facility_location_of(x, budget),
        lambda: _read(x, budget),
        lambda: k_center(x, budget),
    )
    matrix = [min(pair) for pair in zip(whole, strips, strict=True)]
    seconds = {
        "the matrix in one piece": whole, "the matrix by strips": strips, "facility location": cover,
        "facility location without its exchange": greedy, f"reading {budget:,} times": reading, "k-center": center,
    }  # fmt: skip
    peaks = {name: _peak(name, rows) for name in ("nothing", "facility_location", "k_center")}
    figures = (
        Figure("time", "s", {name: Spread.of(column) for name, column in seconds.items()}),
        Figure("peak memory", "MiB", {name: one(peak) for name, peak in peaks.items()}),
        Figure("objective", "", {name: one(value) for name, value in _objectives(x, budget).items()}),
    )
    held = (peaks["facility_location"] - peaks["nothing"]) * 2**20 / (4 * rows**2)
    claims = (
        Claim(
            "facility location's time by the similarity matrix's alone", "at most", 2, Spread.of_ratios(cover, matrix)
        ),
        Claim("k-center's time by reading the vectors budget times", "at most", 2, Spread.of_ratios(center, reading)),
        Claim("facility location's memory by the float32 matrix's", "at most", 1.25, one(held)),
    )
    return Result("subsets", TITLE, figures, claims, (*NOTES, f"{rows:,} x 512, budget {budget:,}."), quick=quick)


def _strips(x: Array) -> Array:
    matrix = np.empty((len(x), len(x)), np.float32)
    for start in range(0, len(x), 2048):
        np.matmul(x[start : start + 2048], x.T, out=matrix[start : start + 2048])
    return matrix


def _read(x: Array, times: int) -> None:
    for row in range(times):
        x @ x[row]


def _objectives(x: Array, budget: int) -> dict[str, float]:
    taken = {
        "facility location": facility_location_of(x, budget),
        "facility location without its exchange": facility_location_of(x, budget, exchange=False),
        "k-center": k_center(x, budget),
        "random": np.random.default_rng(0).permutation(len(x))[:budget],
    }
    return {name: _objective(x, rows) for name, rows in taken.items()}


def _objective(x: Array, taken: Array) -> float:
    """The objective without the whole matrix."""
    every = np.arange(len(taken))
    blocks = (x[start : start + 2048] @ x[taken].T for start in range(0, len(x), 2048))
    return sum(facility_location_value(block, every) for block in blocks)


def _peak(name: str, rows: int) -> float:
    """Peak MiB of a process that makes the vectors and then does what `name` says."""
    finished = run([sys.executable, "-m", "benchmarks.subsets", name, str(rows)], cwd=ROOT)
    if finished.exit_code:
        raise RuntimeError(f"{name} on {rows} rows failed:\n{finished.output}")
    return float(finished.output)


def _work(name: str, rows: str) -> None:
    """What the measured process does, and the peak it then prints; what a parent is told may be the parent's own."""
    x = unit_vectors(int(rows))
    if name == "facility_location":
        facility_location_of(x, len(x) // SHARE)
    elif name == "k_center":
        k_center(x, len(x) // SHARE)
    print(resident("VmHWM"))


if __name__ == "__main__":
    _work(*sys.argv[1:])
