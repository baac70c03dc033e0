"""Operators that Data-Juicer loads, in its own environment: one does nothing, one tells what it computed."""

from __future__ import annotations

import os
import time
import zlib
from typing import Any

from data_juicer.ops.base_op import OPERATORS, Filter
from data_juicer.utils.constant import Fields


@OPERATORS.register_module("nothing_filter")
class NothingFilter(Filter):
    """Keeps every row and looks at none, a thousand at a time: what the program itself costs."""

    _batched_op = True

    def compute_stats_batched(self, samples: dict[str, list[Any]], *_: Any, **__: Any) -> dict[str, list[Any]]:
        """The batch, untouched."""
        return samples

    def process_batched(self, samples: dict[str, list[Any]]) -> list[bool]:
        """Every row is kept."""
        return [True] * len(samples[Fields.stats])


@OPERATORS.register_module("witness_filter")
class WitnessFilter(Filter):
    """Takes a while over each text, as a model would, and notes `label digest` in the file $WITNESS_LOG."""

    _batched_op = True

    def __init__(self, label: str = "a", min_score: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label, self.min_score = label, min_score

    def compute_stats_single(self, sample: dict[str, Any], context: bool = False) -> dict[str, Any]:  # noqa: ARG002  # Data-Juicer's signature
        """Adds `witness_LABEL` to the row's stats, unless it is there."""
        key = f"witness_{self.label}"
        if key not in sample[Fields.stats]:
            time.sleep(float(os.environ["WITNESS_SECONDS"]))
            digest = zlib.crc32(sample["text"].encode())
            with open(os.environ["WITNESS_LOG"], "a") as log:
                log.write(f"{self.label} {digest}\n")
            sample[Fields.stats][key] = digest / 2**32
        return sample

    def process_single(self, sample: dict[str, Any]) -> bool:
        """Keeps scores of at least `min_score`."""
        return bool(sample[Fields.stats][f"witness_{self.label}"] >= self.min_score)
