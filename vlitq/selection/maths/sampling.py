"""Draws weighed by a score: without replacement at once (Gumbel top-k), and one by one with a penalty on repeats."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array
from vlitq.selection.maths.ties import picks

_ALIKE = 1e-12  # a deviation this small beside the values is the rounding of their mean


def gumbel_top_k(log_weights: Array, budget: int, rng: np.random.Generator) -> Array:
    """min(budget, n) positions, int64, drawn one after the other in proportion to exp(`log_weights`), without return.

    The highest log-weights of shape (n,) after standard Gumbel noise is added (Kool et al. 2019, arXiv 1903.06059).
    -inf comes after all others, NaN is -inf, and among equal infinities chance decides.
    """
    noise = rng.gumbel(size=len(log_weights))
    keys = _known(log_weights) + noise
    return np.lexsort((-noise, -keys))[: picks(budget, len(keys))].astype(np.int64)


def soft_cap(log_weights: Array, budget: int, rng: np.random.Generator, repetition_penalty: float = 0.15) -> Array:
    """min(budget, n) positions, int64, in the order in which `soft_cap_draws` draws them for the first time.

    A row not yet drawn has no penalty, so that these are distributed as `gumbel_top_k` draws them, whatever the
    penalty: what soft-cap sampling adds is how often each is repeated.
    """
    return first_of_each(soft_cap_draws(log_weights, budget, rng, repetition_penalty))


def soft_cap_draws(log_weights: Array, rows: int, rng: np.random.Generator, repetition_penalty: float = 0.15) -> Array:
    """Positions in the order drawn, int64, with repeats, up to the first draw of the last of min(rows, n) rows.

    Soft Cap Sampling (Shechter & Carmon 2025, arXiv 2503.08805): each draw is in proportion to exp(`log_weights`), and
    lowers the log-weight of what it draws by `repetition_penalty`, above 0. The authors draw in batches to save time;
    here every draw is followed by its penalty: as a row's draws are the events of a random clock that ticks at the rate
    of its weight, each row can be followed by itself. Rows of weight 0 (-inf, NaN) come once each, after all others.
    Raises `ValueError` for a penalty that is not above 0 and for a weight without bound.
    """
    known = _known(log_weights)
    if not repetition_penalty > 0:
        raise ValueError(f"repetition_penalty is {repetition_penalty}, not above 0: no end of repeats")
    if np.isposinf(known).any():
        raise ValueError("a log-weight is inf: no row but that one would ever be drawn")
    noise = rng.gumbel(size=len(known))
    order = np.lexsort((-noise, -(known + noise)))[: picks(rows, len(known))].astype(np.int64)
    drawn, never = order[np.isfinite(known[order])], order[~np.isfinite(known[order])]
    if not len(drawn):
        return never
    # Gumbel noise is minus the logarithm of an exponential waiting time: a row comes first at log-time -(key).
    when = -(known + noise)[drawn]
    again, times = _repeats(known[drawn], when, rng, repetition_penalty)
    every = np.concatenate([drawn, drawn[again]])
    return np.concatenate([every[np.argsort(np.concatenate([when, times]), kind="stable")], never])


def first_of_each(draws: Array) -> Array:
    """The different numbers among some, in the order in which they come first."""
    return np.asarray(draws[np.sort(np.unique(draws, return_index=True)[1])])


def standardised(values: Array, strata: Array) -> Array:
    """Values of shape (n,) less the mean of their stratum (codes, int64), over its deviation; float64.

    0 where all of a stratum are alike; NaN and infinities become NaN and count for nothing.
    """
    values = np.asarray(values, dtype=np.float64)
    z, known = np.full(len(values), np.nan), np.isfinite(values)
    some, codes = values[known], strata[known]
    size = np.maximum(np.bincount(codes), 1)
    centred = some - (np.bincount(codes, weights=some) / size)[codes]
    deviation = np.sqrt(np.bincount(codes, weights=centred**2) / size)[codes]
    alike = deviation <= _ALIKE * np.abs(some)
    z[known] = np.where(alike, 0.0, centred / np.where(alike, 1.0, deviation))
    return z


def _repeats(log_weights: Array, when: Array, rng: np.random.Generator, penalty: float) -> tuple[Array, Array]:
    """The repeats of rows first drawn at the log-times `when` until the last of these: which row, and its log-time."""
    rows, end = np.arange(len(when)), when[-1]
    every, times = [rows[:0]], [when[:0]]
    rate = log_weights.copy()
    while len(rows):
        rate = rate - penalty
        when = np.logaddexp(when, -rate - rng.gumbel(size=len(rows)))
        still = when <= end
        rows, when, rate = rows[still], when[still], rate[still]
        every.append(rows)
        times.append(when)
    return np.concatenate(every), np.concatenate(times)


def _known(log_weights: Array) -> Array:
    known = np.asarray(log_weights, dtype=np.float64)
    return np.where(np.isnan(known), -np.inf, known)
