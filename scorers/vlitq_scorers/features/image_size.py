"""Width and height of an image, from its header."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from vlitq.images import Thumbnail
from vlitq.node import Encoder, Feature, Runtime
from vlitq.schema import Array


@dataclass(frozen=True)
class ImageSize(Feature):
    """Width and height of the upright image in pixels, float32 of shape (images, 2). No pixel is decoded."""

    name = "image_size"
    over = "thumbnail"
    unit_length = False

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # nothing is computed
        """Nothing is loaded."""
        yield Encoder(lambda sizes: np.array(sizes, np.float32), 2, _size)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Sizes between a speck and a poster."""
        return rng.integers(1, 4000, (items, 2)).astype(np.float32)


def _size(image: Thumbnail) -> tuple[int, int]:
    return image.size
