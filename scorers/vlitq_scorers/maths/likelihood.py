"""Arithmetic on losses (negative log-likelihoods in nats) and on the logits of scores; pure functions of arrays."""

from __future__ import annotations

import numpy as np

from vlitq.schema import Array

MOST_NATS = 700.0  # exp of it is 1e304: of a larger loss or gain the perplexity or ratio is that of this


def perplexity(loss: Array) -> Array:
    """exp of a mean loss a token, float64, finite: losses above `MOST_NATS` count as that."""
    return np.exp(np.minimum(np.asarray(loss, np.float64), MOST_NATS))


def loss_ratio(conditional: Array, alone: Array) -> Array:
    """L(A|Q) / L(A), float64: Instruction-Following Difficulty of Li et al. (arXiv 2308.12032).

    NaN where the answer alone has no loss: nothing is left that a question could help with.
    """
    conditional, alone = np.asarray(conditional, np.float64), np.asarray(alone, np.float64)
    defined = np.where(alone > 0, alone, np.nan)
    return np.asarray(conditional / defined)


def perplexity_ratio(conditional: Array, alone: Array) -> Array:
    """exp(L(A|Q)) / exp(L(A)), float64: the ratio that Superfiltering takes (arXiv 2402.00530).

    Computed as exp of the difference, so that no perplexity overflows.
    """
    difference = np.asarray(conditional, np.float64) - np.asarray(alone, np.float64)
    return np.asarray(np.exp(difference.clip(-MOST_NATS, MOST_NATS)))


def expectation(logits: Array, values: Array) -> Array:
    """Σ_k value_k · softmax(logits)_k over the last axis, float64: the expected score of DEITA (arXiv 2312.15685)."""
    logits = np.asarray(logits, np.float64)
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray((weights * values).sum(axis=-1) / weights.sum(axis=-1))
