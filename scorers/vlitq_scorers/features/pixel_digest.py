"""A digest of an image's decoded pixels: the same for a file that was packed anew without loss."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image

from vlitq.node import Encoder, Feature, Runtime, digest_vector
from vlitq.schema import Array
from vlitq_scorers.features.file_digest import DIGEST_DIM, NUMBERS


@dataclass(frozen=True)
class PixelDigest(Feature):
    """BLAKE2b of size, mode and pixels as whole numbers below 65,536, float32 of shape (images, 8).

    The pixels are those every model sees: RGB, upright, the first frame. A PNG of a palette and a WebP without loss of
    the same picture are one; a picture saved as JPEG again is another. Of several images: a digest of theirs in order.
    """

    name = "pixel_digest"
    over = "image"
    unit_length = False
    pooling = "digest"

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # the contract's
        """Nothing is loaded."""
        yield Encoder(np.stack, DIGEST_DIM, _digest)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Digests at random."""
        return rng.integers(0, NUMBERS, (items, DIGEST_DIM)).astype(np.float32)


def _digest(image: Image.Image) -> Array:
    about = f"{image.width}x{image.height} {image.mode}\0".encode()
    return digest_vector(about + image.tobytes(), DIGEST_DIM)
