"""A small open_clip model with seeded weights, written to disk: the library's real path, without a download."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

ARCHITECTURE = "vlitq-small"
_CONFIG = {
    "embed_dim": 32,
    "vision_cfg": {"image_size": 64, "layers": 2, "width": 64, "head_width": 32, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2},
}


@dataclass(frozen=True)
class SmallClip:
    """An architecture registered with open_clip, a checkpoint of it, and both as a `local-dir:` folder."""

    architecture: str
    checkpoint: Path
    folder: Path


def write_small_clip(folder: Path, seed: int = 0) -> SmallClip:
    """Registers the architecture and writes 1.8 million seeded weights, as a state_dict and as safetensors."""
    import open_clip
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    config = folder / f"{ARCHITECTURE}.json"
    config.write_text(json.dumps(_CONFIG))
    open_clip.add_model_config(config)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = open_clip.create_model(ARCHITECTURE, pretrained_text=False)
    checkpoint = folder / "weights.pt"
    torch.save(model.state_dict(), checkpoint)
    local = folder / "local"
    local.mkdir(exist_ok=True)
    (local / "open_clip_config.json").write_text(json.dumps({"model_cfg": _CONFIG}))
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()}, local / "model.safetensors")
    return SmallClip(ARCHITECTURE, checkpoint, local)
