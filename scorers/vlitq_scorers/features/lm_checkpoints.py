"""Causal language models of transformers as files: found, pinned by a digest, loaded without running their code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from vlitq.node import Precision, Unavailable, Weights
from vlitq_scorers.features import smollm2
from vlitq_scorers.features.loading import no_progress_bar, torch_type
from vlitq_scorers.features.weights import (
    file_digest,
    first_line,
    folder_revision,
    hub_address,
    require,
    require_reachable,
    snapshot_in_hub_cache,
)

EMBEDDED = "embedded"  # SmolLM2-135M-Instruct, from the package index
EXTRA = "lm"
WANTED = ("*.json", "*.jinja", "*.safetensors", "*.model", "*.txt")  # of a hub's repository: no pickle, no code


def lm_weights(model: str) -> Weights:
    """The file or folder, and the hub's revision or the sha256 that pins it. Raises `Unavailable`."""
    if model == EMBEDDED:
        return Weights(EMBEDDED, file_digest(smollm2.checkpoint()))
    folder = locate(model)
    return Weights(str(folder), folder_revision(folder))


def locate(model: str) -> Path:
    """The folder of a model, fetched from the hub where it is not on this machine. Raises `Unavailable`."""
    require("transformers", EXTRA, model)
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _require_safe(folder, model)
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise Unavailable(f"{model}: there is no such folder. Way out: the folder that save_pretrained() wrote")
    return _require_safe(_cached(model) or _download(model), model)


def tokenizer_of(model: str) -> Any:
    """The model's tokeniser, of transformers. Raises `Unavailable`."""
    if model == EMBEDDED:
        return smollm2.tokenizer(smollm2.checkpoint())
    return _tokenizer(locate(model), model)


def context_of(model: str) -> int:
    """How many tokens the model can read at once; 0 where its configuration does not say."""
    if model == EMBEDDED:
        return smollm2.CONTEXT
    from transformers import AutoConfig

    folder = locate(model)
    with _told(model, folder):
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    return int(getattr(config.get_text_config(), "max_position_embeddings", None) or 0)


def load(model: str, precision: Precision) -> Any:
    """The model in memory, ready to predict. Raises `Unavailable`."""
    dtype = torch_type(precision)
    with no_progress_bar():
        loaded = smollm2.load(smollm2.checkpoint(), dtype) if model == EMBEDDED else _from_folder(model, dtype)
    return loaded.eval()


def _require_safe(folder: Path, model: str) -> Path:
    if not (folder / "config.json").is_file():
        raise Unavailable(f"{model}: {folder} holds no config.json. Way out: the folder that save_pretrained() wrote")
    if not any(folder.glob("*.safetensors")):
        raise Unavailable(
            f"{model}: {folder} holds no weights as safetensors, and a pickle is not opened: it can run any code. "
            "Way out: load it where you trust it, and save_pretrained(folder)"
        )
    return folder


def _cached(model: str) -> Path | None:
    folder = snapshot_in_hub_cache(model, None)
    return folder if folder and any(folder.glob("*.safetensors")) else None


def _download(model: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    require_reachable(hub_address(model), model)
    try:
        return Path(snapshot_download(model, allow_patterns=list(WANTED)))
    except (HfHubHTTPError, OSError, ValueError) as cause:
        raise Unavailable(
            f"{model}: the download failed ({first_line(cause)}). Way out: check the name, or name a folder on disk"
        ) from cause


@lru_cache(maxsize=2)
def _tokenizer(folder: Path, model: str) -> Any:
    from transformers import AutoTokenizer

    with _told(model, folder):
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)


def _from_folder(model: str, dtype: Any) -> Any:
    """No look at the hub, no code from the model, no pickle."""
    from transformers import AutoModelForCausalLM

    folder = locate(model)
    with _told(model, folder):
        return AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, local_files_only=True, trust_remote_code=False, use_safetensors=True
        )


@contextmanager
def _told(model: str, folder: Path) -> Iterator[None]:
    """Whatever transformers stumbles on in a stranger's files is `Unavailable`, with the way out."""
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as cause:
        raise Unavailable(
            f"{model}: {folder} cannot be loaded ({first_line(cause)}). Way out: a causal language model that needs "
            "no code of its own, its weights as safetensors, with its tokeniser"
        ) from cause
