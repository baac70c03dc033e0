"""How evenly a set is spread over categories: histograms, entropy, Gini, divergence from a target, mixture weights."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence

import numpy as np

from vlitq.schema import Array

Counts = Mapping[str, float] | Sequence[float] | Array  # by label, or by place


def histogram(labels: Iterable[Hashable]) -> dict[str, int]:
    """How often each label occurs, the commonest first, equals by name; None is left out."""
    found = Counter(labels)  # counts in C; the labels are turned into texts each once
    del found[None]
    told = Counter[str]()
    for label, count in found.items():
        told[str(label)] += count
    return dict(sorted(told.items(), key=lambda item: (-item[1], item[0])))


def entropy(counts: Counts) -> float:
    """Shannon entropy in nats, at least 0; NaN of nothing."""
    shares = _shares(counts)
    return float(-np.sum(shares * np.log(shares))) + 0.0 if len(shares) else math.nan


def evenness(counts: Counts) -> float:
    """Entropy by the logarithm of the number of categories (Pielou 1966, doi 10.1016/0022-5193(66)90013-0), in [0, 1].

    1 where all are as frequent. Categories of size 0 count: they are what a set lacks of a list. NaN of fewer than two
    categories, and of nothing.
    """
    return entropy(counts) / math.log(len(counts)) if len(counts) > 1 else math.nan


def gini(counts: Counts) -> float:
    """Gini coefficient of the categories' sizes, in [0, 1 − 1/k] for k categories: 0 where all are as frequent.

    Categories of size 0 count. NaN of nothing.
    """
    sizes = np.sort(_sizes(counts))
    if not sizes.sum():
        return math.nan
    ranks = np.arange(1, len(sizes) + 1)
    return float(((2 * ranks - len(sizes) - 1) @ sizes) / (len(sizes) * sizes.sum()))


def kl_divergence(counts: Counts, target: Counts) -> float:
    """Σ p log(p / t) in nats of shares p against a target's shares t, at least 0; infinite where t lacks a category.

    NaN where either is empty.
    """
    given, wanted = _by_label(counts), _by_label(target)
    total, aim = sum(given.values()), sum(wanted.values())
    if not total or not aim:
        return math.nan
    if any(count and not wanted.get(label, 0) for label, count in given.items()):
        return math.inf
    parts = [c / total * math.log(c / total * aim / wanted[label]) for label, c in given.items() if c]
    return max(0.0, math.fsum(parts))


def uniform(labels: Iterable[str]) -> dict[str, float]:
    """The target in which every category is as frequent."""
    return dict.fromkeys(labels, 1.0)


def mixture_weights(sizes: Counts, alpha: float = 0.5) -> Array:
    """The share of draws for each dataset, size^α / Σ size^α, float64: 1 in proportion, 0 alike.

    α = ½ is the square root of InstructBLIP (Dai et al. 2023, arXiv 2305.06500); a temperature T is α = 1 / T. A
    dataset of size 0 has weight 0. Raises `ValueError` for a negative size and where all are 0.
    """
    given = _sizes(sizes)
    if not (given >= 0).all() or not given.any():
        raise ValueError(f"mixture_weights: sizes are numbers from 0 up, one of them above it, not {given.tolist()}")
    logs = np.full(given.shape, -np.inf)
    logs[given > 0] = alpha * np.log(given[given > 0])
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _shares(counts: Counts) -> Array:
    sizes = _sizes(counts)
    sizes = sizes[sizes != 0]
    return np.asarray(sizes / sizes.sum())


def _sizes(counts: Counts) -> Array:
    return np.array(list(counts.values()) if isinstance(counts, Mapping) else counts, np.float64)


def _by_label(counts: Counts) -> dict[Hashable, float]:
    return dict(counts.items() if isinstance(counts, Mapping) else enumerate(_sizes(counts).tolist()))
