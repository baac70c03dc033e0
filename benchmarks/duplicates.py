"""Near-duplicates among planted groups: exact, against its matrix products, and by cells; then a million rows."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.results import Claim, Figure, Result, Spread, one
from benchmarks.timing import ROOT, fresh_folder, in_turn, run
from vlitq.schema import Array
from vlitq.selection.maths.pairs import Pairs, pairs_above
from vlitq.selection.maths.partitions import Approximate, partition_pairs
from vlitq.selection.maths.rows import BLOCK

TITLE = "Near-duplicates, exact and by cells"
DIM = 512
ROWS, QUICK_ROWS = 200_000, 20_000
MILLION, QUICK_MILLION = 1_000_000, 100_000
COSINES = (0.99, 0.95, 0.90)
THRESHOLD = 0.899  # just under the farthest of the planted copies
GROUPED = 20  # one row in so many begins a group, and has two copies at each of the cosines
SPEEDUP, QUICK_SPEEDUP = 10.0, 1.5  # it grows with the square root of the rows
NOTES = (
    f"Gaussian directions of {DIM} numbers, which have no clusters of their own: the hard case for cells. One row in "
    f"{GROUPED} has two copies at each of the cosines {', '.join(map(str, COSINES))}; the rows are shuffled. All pairs "
    f"with a cosine of at least {THRESHOLD} are wanted.",
    f"The products are those of blocks of {BLOCK} rows over the upper triangle, and keep nothing.",
    "A stray pair is one that the exact search does not find. The recall that the search by cells states comes from a "
    "sample of the same rows, its share of all pairs from the exact search.",
)


def benchmark(quick: bool) -> Result:
    """Seconds of the products, of both searches, what they found, and the memory and time of a million rows."""
    rows = QUICK_ROWS if quick else ROWS
    x, planted = planted_rows(rows)
    exact: list[Pairs] = []
    cells: list[Approximate] = []
    times = in_turn(
        1,
        lambda: triangle(x),
        lambda: exact.append(pairs_above(x, THRESHOLD)),
        lambda: cells.append(partition_pairs(x, THRESHOLD, np.random.default_rng(0))),
    )
    products, all_pairs, some_pairs = times
    many = QUICK_MILLION if quick else MILLION
    large = _large(many)
    figures = (
        Figure(f"time, {rows:,} x {DIM}, float32", "s", {
            "matrix products": Spread.of(products), "exact": Spread.of(all_pairs), "by cells": Spread.of(some_pairs),
        }),
        Figure("pairs found", "pairs", {
            "planted": one(len(planted)), "exact": one(len(exact[0].left)), "by cells": one(len(cells[0].pairs.left)),
        }),
        Figure(f"by cells, {many:,} x {DIM}, float16", "", {
            "time, s": one(large["seconds"]), "peak memory, MiB": one(large["peak"]), "pairs": one(large["pairs"]),
        }),
        Figure("recall that the search by cells states", "share", {
            f"{rows:,} rows": str(cells[0].recall), f"{many:,} rows": str(large["recall"]),
        }),
    )  # fmt: skip
    claims = (
        *_claims(planted, exact[0], cells[0]),
        Claim("exact: time by the products'", "at most", 1.5, Spread.of_ratios(all_pairs, products)),
        Claim(
            "by cells: times faster than exact", "at least", QUICK_SPEEDUP if quick else SPEEDUP,
            Spread.of_ratios(all_pairs, some_pairs),
        ),
        Claim("by cells, the large set: peak GiB", "at most", 24, one(large["peak"] / 1024)),
    )  # fmt: skip
    return Result("duplicates", TITLE, figures, claims, NOTES, quick=quick)


def _claims(planted: set[tuple[int, int]], exact: Pairs, cells: Approximate) -> tuple[Claim, ...]:
    """What was found and what was not."""
    found, met = named(exact), named(cells.pairs)
    return (
        Claim("exact: share of the planted pairs found", "at least", 1.0, one(len(found & planted) / len(planted))),
        Claim("exact: pairs that were not planted", "at most", 0, one(len(found - planted))),
        Claim("by cells: share of all pairs found", "at least", 0.99, one(len(met & found) / len(found))),
        Claim("by cells: stray pairs", "at most", 0, one(len(met - found))),
    )


def named(pairs: Pairs) -> set[tuple[int, int]]:
    """The pairs as they are compared with others."""
    return set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))


def triangle(x: Array) -> None:
    """The matrix products of an exact search."""
    for start in range(0, len(x), BLOCK):
        for other in range(start, len(x), BLOCK):
            x[start : start + BLOCK] @ x[other : other + BLOCK].T


def planted_rows(rows: int, seed: int = 0) -> tuple[Array, set[tuple[int, int]]]:
    """Unit rows, float32 of shape (rows, 512), and the pairs among them whose cosine reaches the threshold."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, DIM), np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    count = rows // GROUPED
    first, groups = x[:count], [np.arange(count)]
    for number, cosine in enumerate((*COSINES, *COSINES), 1):
        part = np.arange(number * count, (number + 1) * count)
        across = x[part] - (x[part] * first).sum(axis=1, keepdims=True) * first
        across /= np.linalg.norm(across, axis=1, keepdims=True)
        x[part] = np.float32(cosine) * first + np.float32(np.sqrt(1 - cosine**2)) * across
        groups.append(part)
    place = rng.permutation(rows)
    shuffled = np.empty_like(x)
    shuffled[place] = x
    return shuffled, _planted_pairs(shuffled, np.sort(place[np.stack(groups, axis=1)], axis=1))


def _planted_pairs(x: Array, groups: Array) -> set[tuple[int, int]]:
    """Copies are near their first row, and some near each other: of each group the pairs that reach the threshold."""
    pairs = set()
    for group in groups:
        members = x[group].astype(np.float64)
        left, right = np.nonzero(np.triu(members @ members.T >= THRESHOLD, 1))
        pairs |= set(zip(group[left].tolist(), group[right].tolist(), strict=True))
    return pairs


def _large(rows: int) -> dict[str, float]:
    """Seconds, peak MiB, pairs and recall of a search by cells in a process of its own."""
    with fresh_folder() as folder:
        np.save(folder / "x.npy", planted_rows(rows)[0].astype(np.float16))
        finished = run([sys.executable, "-m", "benchmarks.duplicates", folder / "x.npy"], cwd=ROOT)
    if finished.exit_code:
        raise RuntimeError(f"a search among {rows} rows failed:\n{finished.output}")
    told: dict[str, float] = json.loads(finished.output.splitlines()[-1])
    return told | {"peak": finished.peak_mib}


def _search(path: Path) -> None:
    """What the measured process does."""
    start = time.perf_counter()
    found = partition_pairs(np.load(path, mmap_mode="r"), THRESHOLD, np.random.default_rng(0))
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "pairs": len(found.pairs.left), "recall": str(found.recall)}))


if __name__ == "__main__":
    _search(Path(sys.argv[1]))
