"""QDIT: quality and diversity at once, facility location with the quality of each row taken added."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import require_finite, square
from vlitq.selection.maths.greedy_cover import Cover, Rule, Similarities, greedy_cover, of_matrix, of_vectors, rounding
from vlitq.selection.maths.ties import first_of_largest

Terms = Literal["sums", "means"]


def qdit(quality: Array, similarity: Array, budget: int, alpha: float = 0.7, terms: Terms = "sums") -> Array:
    """Positions of min(budget, n) rows, int64, each the one with the largest (1 − alpha) · d(j | S) + alpha · q_j.

    Bukharin et al. 2023, arXiv 2311.14736, section 3.2. d(j | S) is what j adds to Σ_i max_{j in S} s_ij, q its
    quality, float of shape (n,); similarity: (n, n). alpha in [0, 1]: 0 is facility location, 1 the ranking by
    quality; the paper's best were 0.5 to 0.9. `sums` adds the two as the paper does, which says nothing of their
    scales; `means` maximises in every step (1 − alpha) · mean_i max_{j in S} s_ij + alpha · mean_{j in S} q_j.
    Ties go to the lowest position. Raises `ValueError` where quality or a column is not finite.
    """
    return qdit_cover(quality, similarity, budget, alpha, terms).order


def qdit_cover(quality: Array, similarity: Array, budget: int, alpha: float = 0.7, terms: Terms = "sums") -> Cover:
    """What `qdit` takes; `gain` is d(j | S) of each."""
    return _cover(of_matrix(square(similarity, "similarity")), quality, budget, alpha, terms)


def qdit_cover_of(quality: Array, x: Array, budget: int, alpha: float = 0.7, terms: Terms = "sums") -> Cover:
    """The same from rows of `x`, shape (n, d), by their cosines where they are unit rows; 4 n² bytes beside `x`."""
    return _cover(of_vectors(x), quality, budget, alpha, terms)


def _cover(similarities: Similarities, quality: Array, budget: int, alpha: float, terms: Terms) -> Cover:
    if len(quality) != len(similarities.sums):
        raise ValueError(f"quality: {len(quality)} numbers for {len(similarities.sums)} rows; give one a row")
    return greedy_cover(similarities, budget, _rule(quality, alpha, terms, rounding(similarities)))


def _rule(quality: Array, alpha: float, terms: Terms, tolerance: float) -> Rule:
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha {alpha} is not between 0 and 1")
    quality = np.asarray(quality, np.float64)
    require_finite(quality, "quality: row")
    if terms not in ("sums", "means"):
        raise ValueError(f"terms {terms!r} is neither sums nor means")
    rows = max(len(quality), 1)

    def rule(gains: Array, taken: int) -> int:
        by_rows, by_taken = (rows, taken + 1) if terms == "means" else (1, 1)
        free = gains > -np.inf
        diversity = np.where(free, gains, 0.0) * ((1 - alpha) / by_rows)
        joint = np.where(free, diversity + quality * (alpha / by_taken), -np.inf)
        return first_of_largest(joint, tolerance * (1 - alpha) / by_rows)

    return rule
