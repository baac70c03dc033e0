"""Which of two opposite descriptions fits an image better."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from vlitq.node import Encoder, Feature, Runtime, Weights
from vlitq.schema import Array
from vlitq_scorers.features.chunks import TextFeature
from vlitq_scorers.features.embedded import ConseImage, ConseText
from vlitq_scorers.features.whole import encoded, pinned
from vlitq_scorers.maths.antonyms import first_of_two

Antonyms = tuple[str, str]


@dataclass(frozen=True)
class AntonymFit(Feature):
    """How far an image is like the first prompt of each pair rather than the second, float32 of shape (images, pairs).

    Derived from `image`; the prompts are embedded by `text` when the feature is opened.
    """

    name = "antonym_fit"
    over = "image"
    unit_length = False

    image: Feature = ConseImage()  # noqa: RUF009  # features are frozen, a shared default is safe
    text: TextFeature = ConseText()  # noqa: RUF009  # as above
    pairs: tuple[Antonyms, ...] = ()
    scale: float = 100.0

    def needs(self) -> tuple[Feature]:
        """The embedding of the image."""
        return (self.image,)

    def weights(self) -> Weights | None:
        """Those of the text model. Raises `Unavailable`."""
        return pinned(self.text)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Embed the prompts."""
        prompts = [prompt for pair in self.pairs for prompt in pair]
        vectors = encoded(self.text, prompts, Runtime(runtime.device, len(prompts)))
        directions = vectors.reshape(len(self.pairs), 2, -1)

        def encode(batch: list[tuple[Array]]) -> Array:
            return first_of_two(np.stack([vector for (vector,) in batch]), directions, self.scale)

        yield Encoder(encode, len(self.pairs))

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """A probability a pair."""
        return rng.random((items, len(self.pairs)), np.float32)
