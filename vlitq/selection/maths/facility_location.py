"""Facility location: the rows that represent all others best, each other row by the most similar of them."""

from __future__ import annotations

from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.given import rows_of
from vlitq.selection.maths.greedy_cover import Cover, Similarities, greedy_cover, of_matrix, of_vectors, rounding
from vlitq.selection.maths.interchange import interchanged
from vlitq.selection.maths.ties import first_of_largest

Optimizer = Literal["lazy", "stochastic"]
EXCHANGED_FROM = 100  # rows taken: so many are improved after greedy, fewer are the greedy sequence as it is defined


def facility_location(
    similarity: Array,
    budget: int,
    optimizer: Optimizer = "lazy",
    rng: np.random.Generator | None = None,
    epsilon: float = 0.01,
    exchange: bool | None = None,
) -> Array:
    """Positions of min(budget, n) candidates, int64, that greedily maximise f(S) = Σ_i max_{j in S} s_ij.

    similarity: (rows, candidates), of any signs; usually (n, n). Nothing is clipped at 0, and the first pick has the
    largest column sum. `lazy` takes in every step the candidate that gains most, as lazy greedy does (Minoux 1978,
    doi 10.1007/BFb0006528), whose queue is replaced by gains that are kept up to date; f is at least 1 − 1/e of the
    best possible where no similarity is negative (Nemhauser et al. 1978). `stochastic` takes the best of a random
    (n / budget) · ln(1 / epsilon) candidates a step (Mirzasoleiman et al. 2015, arXiv 1409.7938) and needs `rng`; with
    gains up to date it saves no time here. Of gains that rounding cannot tell apart the lowest position is taken.
    exchange: after greedy, each pick in turn gives way to the candidate that adds most in its place, where that is more
    than the pick adds, and leaves its place in the order to it: f never falls by it. None does so where 100 are taken
    or more; False is the greedy sequence. Time grows with rows · candidates · log(budget), and rows · candidates for
    the exchange; no copy is made of `similarity`. Raises `ValueError` where one of its
    columns is not finite.
    """
    return cover(similarity, budget, optimizer, rng, epsilon, exchange).order


def facility_location_of(
    x: Array,
    budget: int,
    optimizer: Optimizer = "lazy",
    rng: np.random.Generator | None = None,
    epsilon: float = 0.01,
    exchange: bool | None = None,
) -> Array:
    """The same from rows of `x`, shape (n, d), by their cosines where they are of unit length, else by their products.

    Products of unit rows are resolved to 2⁻²⁴ and added up exactly; gains that differ by less than 10⁻⁶ are ties: such
    as those of two rows that are nearest to each other. Memory: 4 n² bytes beside `x`.
    """
    return cover_of(x, budget, optimizer, rng, epsilon, exchange).order


def cover(
    similarity: Array,
    budget: int,
    optimizer: Optimizer = "lazy",
    rng: np.random.Generator | None = None,
    epsilon: float = 0.01,
    exchange: bool | None = None,
) -> Cover:
    """What `facility_location` takes, with the gain of each, and of each row by which of them it is represented."""
    return _cover(of_matrix(similarity), budget, optimizer, rng, epsilon, exchange)


def cover_of(
    x: Array,
    budget: int,
    optimizer: Optimizer = "lazy",
    rng: np.random.Generator | None = None,
    epsilon: float = 0.01,
    exchange: bool | None = None,
) -> Cover:
    """What `facility_location_of` takes, with the gain of each, and of each row by which of them it is represented."""
    return _cover(of_vectors(x), budget, optimizer, rng, epsilon, exchange)


def facility_location_value(similarity: Array, taken: Array) -> float:
    """f(S) = Σ_i max_{j in S} s_ij for the candidates at positions `taken`; 0 where there are none."""
    similarity, taken = rows_of(similarity, "similarity"), np.asarray(taken, np.int64)
    if not len(taken):
        return 0.0
    blocks = range(0, len(similarity), 1024)
    return float(sum(similarity[at : at + 1024, taken].max(axis=1).sum(dtype=np.float64) for at in blocks))


def _cover(
    similarities: Similarities,
    budget: int,
    optimizer: Optimizer,
    rng: np.random.Generator | None,
    epsilon: float,
    exchange: bool | None,
) -> Cover:
    tolerance = rounding(similarities)
    found = _greedy(similarities, budget, optimizer, rng, epsilon, tolerance)
    wanted = budget >= EXCHANGED_FROM if exchange is None else exchange
    return interchanged(similarities, found, tolerance) if wanted else found


def _greedy(
    similarities: Similarities,
    budget: int,
    optimizer: Optimizer,
    rng: np.random.Generator | None,
    epsilon: float,
    tolerance: float,
) -> Cover:
    if optimizer == "lazy":
        return greedy_cover(similarities, budget, lambda gains, _taken: first_of_largest(gains, tolerance))
    if optimizer != "stochastic":
        raise ValueError(f"optimizer {optimizer!r} is neither lazy nor stochastic")
    if rng is None or not 0 < epsilon < 1:
        raise ValueError(f"stochastic greedy needs rng, and an epsilon between 0 and 1: it has {rng} and {epsilon}")
    size = int(np.ceil(len(similarities.sums) / max(budget, 1) * np.log(1 / epsilon)))
    return greedy_cover(similarities, budget, lambda gains, _taken: _best_of_some(gains, tolerance, size, rng))


def _best_of_some(gains: Array, tolerance: float, size: int, rng: np.random.Generator) -> int:
    left = np.flatnonzero(gains > -np.inf)
    some = np.sort(rng.choice(left, min(size, len(left)), replace=False))
    return int(some[first_of_largest(gains[some], tolerance)])
