"""Causal language models of transformers: found, pinned by a digest, loaded safely, one copy for all that use it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from vlitq.node import Precision, Unavailable, Weights
from vlitq_scorers.features import smollm2
from vlitq_scorers.features.cpu_linear import wide_linear
from vlitq_scorers.features.sharing import shared
from vlitq_scorers.features.weights import (
    file_digest,
    first_line,
    folder_digest,
    hub_address,
    require,
    require_reachable,
    snapshot_in_hub_cache,
)

EMBEDDED = "embedded"  # SmolLM2-135M-Instruct, from the package index
EXTRA = "lm"
WANTED = ("*.json", "*.jinja", "*.safetensors", "*.model", "*.txt")  # of a hub's repository: no pickle, no code
POSITIONS = {"cpu": 1024}  # padded tokens a forward pass: what lies in the processor's cache; more is slower
_POSITIONS = 32_768  # the same on an accelerator
LOGITS = 2**24  # logits held at a time, in float32: 64 MiB


@dataclass(frozen=True)
class Row:
    """Token ids, and how many of the last positions are asked for their prediction of the next token."""

    ids: tuple[int, ...]
    asked: int


@dataclass(frozen=True)
class Predicted:
    """Logits of the next token, float32 of shape (places, vocabulary): of which row, and after which position."""

    rows: Any
    positions: Any
    logits: Any


@dataclass(frozen=True)
class CausalLM:
    """A causal language model on its device. `head` is None where only the whole model makes its logits."""

    model: Any
    base: Any
    head: Any
    device: str
    vocabulary: int

    def predictions(self, rows: Sequence[Row]) -> Iterator[Predicted]:
        """What the model predicts at the positions asked for, in pieces that bound the memory.

        Rows are padded on the right and no mask is given: under a causal mask what stands behind changes nothing.
        """
        import torch

        with torch.inference_mode(), wide_linear(self.device):
            for group in _groups([len(row.ids) for row in rows], self._positions()):
                yield from self._forward([rows[i] for i in group], torch.tensor(group))

    def _positions(self) -> int:
        most = POSITIONS.get(self.device, _POSITIONS)
        return most if self.head is not None else min(most, LOGITS // self.vocabulary)

    def _forward(self, rows: Sequence[Row], numbers: Any) -> Iterator[Predicted]:
        import torch

        longest = max(len(row.ids) for row in rows)
        ids = torch.tensor([row.ids + (0,) * (longest - len(row.ids)) for row in rows], device=self.device)
        lines = torch.repeat_interleave(torch.arange(len(rows)), torch.tensor([row.asked for row in rows]))
        positions = torch.cat([torch.arange(len(row.ids) - row.asked, len(row.ids)) for row in rows])
        if self.head is None:
            states = self.model(input_ids=ids, use_cache=False).logits
        else:
            states = self.base(input_ids=ids, use_cache=False).last_hidden_state
        picked = states[lines.to(self.device), positions.to(self.device)]
        step = max(LOGITS // self.vocabulary, 1)
        for start in range(0, len(picked), step):
            some = slice(start, start + step)
            logits = picked[some] if self.head is None else self.head(picked[some])
            yield Predicted(numbers[lines[some]], positions[some], logits.float())


def _groups(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Rows by length, in groups of at most `most` padded tokens, or of one row."""
    groups: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if groups and (len(groups[-1]) + 1) * lengths[row] <= most:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


def lm_weights(model: str) -> Weights:
    """The file or folder, and the hub's revision or the sha256 that pins it. Raises `Unavailable`."""
    if model == EMBEDDED:
        return Weights(EMBEDDED, file_digest(smollm2.checkpoint()))
    folder = locate(model)
    return Weights(str(folder), folder.name if folder.parent.name == "snapshots" else folder_digest(folder))


def locate(model: str) -> Path:
    """The folder of a model, fetched from the hub where it is not on this machine. Raises `Unavailable`."""
    require("transformers", EXTRA, model)
    folder = Path(model).expanduser()
    if folder.is_dir():
        return _require_safe(folder, model)
    if folder.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise Unavailable(f"{model}: there is no such folder. Way out: the folder that save_pretrained() wrote")
    return _require_safe(_cached(model) or _download(model), model)


def opened(model: str, precision: Precision, device: str) -> AbstractContextManager[CausalLM]:
    """The model on a device, one copy for all that use it."""
    return shared(("causal_lm", model, precision, device), lambda: _load(model, precision, device))


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


def _load(model: str, precision: Precision, device: str) -> CausalLM:
    import torch
    from transformers.utils import logging

    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # the run has its own
    try:
        loaded = smollm2.load(smollm2.checkpoint(), dtype) if model == EMBEDDED else _from_folder(model, dtype)
    finally:
        if shown:
            logging.enable_progress_bar()
    return _ready(loaded.to(device).eval(), device)


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


def _ready(model: Any, device: str) -> CausalLM:
    """With its head apart where head and body alone make the model's own logits: some models scale or cap them."""
    import torch

    base, head = model.base_model, model.get_output_embeddings()
    ids = torch.arange(4, device=device)[None]
    with torch.inference_mode():
        whole = model(input_ids=ids, use_cache=False).logits
        apart = None if head is None or base is model else head(base(input_ids=ids, use_cache=False).last_hidden_state)
    same = apart is not None and torch.allclose(whole.float(), apart.float(), rtol=1e-6, atol=0)
    return CausalLM(model, base, head if same else None, device, whole.shape[-1])
