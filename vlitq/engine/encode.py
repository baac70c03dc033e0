"""Encodes prepared items in batches: halves the batch when memory runs out, bisects it when an item is bad."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.node import Encoder, Feature
from vlitq.schema import Array, ContractError

log = logging.getLogger("vlitq")


@dataclass
class Meter:
    """What one feature cost: seconds in its forward passes, items computed, items found in the cache."""

    seconds: float = 0.0
    computed: int = 0
    cached: int = 0
    failed: int = 0


@dataclass
class Encoding:
    """An opened feature at work. `batch_size` shrinks for good when memory runs out."""

    feature: Feature
    encoder: Encoder
    batch_size: int
    meter: Meter

    def run(self, items: Sequence[Any]) -> list[Array | Exception]:
        """A vector for every item, or what went wrong with that item alone."""
        began = time.perf_counter()
        results = self._in_batches(items, len(items))
        self.meter.seconds += time.perf_counter() - began
        failed = sum(isinstance(result, Exception) for result in results)
        self.meter.computed += len(results) - failed
        self.meter.failed += failed
        return results

    def _in_batches(self, items: Sequence[Any], most: int) -> list[Array | Exception]:
        results: list[Array | Exception] = []
        while len(results) < len(items):
            size = min(self.batch_size, most)
            results.extend(self._batch(items[len(results) : len(results) + size]))
        return results

    def _batch(self, items: Sequence[Any]) -> list[Array | Exception]:
        try:
            return self._checked(items)
        except Exception as error:  # a feature may raise anything; it is attributed to the item that causes it
            if len(items) == 1:
                return [error]
            out_of_memory = is_out_of_memory(error)
        # Only here, where the error is gone: its traceback holds what the failed attempt had allocated.
        if out_of_memory:
            self._shrink(len(items))
        return self._in_batches(items, -(-len(items) // 2))

    def _checked(self, items: Sequence[Any]) -> list[Array | Exception]:
        vectors = np.asarray(self.encoder.encode(list(items)), dtype=np.float32)
        expected = (len(items), self.encoder.dim)
        if vectors.shape != expected:
            raise ContractError(f"feature {self.feature.name!r}: shape {vectors.shape}, expected {expected}")
        finite = np.logical_and.reduce(np.isfinite(vectors), axis=1)
        broken = ContractError(f"feature {self.feature.name!r}: values that are not finite")
        return [vector if whole else broken for vector, whole in zip(vectors, finite, strict=True)]

    def _shrink(self, tried: int) -> None:
        self.batch_size = max(1, min(self.batch_size, tried // 2))
        log.warning(
            "out of memory in %s with a batch of %d: going on with %d", self.feature.name, tried, self.batch_size
        )
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()


def is_out_of_memory(error: Exception) -> bool:
    """True for the ways in which the host and the accelerator say that memory ran out."""
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()
