"""Embeddings of images and texts by any open_clip model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from vlitq.node import Encoder, Feature, Precision, Runtime, Weights
from vlitq.schema import Array
from vlitq_scorers.features.chunks import MAX_CHUNKS, Chunks, Splitter, TextFeature, pool, split_behind
from vlitq_scorers.features.clip_checkpoints import ClipModel, clip_weights
from vlitq_scorers.features.clip_models import LoadedClip, opened
from vlitq_scorers.features.clip_tokens import ClipTokens, tokens_of
from vlitq_scorers.features.cpu_linear import wide_linear
from vlitq_scorers.features.preprocess import on_device, tame

DEFAULT_MODEL, DEFAULT_PRETRAINED = "ViT-B-32", "laion2b_s34b_b79k"


@dataclass(frozen=True)
class ClipImage(Feature):
    """Unit-length CLIP embedding of an image, float32 of shape (images, dim), by the model's own evaluation transform.

    `model` and `pretrained` are open_clip's names; `pretrained` may be a checkpoint's path. An image longer than eight
    times its short side is cropped before it is resized, to the same pixels.
    """

    name = "clip_image"
    over = "image"

    model: str = DEFAULT_MODEL
    pretrained: str = DEFAULT_PRETRAINED
    precision: Precision = "fp32"

    def weights(self) -> Weights:
        """The checkpoint and its sha256. Raises `Unavailable`."""
        return clip_weights(ClipModel(self.model, self.pretrained))

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Load the model, or share it with `ClipText`."""
        with opened(ClipModel(self.model, self.pretrained), self.precision, runtime.device) as clip:
            yield Encoder(partial(_encode_images, clip, runtime.device), clip.dim, partial(_prepare_image, clip))


@dataclass(frozen=True)
class ClipText(TextFeature):
    """Unit-length CLIP embedding of a text, float32 of shape (texts, dim).

    `prefix` stands before the text (Hessel et al. 2021, arXiv 2104.08718, use "A photo depicts "). A text past the
    context is split into sentences, packed into at most `max_chunks` chunks; its embedding is their token-weighted
    mean, scaled to unit length. `TextSeen` gives the share that was seen.
    """

    name = "clip_text"

    model: str = DEFAULT_MODEL
    pretrained: str = DEFAULT_PRETRAINED
    precision: Precision = "fp32"
    prefix: str = ""
    max_chunks: int = MAX_CHUNKS

    def weights(self) -> Weights:
        """The checkpoint and its sha256. Raises `Unavailable`, for the tokeniser too."""
        weights = clip_weights(self._clip)
        with tokens_of(self._clip):
            return weights

    @contextmanager
    def splitter(self, runtime: Runtime) -> Iterator[Splitter]:  # noqa: ARG002  # tokenising needs no device
        """Open the tokeniser alone."""
        with tokens_of(self._clip) as tokens:
            yield partial(self._split, tokens)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Load the model, or share it with `ClipImage`."""
        with tokens_of(self._clip) as tokens, opened(self._clip, self.precision, runtime.device) as clip:
            yield Encoder(partial(_encode_texts, clip, runtime.device), clip.dim, partial(self._prepare, tokens))

    @property
    def _clip(self) -> ClipModel:
        return ClipModel(self.model, self.pretrained)

    def _split(self, tokens: ClipTokens, text: str) -> Chunks:
        return split_behind(self.prefix, text, tokens.count, tokens.budget, self.max_chunks)

    def _prepare(self, tokens: ClipTokens, text: str) -> _Rows:
        import torch

        chunks = self._split(tokens, text)
        return _Rows(torch.cat([tokens.row(self.prefix + chunk) for chunk in chunks.texts]), chunks.tokens)


@dataclass(frozen=True)
class _Rows:
    """A text as model input: ids of shape (chunks, context length), and the tokens of each chunk."""

    ids: Any
    tokens: tuple[int, ...]


def _prepare_image(clip: LoadedClip, image: Any) -> Any:
    settings = clip.preprocessing
    tamed = tame(image, _height_and_width(settings.size), settings.resize_mode, settings.interpolation)
    return clip.transform(tamed)


def _height_and_width(size: int | tuple[int, int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def _encode_images(clip: LoadedClip, device: str, images: list[Any]) -> Array:
    import torch

    with torch.inference_mode(), wide_linear(device):
        return _unit(clip.model.encode_image(on_device(images, device, clip.input_type)))


def _encode_texts(clip: LoadedClip, device: str, texts: list[_Rows]) -> Array:
    """As many chunks a forward pass as there are texts, so that a smaller batch always takes less memory."""
    import torch

    ids = torch.cat([text.ids for text in texts])
    parts = torch.split(ids.to(device, non_blocking=True), len(texts))
    with torch.inference_mode(), wide_linear(device):
        vectors = [_unit(clip.encode_text(part)) for part in parts]
    return pool(np.concatenate(vectors), [text.tokens for text in texts])


def _unit(vectors: Any) -> Array:
    """In float32, whatever the model computes in: half precision holds a length of 1 only to three digits."""
    from torch.nn.functional import normalize

    unit: Array = normalize(vectors.float(), dim=-1).cpu().numpy()
    return unit
