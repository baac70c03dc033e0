"""Loads open_clip models: from disk, in the precision asked for, one copy for all features that use it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vlitq.node import Precision, Unavailable
from vlitq_scorers.features.clip_checkpoints import FOLDER, ClipModel, locate
from vlitq_scorers.features.clip_text_tower import TextTower, text_tower
from vlitq_scorers.features.sharing import shared
from vlitq_scorers.features.weights import first_line


@dataclass(frozen=True)
class LoadedClip:
    """An open_clip model in memory: its text tower, its embeddings' length, evaluation transform, and the type of its
    image input."""

    model: Any
    encode_text: TextTower
    dim: int
    transform: Callable[[Any], Any]
    preprocessing: Any
    input_type: Any


def opened(model: ClipModel, precision: Precision, device: str) -> AbstractContextManager[LoadedClip]:
    """The model on a device, one copy for all that use it."""
    path = locate(model)
    return shared((model, path, precision, device), lambda: _load(model, path, precision, device))


def _load(model: ClipModel, path: Path, precision: Precision, device: str) -> LoadedClip:
    import open_clip
    import torch
    from open_clip.transform import PreprocessCfg, image_transform_v2

    try:
        clip = _create(model, path, precision, device)
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as cause:  # a stranger's file: open_clip raises what it stumbles on, assertions among it
        raise Unavailable(
            f"{model.label}: {path} cannot be loaded ({first_line(cause)}). "
            "Way out: a checkpoint of this architecture, as safetensors or a state_dict of tensors alone"
        ) from cause
    dim = open_clip.get_model_config(f"{FOLDER}{path}" if path.is_dir() else model.architecture)["embed_dim"]
    settings = PreprocessCfg(**clip.visual.preprocess_cfg)
    transform = image_transform_v2(settings, is_train=False)
    return LoadedClip(clip.eval(), text_tower(clip), dim, transform, settings, open_clip.get_input_dtype(precision))


def _create(model: ClipModel, path: Path, precision: Precision, device: str) -> Any:
    """By path, never by name: a cached model is not looked up on the hub again. A poisoned pickle runs no code."""
    import open_clip

    options = {"precision": precision, "device": device, "weights_only": True, "require_pretrained": True}
    if path.is_dir():
        return open_clip.create_model(f"{FOLDER}{path}", **options)
    tag = open_clip.get_pretrained_cfg(model.architecture, model.pretrained)
    preprocessing = {name: tag[name] for name in ("mean", "std", "interpolation", "resize_mode") if name in tag}
    return open_clip.create_model(
        model.architecture, pretrained=str(path), force_preprocess_cfg=preprocessing, **options
    )
