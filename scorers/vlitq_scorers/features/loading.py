"""What loading a model of torch takes, whatever its library: the type of its numbers, and no progress bar."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vlitq.node import Precision


def torch_type(precision: Precision) -> Any:
    """torch's type of a precision."""
    import torch

    return {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]


@contextmanager
def no_progress_bar() -> Iterator[None]:
    """Transformers draws one for each file it loads; the run has its own."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
