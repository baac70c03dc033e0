"""A digest of an image's file: the same for the same bytes and, in practice, for no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from vlitq.images import Thumbnail
from vlitq.node import Encoder, Feature, Runtime, digest_vector
from vlitq.schema import Array

DIGEST_DIM = 8  # numbers of 16 bits: 128 bits
NUMBERS = 65_536  # a number of a digest is below


@dataclass(frozen=True)
class FileDigest(Feature):
    """BLAKE2b of the bytes of an image's file as whole numbers below 65,536, float32 of shape (images, 8).

    Of a row with several images it is a digest of theirs in order.
    """

    name = "file_digest"
    over = "thumbnail"
    unit_length = False
    pooling = "digest"

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # the contract's
        """Nothing is loaded."""
        yield Encoder(np.stack, DIGEST_DIM, _digest)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Digests at random."""
        return rng.integers(0, NUMBERS, (items, DIGEST_DIM)).astype(np.float32)


def _digest(thumbnail: Thumbnail) -> Array:
    return digest_vector(thumbnail.data, DIGEST_DIM)
