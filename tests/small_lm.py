"""Small causal language models with seeded weights and a tokeniser of bytes, written to disk: the library's real path,
without a download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

SIZES = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1}
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}[{{ message.role }}]{{ message.content }}[end]{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)


def write_small_lm(folder: Path, kind: str = "llama", chat_template: str | None = None, context: int = 1024) -> Path:
    """A model of 2 layers and 258 tokens: `llama`, `gpt2`, or `granite`, which scales its logits."""
    import torch

    tokenizer = _tokenizer(chat_template)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = _model(kind, len(tokenizer), context)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(chat_template: str | None) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    built = Tokenizer(models.BPE({letter: i for i, letter in enumerate(letters)}, []))
    built.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    built.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=built, bos_token="<s>", eos_token="</s>", chat_template=chat_template
    )


def _model(kind: str, vocabulary: int, context: int) -> Any:
    from transformers import GPT2Config, GPT2LMHeadModel, GraniteConfig, GraniteForCausalLM, LlamaConfig
    from transformers import LlamaForCausalLM as Llama

    common: dict[str, Any] = {"vocab_size": vocabulary, "initializer_range": 0.5}
    if kind == "gpt2":
        return GPT2LMHeadModel(GPT2Config(**common, n_embd=32, n_layer=2, n_head=2, n_positions=context))
    sizes = common | SIZES | {"intermediate_size": 64, "max_position_embeddings": context}
    if kind == "granite":
        return GraniteForCausalLM(GraniteConfig(**sizes, logits_scaling=8.0))
    return Llama(LlamaConfig(**sizes))
