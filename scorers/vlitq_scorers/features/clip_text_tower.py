"""Runs CLIP's text tower on as many positions as a batch of texts needs, instead of the whole context."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TextTower = Callable[[Any], Any]  # token ids (texts, context length) to embeddings (texts, dim)


def text_tower(clip: Any) -> TextTower:
    """`clip.encode_text`, without the padding behind the longest text where that cannot matter.

    Under a causal mask no position sees a later one, and the embedding is read at the end-of-text token: what stands
    behind it changes nothing. Other towers (SigLIP's sees all positions) get the whole context.
    """
    if not _reads_no_further_than_the_end(clip):
        whole: TextTower = clip.encode_text
        return whole
    return _trimmed(clip)


def _reads_no_further_than_the_end(clip: Any) -> bool:
    import open_clip
    import torch

    mask = getattr(clip, "attn_mask", None)
    if type(clip) is not open_clip.CLIP or mask is None or clip.text_pool_type != "argmax":
        return False
    causal = torch.full_like(mask, float("-inf")).triu(1)
    return bool(torch.equal(mask, causal))


def _trimmed(clip: Any) -> TextTower:
    from torch.func import functional_call
    from torch.nn import Module

    class Tower(Module):
        def __init__(self) -> None:
            super().__init__()
            self.clip = clip

        def forward(self, ids: Any) -> Any:
            return self.clip.encode_text(ids)

    tower = Tower()

    def encode(ids: Any) -> Any:
        length = int(ids.argmax(dim=-1).max()) + 1  # the end-of-text token has the largest id
        shorter = {
            "clip.positional_embedding": clip.positional_embedding[:length],
            "clip.attn_mask": clip.attn_mask[:length, :length],
        }
        return functional_call(tower, shorter, (ids[:, :length],))

    return encode
