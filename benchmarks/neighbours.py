"""Exact nearest neighbours by cosine, against one blocked matrix product of that size."""

from __future__ import annotations

import numpy as np

from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.timing import in_turn
from vlitq.schema import Array
from vlitq_scorers.features.clip import ClipImage
from vlitq_scorers.redundancy.neighbours import K, Neighbours

TITLE = "Exact nearest neighbours, against one blocked matrix product"
ROWS, QUICK_ROWS, DIM = 100_000, 20_000, 512
BLOCK = 4096
NOTES = (
    f"The {K} nearest of each row among all others, as `duplicates` and `diversity` compute them. The product "
    f"multiplies blocks of {BLOCK} rows by blocks of {BLOCK} columns, all of them, and keeps nothing.",
)


def benchmark(quick: bool) -> Result:
    """Seconds of both, and the search's by the product's."""
    rows, repeats = (QUICK_ROWS, 1) if quick else (ROWS, 3)
    vectors = unit_vectors(rows)
    product, search = in_turn(repeats, lambda: _product(vectors), lambda: _search(vectors))
    figures = (Figure("time", "s", {"matrix product": Spread.of(product), "vlitq": Spread.of(search)}),)
    ratios = [s / p for s, p in zip(search, product, strict=True)]
    claims = (Claim("the search's time by the product's", "at most", 1.3, Spread.of(ratios)),)
    return Result("neighbours", TITLE, figures, claims, (*NOTES, f"{rows:,} x {DIM}, float32."), quick=quick)


def unit_vectors(rows: int, clusters: int = 200, seed: int = 0) -> Array:
    """Unit vectors around some centres, float32 of shape (rows, 512): embeddings are not spread evenly either."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((clusters, DIM), np.float32)
    vectors = rng.standard_normal((rows, DIM), np.float32)
    vectors += centres[rng.integers(0, clusters, rows)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _product(vectors: Array) -> None:
    for start in range(0, len(vectors), BLOCK):
        left = vectors[start : start + BLOCK]
        for other in range(0, len(vectors), BLOCK):
            left @ vectors[other : other + BLOCK].T


def _search(vectors: Array) -> None:
    Neighbours((ClipImage().of("images"),), K).compute(vectors)
