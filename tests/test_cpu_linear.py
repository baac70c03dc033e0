"""Linear layers through oneDNN give what torch gives, and leave torch as they found it."""

from __future__ import annotations

import pytest
import torch

from vlitq_scorers.features import cpu_linear
from vlitq_scorers.features.cpu_linear import wide_linear

needs_onednn = pytest.mark.skipif(
    not hasattr(torch.ops.mkldnn, "_linear_pointwise"), reason="this torch is built without oneDNN"
)


def attention() -> torch.nn.Module:
    torch.manual_seed(0)
    return torch.nn.TransformerEncoderLayer(64, 4, 128, batch_first=True).eval()


def test_a_layer_gives_the_same_within_and_without() -> None:
    layer, inputs = attention(), torch.randn(3, 5, 64)
    with torch.inference_mode():
        plain = layer(inputs)
        with wide_linear("cpu"):
            wide = layer(inputs)
    torch.testing.assert_close(wide, plain, atol=1e-5, rtol=0)


@needs_onednn
def test_onednn_gives_what_torch_gives_on_every_processor() -> None:
    layer, inputs = attention(), torch.randn(3, 5, 64)
    bare = torch.nn.Linear(64, 7, bias=False)
    with torch.inference_mode():
        plain, plain_bare = layer(inputs), bare(inputs.transpose(0, 1))
        with cpu_linear._through_onednn():
            wide, wide_bare = layer(inputs), bare(inputs.transpose(0, 1))
    torch.testing.assert_close(wide, plain, atol=1e-5, rtol=0)
    torch.testing.assert_close(wide_bare, plain_bare, atol=1e-5, rtol=0)


@needs_onednn
def test_other_precisions_are_left_to_torch() -> None:
    layer, inputs = torch.nn.Linear(8, 8).bfloat16(), torch.randn(2, 8).bfloat16()
    with torch.inference_mode():
        plain = layer(inputs)
        with cpu_linear._through_onednn():
            assert torch.equal(layer(inputs), plain)


def test_torch_is_left_as_it_was_found_after_a_failure_too() -> None:
    before = torch.backends.mha.get_fastpath_enabled()
    with pytest.raises(ZeroDivisionError), wide_linear("cpu"):
        raise ZeroDivisionError
    assert torch.backends.mha.get_fastpath_enabled() == before
