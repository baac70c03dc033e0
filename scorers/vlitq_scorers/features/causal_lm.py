"""What causal language models predict: one copy of a model for all that use it, its logits only where asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from vlitq.node import Precision
from vlitq_scorers.features.cpu_linear import wide_linear
from vlitq_scorers.features.lm_checkpoints import load
from vlitq_scorers.features.sharing import shared

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

    def predict(self, rows: Sequence[Row], use: Callable[[Predicted], None]) -> None:
        """Calls `use` with what the model predicts at the positions asked for, in pieces that bound the memory.

        Rows are padded on the right and no mask is given: under a causal mask what stands behind changes nothing.
        """
        import torch

        with torch.inference_mode(), wide_linear(self.device):
            for group in _groups([len(row.ids) for row in rows], self._positions()):
                self._forward([rows[i] for i in group], torch.tensor(group), use)

    def _positions(self) -> int:
        most = POSITIONS.get(self.device, _POSITIONS)
        return most if self.head is not None else min(most, LOGITS // self.vocabulary)

    def _forward(self, rows: Sequence[Row], numbers: Any, use: Callable[[Predicted], None]) -> None:
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
            use(Predicted(numbers[lines[some]], positions[some], logits.float()))


def opened(model: str, precision: Precision, device: str) -> AbstractContextManager[CausalLM]:
    """The model on a device, one copy for all that use it."""
    return shared(("causal_lm", model, precision, device), lambda: _ready(load(model, precision).to(device), device))


def _groups(lengths: Sequence[int], most: int) -> list[list[int]]:
    """Rows by length, in groups of at most `most` padded tokens, or of one row."""
    groups: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda row: lengths[row]):
        if groups and (len(groups[-1]) + 1) * lengths[row] <= most:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups


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
