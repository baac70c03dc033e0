"""What a feature is given to compute with, and what it yields: where it runs, its weights, its encoder, its vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vlitq.errors import VlitqError
from vlitq.schema import Array

Precision = Literal["fp32", "bf16", "fp16"]


class Unavailable(VlitqError, RuntimeError):
    """Weights or a package are missing. The message ends with the command that mends it."""


@dataclass(frozen=True)
class Runtime:
    """Where and how fast a run computes; never what. No field of it changes a score or a cache key.

    `batch_size` counts items (images or texts) a forward pass; `workers` counts the threads that
    read, decode and tokenise, or the processes of a pass over many rows that needs no model.
    """

    device: str = "cpu"
    batch_size: int = 32
    workers: int = 2


@dataclass(frozen=True)
class Weights:
    """Where a model's numbers come from, and the digest (sha256 or a hub revision) that pins them."""

    origin: str
    digest: str


def as_it_is(item: Any) -> Any:
    """The item: for a feature whose `encode` takes items as they come, so that no thread is troubled with them."""
    return item


def digest_vector(content: bytes, dim: int) -> Array:
    """BLAKE2b of some bytes as whole numbers below 65,536, float32 of shape (dim,); `dim` is at most 32."""
    return np.frombuffer(hashlib.blake2b(content, digest_size=2 * dim).digest(), "<u2").astype(np.float32)


@dataclass(frozen=True)
class Encoder:
    """An opened feature. `encode` turns a batch of prepared items into float32 of shape (items, dim); `prepare` turns
    one item into what `encode` takes, on a worker thread, and must be thread-safe."""

    encode: Callable[[list[Any]], Array]
    dim: int
    prepare: Callable[[Any], Any] = as_it_is


@dataclass(frozen=True)
class Ragged:
    """A varying number of vectors a row: row i owns `values[offsets[i]:offsets[i + 1]]`.

    `values` is float32 of shape (items, dim), NaN where an item has none; `offsets` is int64 of
    shape (rows + 1,).
    """

    values: Array
    offsets: Array

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> Array:
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    @property
    def owned(self) -> Array:
        """The values that belong to the rows: offsets may begin above 0 in a slice of a longer array."""
        return self.values[self.offsets[0] : self.offsets[-1]]

    def take(self, rows: Sequence[int] | Array) -> Ragged:
        """The same for some of the rows, in the order given."""
        parts = [self[int(row)] for row in rows]
        offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts], dtype=np.int64)])
        return Ragged(np.concatenate(parts) if parts else self.values[:0], offsets.astype(np.int64))
