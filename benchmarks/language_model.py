"""Losses of answers under the embedded language model: vlitq against a bare batched forward of the same tokens."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from benchmarks.made_data import text_rows
from benchmarks.results import Claim, Figure, Result, Spread
from benchmarks.timing import SHARED_DATA, in_turn
from vlitq.node import Encoder, Runtime
from vlitq.sample import Exchange
from vlitq_scorers.features import AnswerLoss
from vlitq_scorers.features.causal_lm import CausalLM, opened
from vlitq_scorers.features.lm_tokens import Scored

TITLE = "Language-model losses, against a bare batched forward"
BATCH = 32
NOTES = (
    "The bare forward is transformers' `model(input_ids, attention_mask).logits`, batches of 32 of the same tokens "
    "sorted by length, padded beforehand; no loss is computed from its logits. They fill memory at every position; its "
    "body alone is the same pass with `logits_to_keep=1`, which is less than a loss needs.",
    "vlitq's time is that of tokenising, of the forward and of the losses. The model is loaded before either.",
    "A rate counts the tokens of template, question and answer; padding does not count.",
)


def benchmark(quick: bool) -> Result:
    """Tokens a second of either, for answers after their questions and alone."""
    count, repeats = (16, 1) if quick else (64, 3)
    exchanges, what = _exchanges(count)
    feature = AnswerLoss()
    with (
        opened(feature.model, "fp32", "cpu") as lm,
        feature.open(Runtime(batch_size=BATCH)) as asked,
        feature.alone.open(Runtime(batch_size=BATCH)) as alone,
    ):
        answers = sorted({exchange.answer for exchange in exchanges}, key=len)
        figures, ratios = [], []
        for label, encoder, items in (("after the question", asked, exchanges), ("alone", alone, answers)):
            bare, body, ours = _rates(lm, encoder, items, repeats)
            figures.append(Figure(f"answers {label}", "tokens a second", {
                "bare forward": Spread.of(bare), "its body alone": Spread.of(body), "vlitq": Spread.of(ours),
            }))  # fmt: skip
            ratios.append(Spread.of([a / b for a, b in zip(ours, bare, strict=True)]))
    claims = (
        Claim("rate of answers after the question by the bare forward's", "at least", 0.85, ratios[0]),
        Claim("rate of answers alone by the bare forward's", "at least", 0.85, ratios[1]),
    )
    return Result("language_model", TITLE, tuple(figures), claims, (*NOTES, f"Texts: {what}."), quick=quick)


def _rates(lm: CausalLM, encoder: Encoder, items: Sequence[Any], repeats: int) -> list[list[float]]:
    prepared: list[Scored] = [encoder.prepare(item) for item in items]
    tokens = sum(len(one.ids) for one in prepared)
    passes = _bare(lm.model, prepared), _bare(lm.model, prepared, logits_to_keep=1), _ours(encoder, items)
    for one_pass in passes:
        one_pass(1)
    return [[tokens / s for s in seconds] for seconds in in_turn(repeats, *passes)]


def _bare(model: Any, prepared: Sequence[Scored], **options: int) -> Callable[..., None]:
    import torch

    batches = []
    for start in range(0, len(prepared), BATCH):
        rows = [one.ids for one in prepared[start : start + BATCH]]
        longest = max(map(len, rows))
        ids = torch.tensor([row + (0,) * (longest - len(row)) for row in rows])
        mask = torch.tensor([(1,) * len(row) + (0,) * (longest - len(row)) for row in rows])
        batches.append((ids, mask))

    def forward(most: int | None = None) -> None:
        with torch.inference_mode():
            for ids, mask in batches[:most]:
                model(input_ids=ids, attention_mask=mask, use_cache=False, **options)

    return forward


def _ours(encoder: Encoder, items: Sequence[Any]) -> Callable[..., None]:
    def encode(most: int | None = None) -> None:
        for start in list(range(0, len(items), BATCH))[:most]:
            encoder.encode([encoder.prepare(item) for item in items[start : start + BATCH]])

    return encode


def _exchanges(count: int) -> tuple[list[Exchange], str]:
    """Questions and answers by length, and what they are: the shared ones, or made ones where those are absent."""
    shared = SHARED_DATA / "owleval" / "owleval.json"
    if shared.is_file():
        turns = [row["conversations"] for row in json.loads(shared.read_text())]
        found = [Exchange(t[0]["value"].replace("<image>", "").strip(), t[1]["value"]) for t in turns]
        step = max(len(found) // count, 1)
        found, what = found[::step][:count], f"{count} exchanges of owleval.json"
    else:
        found = [Exchange(row.question, row.answer) for row in islice(text_rows(count), count)]
        what = f"{count} made exchanges, questions of 12 words and answers of 60"
    return sorted(found, key=lambda e: len(e.question) + len(e.answer)), what
