"""A plugin for the benchmarks: scorers that do nothing, look at image sizes, or tell which texts they computed."""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Encoder, Feature, Need, Runtime, Samples, SampleScorer, Scorer
from vlitq.schema import Array, Column


@dataclass(frozen=True)
class Nothing(SampleScorer):
    """Gives every row a zero and looks at none: what the program itself costs."""

    name = "nothing"
    columns = (Column("zero", "float32", "Zero."),)

    def needs(self) -> tuple[Need, ...]:
        """The samples, to know how many there are."""
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        """Zeros."""
        return {"zero": np.zeros(len(features[0]), np.float32)}


@dataclass(frozen=True)
class ImageSize(Feature):
    """Width and height of an image, in pixels."""

    name = "image_size"
    over = "image"
    unit_length = False

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # the contract's signature
        """An encoder of two numbers an image."""
        yield Encoder(lambda sizes: np.array(sizes, np.float32), dim=2, prepare=lambda image: image.size)


@dataclass(frozen=True)
class ImageShape(SampleScorer):
    """What Data-Juicer's image_shape_filter looks at."""

    name = "image_shape"
    columns = (
        Column("width", "float32", "Mean width of the images.", unit="pixels", bounds=(1, None), null="no image"),
        Column("height", "float32", "Mean height of the images.", unit="pixels", bounds=(1, None), null="no image"),
    )
    size: Feature = ImageSize()

    def needs(self) -> tuple[Need, ...]:
        """The sizes of the sample's images."""
        return (self.size,)

    def score(self, *features: Any) -> Columns:
        """Width and height."""
        width, height = np.asarray(features[0], np.float32).T
        return {"width": width, "height": height}


@dataclass(frozen=True)
class Witness(Feature):
    """Takes a while over each text, as a model would, and notes `label digest` in the file $WITNESS_LOG."""

    name = "witness"
    over = "text"
    unit_length = False

    label: str = "a"

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # the contract's signature
        """An encoder of one number a text."""
        yield Encoder(self._encode, dim=1)

    def _encode(self, texts: list[Any]) -> Array:
        return np.array([[self._value(text)] for text in texts], np.float32)

    def _value(self, text: str) -> float:
        time.sleep(float(os.environ["WITNESS_SECONDS"]))
        digest = zlib.crc32(text.encode())
        with open(os.environ["WITNESS_LOG"], "a") as log:
            log.write(f"{self.label} {digest}\n")
        return digest / 2**32


@dataclass(frozen=True)
class WitnessA(SampleScorer):
    """The first witness's number for the response."""

    name = "witness_a"
    columns = (Column("score", "float32", "A number that the text decides.", bounds=(0, 1), direction="higher"),)
    feature: Feature = Witness("a")

    def needs(self) -> tuple[Need, ...]:
        """The witness."""
        return (self.feature,)

    def score(self, *features: Any) -> Columns:
        """The feature, as it is."""
        return {"score": np.asarray(features[0])[:, 0].astype(np.float32)}


@dataclass(frozen=True)
class WitnessB(WitnessA):
    """The second witness's number for the response."""

    name = "witness_b"
    feature: Feature = Witness("b")


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers them all."""
    return [ImageShape, Nothing, WitnessA, WitnessB]
