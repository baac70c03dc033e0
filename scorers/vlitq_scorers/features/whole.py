"""Features outside the stream: from raw items to vectors in one piece, what a feature is derived from included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from vlitq.node import Encoder, Feature, Node, Runtime, Weights
from vlitq.schema import Array
from vlitq_scorers.features.clip import ClipImage
from vlitq_scorers.features.clip_checkpoints import FOLDER, ClipModel, locate
from vlitq_scorers.features.embedded import ConseImage

CONSE_DIM = 384  # of all-MiniLM-L6-v2, in whose space `ConseImage` is


@contextmanager
def whole(feature: Feature, runtime: Runtime) -> Iterator[Encoder]:
    """A feature as an encoder of raw items (images, texts), also where it is derived from others."""
    with ExitStack() as stack:
        above = [stack.enter_context(whole(need, runtime)) for need in _upstream(feature)]
        encoder = stack.enter_context(feature.open(runtime))
        if not above:
            yield encoder
            return

        def prepare(item: Any) -> list[Any]:
            return [one.prepare(item) for one in above]

        def encode(batch: list[Any]) -> Array:
            vectors = [one.encode(list(part)) for one, part in zip(above, zip(*batch, strict=True), strict=True)]
            return encoder.encode([encoder.prepare(item) for item in zip(*vectors, strict=True)])

        yield Encoder(encode, encoder.dim, prepare)


def encoded(feature: Feature, items: Sequence[Any], runtime: Runtime) -> Array:
    """The vectors of a few raw items in one batch, float32 of shape (items, dim)."""
    with whole(feature, runtime) as encoder:
        return encoder.encode([encoder.prepare(item) for item in items])


def pinned(feature: Feature) -> Weights | None:
    """What pins a feature that another holds inside: a digest over it, all it is derived from, and their weights.

    None where no weights are loaded. Raises `Unavailable`.
    """
    found: dict[Node, Weights] = {}
    for node in [*_all_upstream(feature), feature]:
        weights = node.weights()
        if weights is not None:
            found[node] = weights
    return Weights(", ".join(weights.origin for weights in found.values()), feature.key(found)) if found else None


def known_dim(image: Feature) -> int | None:
    """How long the vectors of an image feature are, found without loading its model; None where that takes it.

    Raises `Unavailable`.
    """
    if isinstance(image, ConseImage):
        return CONSE_DIM
    if isinstance(image, ClipImage):
        return _clip_dim(ClipModel(image.model, image.pretrained))
    return None


def _clip_dim(model: ClipModel) -> int | None:
    path = locate(model)
    import open_clip

    config = open_clip.get_model_config(f"{FOLDER}{path}" if path.is_dir() else model.architecture)
    return int(config["embed_dim"]) if config else None


def _upstream(feature: Feature) -> list[Feature]:
    return [need for need in feature.needs() if isinstance(need, Feature)]


def _all_upstream(feature: Feature) -> list[Feature]:
    return [found for need in _upstream(feature) for found in (*_all_upstream(need), need)]
