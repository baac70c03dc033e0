"""Nodes: features and scorers, frozen dataclasses whose fields are their configuration and equality their identity."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from vlitq.encoding import Encoder, Precision, Ragged, Runtime, Unavailable, Weights, as_it_is, digest_vector
from vlitq.schema import Array, Column

__all__ = [
    "DEFAULT_PART",
    "Columns",
    "Content",
    "CorpusFeature",
    "CorpusScorer",
    "Cost",
    "Encoder",
    "Feature",
    "Need",
    "Node",
    "Over",
    "Part",
    "Pooling",
    "Precision",
    "Ragged",
    "Runtime",
    "SampleScorer",
    "Samples",
    "Scorer",
    "Unavailable",
    "View",
    "Weights",
    "as_it_is",
    "digest_vector",
    "feature_of",
    "label_of",
    "view_of",
]

Over = Literal["image", "thumbnail", "text", "exchange", "sample"]
Part = Literal[
    "images", "instruction", "response", "sentences", "references", "options", "dialogue", "exchanges", "sample"
]  # fmt: skip
Pooling = Literal["mean", "digest"]
Cost = Literal["text", "pixels", "encoder", "language model", "vision-language model"]


class Node(ABC):
    """A name, a version and parameters. Subclasses are frozen dataclasses; equal nodes are one node."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    def parameters(self) -> dict[str, Any]:
        """The fields, as JSON holds them; a node among them as its name, version and parameters."""
        return {f.name: _as_json(getattr(self, f.name)) for f in fields(self) if f.init}  # type: ignore[arg-type]  # subclasses are dataclasses

    def key(self, weights: Mapping[Node, Weights] | None = None) -> str:
        """Hex digest of name, version, parameters, upstream nodes and their weights; no device, no batch size."""
        return hashlib.sha256(json.dumps(self._identity(weights or {}), sort_keys=True).encode()).hexdigest()[:24]

    def _identity(self, weights: Mapping[Node, Weights]) -> dict[str, Any]:
        upstream = [[label_of(need), feature_of(need)._identity(weights)] for need in self.needs()]
        digest = weights[self].digest if self in weights else None
        return {
            "name": self.name,
            "version": self.version,
            "parameters": self.parameters(),
            "upstream": upstream,
            "weights": digest,
        }

    def needs(self) -> tuple[Need, ...]:
        """What `score` or `compute` receives, in order: features, or views of features."""
        return ()


class Feature(Node):
    """A value worth computing once and sharing. The only place where models live.

    A feature that `needs` other features over the same items is derived: what it encodes is, for each item, the tuple
    of their vectors.

    `over` is what it maps: images (RGB `PIL.Image`), thumbnails (`vlitq.images.Thumbnail`, which cost a fraction of
    the image), texts (`str`), exchanges (`Exchange`) or samples. An item that recurs, in one run or in the next, is
    computed once. `unit_length` says that its vectors have length 1, so that a pooled vector is scaled back to it.
    `pooling` says how the items of a part become one vector: by their mean, or, where a vector is a digest in whole
    numbers below 65,536, by a digest of them in order.
    """

    over: ClassVar[Over]
    unit_length: ClassVar[bool] = True
    pooling: ClassVar[Pooling] = "mean"

    @abstractmethod
    def open(self, runtime: Runtime) -> AbstractContextManager[Encoder]:
        """Load what is needed and yield the encoder; release it on exit."""

    def weights(self) -> Weights | None:
        """The weights this feature loads, found without loading them; None where there are none.

        Raises `Unavailable`, with the command that mends it.
        """
        return None

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Vectors such as it may make, float32 of shape (items, dim): what the laws feed to scorers.

        Unit vectors of 8 numbers, or one number in [0, 1); a feature of another shape says so here.
        """
        if not self.unit_length:
            return rng.random((items, 1), np.float32)
        vectors = rng.standard_normal((items, 8)).astype(np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    def of(self, part: Part) -> View:
        """One vector a row: the mean over the items of a part of the sample."""
        return View(self, part)

    def each(self, part: Part) -> View:
        """All vectors of a part of the sample, as `Ragged`."""
        return View(self, part, each=True)


@dataclass(frozen=True)
class View:
    """A feature as a scorer wants it: of which part of the sample, and pooled to one vector a row or each by itself.

    Pooling is the mean of the part's items (images, or turns of text), scaled to unit length where the feature
    has unit length, or a digest where its `pooling` says so; NaN where an item failed or there is none. A bare feature
    stands for its default view: all images, the response, or the exchanges.
    """

    feature: Feature
    part: Part
    each: bool = False

    @property
    def label(self) -> str:
        """`name` for the default view, else `name.part`, with `[]` where each item is wanted."""
        plain = self.part == DEFAULT_PART[self.feature.over]
        return self.feature.name + ("" if plain else f".{self.part}") + ("[]" if self.each else "")


DEFAULT_PART: Mapping[Over, Part] = {
    "image": "images",
    "thumbnail": "images",
    "text": "response",
    "exchange": "exchanges",
    "sample": "sample",
}


@dataclass(frozen=True)
class Samples(Feature):
    """The samples themselves, a sequence of `Sample`; given by the engine, kept nowhere."""

    name = "samples"
    over = "sample"

    def open(self, runtime: Runtime) -> AbstractContextManager[Encoder]:
        """Never called."""
        raise NotImplementedError("the engine gives the samples; nothing is opened")


@dataclass(frozen=True)
class Content(Feature):
    """128-bit digest of what a sample says and shows, uint64 of shape (rows, 2); given by the engine.

    Of each image the bytes of its file, of each turn the role and the text in Unicode NFC with white space folded;
    not the id.
    """

    name = "content"
    over = "sample"

    def open(self, runtime: Runtime) -> AbstractContextManager[Encoder]:
        """Never called."""
        raise NotImplementedError("the engine gives the digests; nothing is opened")


class CorpusFeature(Node):
    """A value a row that needs all rows: neighbours, clusters. Computed once after the last batch, kept, shared."""

    @abstractmethod
    def compute(self, *arrays: Array) -> Array:
        """From memory-mapped arrays of all rows, in the order of `needs()`, to an array of as many rows."""


Need = Feature | View | CorpusFeature


def feature_of(need: Need) -> Feature | CorpusFeature:
    """The feature behind a need."""
    return need.feature if isinstance(need, View) else need


def view_of(need: Feature | View) -> View:
    """A need as a view; a bare feature is its default view."""
    return need if isinstance(need, View) else View(need, DEFAULT_PART[need.over])


def label_of(need: Need) -> str:
    """The name a need is stored under."""
    return need.name if isinstance(need, CorpusFeature) else view_of(need).label


Columns = Mapping[str, Any]


class Scorer(Node):
    """Turns features into named columns, one value a row.

    `cost` is the dearest thing it takes. `known_failures` says, a sentence each, what it is known to get wrong.
    """

    columns: ClassVar[tuple[Column, ...]]
    cost: ClassVar[Cost | None] = None
    known_failures: ClassVar[tuple[str, ...]] = ()


class SampleScorer(Scorer):
    """Scores each row by itself: any batch, any order, the same numbers."""

    @abstractmethod
    def score(self, *features: Any) -> Columns:
        """Column name to values of shape (rows,). Inputs come in the order of `needs()`, and stay unchanged."""


class CorpusScorer(Scorer):
    """Scores rows in the light of all others, after the last batch."""

    @abstractmethod
    def score(self, *features: Any) -> Columns:
        """Column name to values of shape (rows,), from memory-mapped arrays of all rows, or of one part of them."""

    def summarize(self, *features: Any) -> Mapping[str, float]:  # noqa: ARG002  # for subclasses to override
        """Numbers about the whole set, by name. None unless overridden."""
        return {}

    def partition(self) -> Need | None:
        """A need with one label a row: `score` then sees one part at a time."""
        return None


def _as_json(value: Any) -> Any:
    if isinstance(value, Node):
        return {"node": value.name, "version": value.version, **value.parameters()}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _as_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    return value
