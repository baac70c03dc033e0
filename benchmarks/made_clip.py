"""Makes CLIP weights without a hub, as an open_clip checkpoint and as a transformers folder: the same numbers."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

ARCHITECTURE = "ViT-B-32-quickgelu"  # what transformers' CLIPModel computes by default: QuickGELU
COSINE_SCALE = 100.0  # transformers returns cosine times this scale; 100 is where CLIP's training clips it
MERGES = 49152 - 256 - 2  # the merges CLIP's tokenizer uses of the bundled file (open_clip.tokenizer)
START, END = "<|startoftext|>", "<|endoftext|>"


def open_clip_checkpoint(folder: Path, architecture: str = ARCHITECTURE, seed: int = 0) -> Path:
    """A checkpoint of untrained weights for an open_clip architecture; made once, then kept.

    Throughput does not depend on what the numbers are; the scores mean nothing.
    """
    import open_clip
    import torch

    target = folder / f"{architecture}-made-{seed}.pt"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    model = open_clip.create_model(architecture, pretrained=None)
    model.logit_scale.data.fill_(math.log(COSINE_SCALE))
    partial = target.with_suffix(".partial")
    torch.save(model.state_dict(), partial)
    partial.rename(target)
    return target


def transformers_folder(checkpoint: Path) -> Path:
    """The same weights as a folder that transformers' AutoModel and AutoProcessor load, beside the checkpoint."""
    import torch
    from safetensors.torch import save_file

    folder = checkpoint.with_suffix("")
    if (folder / "model.safetensors").exists():
        return folder
    folder.mkdir(exist_ok=True)
    _write_tokenizer(folder)
    for name, content in _settings().items():
        (folder / name).write_text(json.dumps(content, indent=1))
    state = _renamed(torch.load(checkpoint, weights_only=True))
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _settings() -> dict[str, dict[str, Any]]:
    mean, std = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    tokens = {"bos_token": START, "eos_token": END, "pad_token": END, "unk_token": END}
    ids = {"bos_token_id": 49406, "eos_token_id": 49407, "pad_token_id": 49407}
    return {
        "config.json": {
            "architectures": ["CLIPModel"],
            "model_type": "clip",
            "projection_dim": 512,
            "text_config": ids,
        },
        "preprocessor_config.json": {
            "image_processor_type": "CLIPImageProcessor",
            "size": {"shortest_edge": 224},
            "crop_size": {"height": 224, "width": 224},
            "resample": 3,
            "image_mean": mean,
            "image_std": std,
            **dict.fromkeys(("do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb"), True),
        },
        "tokenizer_config.json": {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, **tokens},
        "special_tokens_map.json": tokens,
    }


def _write_tokenizer(folder: Path) -> None:
    """CLIP's vocabulary and merges, from the file that open_clip carries."""
    packed = files("open_clip").joinpath("bpe_simple_vocab_16e6.txt.gz").read_bytes()
    merges = gzip.decompress(packed).decode().split("\n")[1 : MERGES + 1]
    letters = list(_bytes_to_unicode().values())
    words = letters + [letter + "</w>" for letter in letters]
    words += ["".join(merge.split()) for merge in merges] + [START, END]
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(words)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


def _bytes_to_unicode() -> dict[int, str]:
    from open_clip.tokenizer import bytes_to_unicode

    table: dict[int, str] = bytes_to_unicode()
    return table


def _renamed(state: Mapping[str, Any]) -> dict[str, Any]:
    """open_clip's tensors as transformers names them: attention split in three, the projections transposed."""
    renamed: dict[str, Any] = {"logit_scale": state["logit_scale"]}
    vision, text = "vision_model.", "text_model."
    for ours, theirs in {
        "visual.class_embedding": f"{vision}embeddings.class_embedding",
        "visual.positional_embedding": f"{vision}embeddings.position_embedding.weight",
        "visual.conv1.weight": f"{vision}embeddings.patch_embedding.weight",
        "token_embedding.weight": f"{text}embeddings.token_embedding.weight",
        "positional_embedding": f"{text}embeddings.position_embedding.weight",
    }.items():
        renamed[theirs] = state[ours]
    renamed["visual_projection.weight"] = state["visual.proj"].T
    renamed["text_projection.weight"] = state["text_projection"].T
    norms = {"visual.ln_pre": f"{vision}pre_layrnorm", "visual.ln_post": f"{vision}post_layernorm"}
    for ours, theirs in {**norms, "ln_final": f"{text}final_layer_norm"}.items():
        for part in ("weight", "bias"):
            renamed[f"{theirs}.{part}"] = state[f"{ours}.{part}"]
    for ours, theirs in {"visual.transformer.resblocks.": vision, "transformer.resblocks.": text}.items():
        for name in (name for name in state if name.startswith(ours)):
            renamed |= _block(name.removeprefix(ours), f"{theirs}encoder.layers.", state[name])
    return {name: tensor.contiguous().clone() for name, tensor in renamed.items()}


def _block(name: str, prefix: str, tensor: Any) -> dict[str, Any]:
    """One tensor of a transformer block, e.g. `3.mlp.c_fc.weight`, under transformers' name or names."""
    layer, rest = name.split(".", 1)
    if rest.startswith("attn.in_proj_"):
        kind = rest.removeprefix("attn.in_proj_")
        parts = zip("qkv", tensor.chunk(3), strict=True)
        return {f"{prefix}{layer}.self_attn.{letter}_proj.{kind}": part for letter, part in parts}
    for ours, theirs in {
        "attn": "self_attn",
        "ln_1": "layer_norm1",
        "ln_2": "layer_norm2",
        "c_fc": "fc1",
        "c_proj": "fc2",
    }.items():
        rest = rest.replace(f"{ours}.", f"{theirs}.")
    return {f"{prefix}{layer}.{rest}": tensor}
