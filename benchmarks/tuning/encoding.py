"""What the tuned model sees of a picture: the frozen image encoder's maps before pooling, computed once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vlitq.node import Runtime
from vlitq.schema import Array
from vlitq_scorers.features.embedded import ConseImage

GRID = 4  # cells a side that the encoder's maps are pooled to
CELLS = GRID**2
DIM = 96  # of a cell, after the principal components
BATCH = 32
_LAYERS = (1, 3, 4)  # of EfficientNet-Lite0: strides 4, which tells colours, 16 and 32
_FITTED = 1000  # pictures that the components are found on


def maps(images: Path, names: Sequence[str], target: Path) -> dict[str, int]:
    """The row of each picture in `target`, an array of shape (pictures, 16, 96), float16; written where it is absent.

    The maps of three strides side by side, pooled to 4 x 4, standardised, and turned into their
    principal components, which are found without any label.
    """
    if not target.exists():
        raw = np.concatenate(list(_raw(images, names)))
        np.save(target, _components(raw))
    return {name: row for row, name in enumerate(names)}


def _raw(images: Path, names: Sequence[str]) -> Any:
    """Maps of shape (batch, 16, channels), float16."""
    import torch
    from torch.nn.functional import adaptive_avg_pool2d

    with ConseImage().open(Runtime(batch_size=BATCH)) as encoder, torch.inference_mode():
        classifier = encoder.encode.args[0].model  # type: ignore[attr-defined]  # a partial of the loaded model
        for start in range(0, len(names), BATCH):
            pictures = [Image.open(images / name).convert("RGB") for name in names[start : start + BATCH]]
            batch = torch.stack([encoder.prepare(picture) for picture in pictures])
            layers = classifier.forward_intermediates(batch, indices=_LAYERS, intermediates_only=True)
            cells = torch.cat([adaptive_avg_pool2d(layer, GRID) for layer in layers], dim=1)
            yield cells.flatten(2).transpose(1, 2).half().numpy()


def _components(raw: Array) -> Array:
    sample = raw[:: max(1, len(raw) // _FITTED)].reshape(-1, raw.shape[-1]).astype(np.float64)
    mean, deviation = sample.mean(axis=0), sample.std(axis=0) + 1e-6
    _, values, basis = np.linalg.svd(np.cov((sample - mean).T / deviation[:, None]))
    turn = (basis[:DIM].T / deviation[:, None] / np.sqrt(values[:DIM] + 1e-2)).astype(np.float32)
    parts = [(part.astype(np.float32) - mean.astype(np.float32)) @ turn for part in np.array_split(raw, 64)]
    return np.concatenate(parts).astype(np.float16)
