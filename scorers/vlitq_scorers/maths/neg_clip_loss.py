"""negCLIPLoss's normaliser: how well the images and texts of a batch fit each other at large, in the log domain."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vlitq.schema import Array

BLOCK = 1024  # images, and texts, that are multiplied at a time: 4 MB of cosines
GRID = 1024  # steps in 1: vectors that are equal in these are one, as pooling an answer with itself moves a last digit


def normaliser(images: Array, texts: Array, temperature: float) -> Array:
    """τ/2 · (log Σ_t e^{cos(image, t)/τ} + log Σ_m e^{cos(m, text)/τ}) of each pair of a batch, float64 of (pairs,).

    `images` and `texts` are unit vectors of shape (pairs, dim). t runs over the distinct texts and m over the distinct
    images of the batch, the pair's own among them: what recurs counts once.
    """
    one_of_each_image, image_of = _distinct(images)
    one_of_each_text, text_of = _distinct(texts)
    by_image, by_text = log_sums(images[one_of_each_image], texts[one_of_each_text], temperature)
    return np.asarray((by_image[image_of] + by_text[text_of]) * (temperature / 2))


def log_sums(images: Array, texts: Array, temperature: float) -> tuple[Array, Array]:
    """log Σ_t e^{cos(m, t)/τ} of every image m, and log Σ_m e^{cos(m, t)/τ} of every text t; float64 both."""
    by_image, by_text = np.full(len(images), -np.inf), np.full(len(texts), -np.inf)
    for rows in _blocks(len(images)):
        for columns in _blocks(len(texts)):
            scaled = images[rows] @ texts[columns].T
            scaled /= np.float32(temperature)
            by_image[rows] = np.logaddexp(by_image[rows], _log_sum(scaled, axis=1))
            by_text[columns] = np.logaddexp(by_text[columns], _log_sum(scaled, axis=0))
    return by_image, by_text


def drawn_batches(items: int, size: int, rounds: int, rng: np.random.Generator) -> Iterator[Array]:
    """Item numbers of each batch: all items in `rounds` random partitions into equal parts of at most `size`.

    One batch of all items where they fit.
    """
    parts = -(-items // size)
    for _ in range(rounds if parts > 1 else parts):
        yield from np.array_split(rng.permutation(items) if parts > 1 else np.arange(items), parts)


def _log_sum(values: Array, axis: int) -> Array:
    """log Σ e^value along an axis, with the largest taken out first, so that nothing overflows."""
    largest = values.max(axis=axis, keepdims=True)
    return np.asarray(np.log(np.exp(values - largest).sum(axis=axis)) + largest.squeeze(axis))


def _distinct(vectors: Array) -> tuple[Array, Array]:
    """Where each distinct vector occurs first, in an order of the vectors' own, and which of them each row is."""
    rows = np.rint(vectors * np.float32(GRID)).astype(np.int16)
    _, first, which = np.unique(rows.view(f"V{rows.itemsize * rows.shape[1]}"), return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def _blocks(length: int) -> list[slice]:
    return [slice(start, start + BLOCK) for start in range(0, length, BLOCK)]
