"""CLIP tokenisers that say how many tokens a text has, which open_clip's own do not: they cut without a word."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any

from vlitq.node import Unavailable
from vlitq_scorers.features.chunks import counting_copy
from vlitq_scorers.features.clip_checkpoints import EXTRA, FOLDER, HUB, ClipModel, locate
from vlitq_scorers.features.sharing import shared
from vlitq_scorers.features.weights import first_line, hub_address, in_hub_cache, require, require_reachable

_REMEMBERED_TEXTS = 2048  # token ids of recent texts, which the embedding and the share seen both ask for
_REMEMBERED_WORDS = 100_000  # open_clip's own cache of words would grow with the data


class ClipTokens:
    """A model's tokeniser: counts tokens, and makes model input of a text that fits the context."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        inner = getattr(tokenizer, "tokenizer", None)  # of transformers; open_clip's own byte-pair encoder has none
        self._inner = counting_copy(inner) if inner else None
        clips = getattr(tokenizer, "tokenizer_mode", "") == "clips"
        special = 2 if inner is None else 3 if clips else inner.num_special_tokens_to_add()
        self.budget = int(tokenizer.context_length) - special
        self._ids = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._encode)
        if inner is None:
            tokenizer.cache = _Full(tokenizer.cache)

    def count(self, text: str) -> int:
        """Tokens of a text, special ones left out."""
        return len(self._ids(text))

    def row(self, text: str) -> Any:
        """Model input of a text that fits: int64 tensor of shape (1, context length), as open_clip makes it."""
        import torch

        if self._inner is not None:
            return self._tokenizer([text])
        ids = [self._tokenizer.sot_token_id, *self._ids(text), self._tokenizer.eot_token_id]
        row = torch.zeros(1, self._tokenizer.context_length, dtype=torch.long)
        row[0, : len(ids)] = torch.tensor(ids)
        return row

    def _encode(self, text: str) -> list[int]:
        if self._inner is None:
            return list(self._tokenizer.encode(text))
        clean = getattr(self._tokenizer, "clean_fn", None) or _siglip_clean
        return list(self._inner(clean(text), add_special_tokens=False, verbose=False).input_ids)


class _Full(dict[str, str]):
    """A dictionary that takes nothing more once it is full."""

    def __setitem__(self, key: str, value: str) -> None:
        if len(self) < _REMEMBERED_WORDS:
            super().__setitem__(key, value)


def _siglip_clean(text: str) -> str:
    from open_clip.tokenizer import basic_clean, canonicalize_text

    return str(canonicalize_text(basic_clean(text)))


def tokens_of(model: ClipModel) -> AbstractContextManager[ClipTokens]:
    """The model's tokeniser, one for all that use it. Raises `Unavailable` where its files are missing."""
    return shared((model, "tokeniser"), lambda: _load_tokens(model))


def _load_tokens(model: ClipModel) -> ClipTokens:
    require("open_clip", EXTRA, model.label)
    try:
        return ClipTokens(_tokenizer(model))
    except (OSError, ValueError, ImportError) as cause:  # what transformers raises for what it cannot find or parse
        raise Unavailable(
            f"{model.label}: the tokeniser cannot be loaded ({first_line(cause)}). "
            "Way out: run once on a connected machine, or name a local-dir: that holds the tokeniser's files"
        ) from cause


def _tokenizer(model: ClipModel) -> Any:
    """open_clip's, from files on this machine where they are: a library that finds no hub tries again for a minute."""
    import open_clip

    name = f"{FOLDER}{locate(model)}" if model.architecture.startswith(HUB) else model.architecture
    source = open_clip.get_model_config(name)["text_cfg"].get("hf_tokenizer_name")
    if not source or Path(name.removeprefix(FOLDER), "tokenizer_config.json").is_file():
        return open_clip.get_tokenizer(name)
    if in_hub_cache(source, "tokenizer_config.json"):
        return open_clip.get_tokenizer(model.architecture, local_files_only=True)
    require_reachable(hub_address(source), f"the tokeniser of {model.label}")
    return open_clip.get_tokenizer(model.architecture)
