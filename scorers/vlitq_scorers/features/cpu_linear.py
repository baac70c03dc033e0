"""Linear layers through oneDNN, on processors whose full width torch's default library leaves unused."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any


@contextmanager
def wide_linear(device: str) -> Iterator[None]:
    """Within, float32 linear layers on the CPU run through oneDNN where that is the faster library.

    torch's linear layers call MKL, which stays at AVX2 on AMD processors with AVX-512: oneDNN takes half the time.
    The numbers differ as between any two orders of summation (1e-6 of a unit vector's length and less), and depend on
    the processor alone, so that a run that resumes goes on with the same. Elsewhere nothing changes.
    """
    if device != "cpu" or not _leaves_width_unused():
        yield
        return
    import torch

    fused = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)  # the fused attention would call MKL from within
    try:
        with _through_onednn():
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)


@cache
def _leaves_width_unused() -> bool:
    import torch

    if sys.platform != "linux" or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return False
    amd = "AuthenticAMD" in Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    return amd and torch.backends.cpu.get_cpu_capability() == "AVX512"


def _through_onednn() -> Any:
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    linear, onednn = torch.ops.aten.linear.default, torch.ops.mkldnn._linear_pointwise

    class ThroughOneDnn(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch types neither class nor call
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func is linear and args[0].dtype == args[1].dtype == torch.float32:
                inputs, weight, *bias = args
                return onednn(inputs.contiguous(), weight, bias[0] if bias else None, "none", [], "")
            return func(*args, **(kwargs or {}))

    return ThroughOneDnn()  # type: ignore[no-untyped-call]  # as above
