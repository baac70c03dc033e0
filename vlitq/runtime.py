"""Chooses where and how a run computes, from what the user says and what the machine has."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from vlitq.errors import VlitqError
from vlitq.node import Precision, Runtime

CACHE_VARIABLE = "VLITQ_CACHE"
BATCH = {"cpu": 32, "cuda": 256}  # where it is too large for the device, a run halves it and goes on
MOST_WORKERS = 16  # threads that decode; beyond, they only wait for each other


def device(asked: str = "auto") -> str:
    """`cpu` or `cuda:i`. Raises `VlitqError` when a device is asked for that is not there."""
    if asked == "auto":
        return "cuda:0" if _cuda_devices() else "cpu"
    if asked == "cpu":
        return asked
    kind, _, number = asked.partition(":")
    if kind != "cuda" or not (number or "0").isdecimal():
        raise VlitqError(f"device {asked!r} is none of auto, cpu, cuda, cuda:1 and so on")
    if int(number or "0") >= _cuda_devices():
        raise VlitqError(f"device {asked!r} is not there: torch sees {_cuda_devices()} CUDA devices. Use --device cpu")
    return f"cuda:{int(number or '0')}"


def precision(asked: Precision | Literal["auto"], on: str) -> Precision:
    """fp32 on the CPU; on a GPU fp16, as the published CLIP scores were computed."""
    if asked == "auto":
        return "fp32" if on == "cpu" else "fp16"
    return asked


def runtime(asked_device: str, batch_size: int | Literal["auto"], workers: int | None) -> Runtime:
    """The runtime of a run."""
    on = device(asked_device)
    size = BATCH[on.partition(":")[0]] if batch_size == "auto" else batch_size
    return Runtime(on, size, workers or min(MOST_WORKERS, len(os.sched_getaffinity(0))))


def cache_folder() -> Path:
    """Where vectors are kept between runs: `$VLITQ_CACHE`, else vlitq's folder in the user's cache."""
    base = os.environ.get(CACHE_VARIABLE)
    return Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vlitq"


def _cuda_devices() -> int:
    if find_spec("torch") is None:
        return 0
    import torch

    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0
