"""Vectors around clusters, with near-duplicates of known cosine planted among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vlitq.schema import Array

DIM = 512
CLUSTERS = 200
WITHIN = 0.7  # cosine of two originals of a cluster, give or take 0.02: far below the threshold
COSINES = (0.99, 0.95, 0.92)  # of a copy and its original, each as often
PLANTED = 0.1  # share of the rows


@dataclass(frozen=True)
class Vectors:
    """Unit rows `x`, float32 of shape (rows, 512), and `original`, int64, the number of the original that each row is
    or is a copy of: an original has one copy or none."""

    x: Array
    original: Array

    @property
    def copies(self) -> int:
        """How many near-duplicates are planted."""
        return len(self.x) - int(self.original.max()) - 1


@dataclass(frozen=True)
class Outcome:
    """What deduplication came to: `found`, planted pairs of which not both are kept; `lost`, originals of which
    neither they nor a copy is kept; `removed`, rows that are not kept."""

    found: int
    lost: int
    removed: int

    @property
    def needless(self) -> int:
        """Rows removed beyond one of each pair found."""
        return self.removed - self.found


def made_vectors(rows: int, rng: np.random.Generator) -> Vectors:
    """Originals around clusters and the planted copies, shuffled."""
    copies = round(rows * PLANTED)
    originals = _around(_unit(CLUSTERS, rng)[rng.integers(CLUSTERS, size=rows - copies)], np.sqrt(WITHIN), rng)
    copied = rng.permutation(rows - copies)[:copies]
    cosines = np.resize(np.array(COSINES, np.float32), copies)
    x = np.concatenate([originals, _around(originals[copied], cosines[:, None], rng)])
    shuffled = rng.permutation(rows)
    return Vectors(x[shuffled], np.concatenate([np.arange(rows - copies), copied])[shuffled])


def outcome(made: Vectors, kept: Array) -> Outcome:
    """Of positions of kept rows."""
    members = np.bincount(made.original)
    staying = np.bincount(made.original[kept], minlength=len(members))
    found = int(((members == 2) & (staying < 2)).sum())
    return Outcome(found, int((staying == 0).sum()), len(made.x) - len(kept))


def _unit(rows: int, rng: np.random.Generator) -> Array:
    x = rng.standard_normal((rows, DIM), dtype=np.float32)
    return np.asarray(x / np.linalg.norm(x, axis=1, keepdims=True))


def _around(centres: Array, cosine: Array | float, rng: np.random.Generator) -> Array:
    """Unit rows, each at a cosine to its unit centre."""
    aside = _unit(len(centres), rng)
    aside -= np.einsum("nd,nd->n", aside, centres)[:, None] * centres
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    return np.asarray(cosine * centres + np.sqrt(1 - np.square(cosine)) * aside, dtype=np.float32)
