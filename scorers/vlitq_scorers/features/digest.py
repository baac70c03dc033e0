"""What the digests of images share: 128 bits as numbers that float32 holds exactly, and nothing to load."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.node import Encoder, Feature, Runtime
from vlitq.schema import Array

DIGEST_DIM = 8  # numbers of 16 bits: 128 bits
NUMBERS = 65_536  # a number of a digest is below


@dataclass(frozen=True)
class Digest(Feature):
    """A digest of an item as whole numbers below 65,536, float32 of shape (items, 8); of several, theirs in order."""

    unit_length = False
    pooling = "digest"

    @abstractmethod
    def digest(self, item: Any) -> Array:
        """The digest of one item, float32 of shape (8,)."""

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # the contract's
        """Nothing is loaded."""
        yield Encoder(np.stack, DIGEST_DIM, self.digest)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Digests at random."""
        return rng.integers(0, NUMBERS, (items, DIGEST_DIM)).astype(np.float32)
