"""What a language model makes of an answer: its loss after the question, and its loss alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from vlitq.node import Encoder, Feature, Precision, Runtime, Weights
from vlitq.schema import Array
from vlitq_scorers.features.causal_lm import CausalLM, Predicted, opened
from vlitq_scorers.features.lm_checkpoints import EMBEDDED, lm_weights
from vlitq_scorers.features.lm_tokens import CHAT, Scored, open_window

MAX_TOKENS = 1024
LOSS, TOKENS, SEEN = range(3)  # what the numbers of a vector are
DIM = 3


@dataclass(frozen=True)
class _Loss(Feature):
    """Summed negative log-likelihood in nats, scored tokens and share seen of an answer, float32 of shape (items, 3).

    `model` is "embedded", an id of a hub or a folder. `template` is the text around "{question}"; "chat" stands for the
    tokeniser's own, or "{question}\\n" where it has none. `header` is what stays of a written template when the
    question is left out; of a chat template it is what opens the assistant's turn. Question and answer are tokenised
    each by itself. Both stand after the token that begins a text, so that the first token of an answer has a loss too.
    What ends the assistant's turn is not scored.

    At most `max_tokens`, or the model's context, are read: of an answer the first, up to three quarters; of a question
    the last of what is left.
    """

    unit_length = False

    model: str = EMBEDDED
    precision: Precision = "fp32"
    template: str = CHAT
    header: str = ""
    max_tokens: int = MAX_TOKENS

    def weights(self) -> Weights:
        """The model's. Raises `Unavailable`."""
        return lm_weights(self.model)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Losses of a few nats a token, of 1 to 60 tokens."""
        tokens = rng.integers(1, 60, items)
        losses = tokens * rng.uniform(0.05, 6, items)
        return np.column_stack([losses, tokens, rng.uniform(0.5, 1, items)]).astype(np.float32)


@dataclass(frozen=True)
class AnswerLoss(_Loss):
    """An answer after its question: summed loss in nats, scored tokens, share seen; float32 of shape (exchanges, 3)."""

    name = "answer_loss"
    over = "exchange"

    @property
    def alone(self) -> AnswerAlone:
        """The same answers, of which the same tokens are scored, without their questions."""
        return AnswerAlone(self.model, self.precision, self.template, self.header, self.max_tokens)

    def asking(self, template: str, header: str, max_tokens: int) -> AnswerLoss:
        """The same model with another template and window."""
        return replace(self, template=template, header=header, max_tokens=max_tokens)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Load the model, or share it."""
        window = open_window(self.model, self.template, self.header, self.max_tokens)
        with opened(self.model, self.precision, runtime.device) as lm:
            yield Encoder(partial(_encode, lm), DIM, window.exchange)


@dataclass(frozen=True)
class AnswerAlone(_Loss):
    """An answer without its question: summed loss in nats, scored tokens, share seen; float32 of shape (texts, 3)."""

    name = "answer_alone"
    over = "text"

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Load the model, or share it."""
        window = open_window(self.model, self.template, self.header, self.max_tokens)
        with opened(self.model, self.precision, runtime.device) as lm:
            yield Encoder(partial(_encode, lm), DIM, window.alone)


def _encode(lm: CausalLM, answers: Sequence[Scored]) -> Array:
    out = np.zeros((len(answers), DIM))
    out[:, TOKENS] = [answer.answer for answer in answers]
    out[:, SEEN] = [answer.seen for answer in answers]
    scored = [i for i, answer in enumerate(answers) if answer.answer]
    out[scored, LOSS] = losses(lm, [answers[i] for i in scored])
    return out.astype(np.float32)


def losses(lm: CausalLM, answers: Sequence[Scored]) -> Array:
    """Summed negative log-likelihood of each answer's tokens in nats, float64 of shape (answers,)."""
    import torch

    sums = torch.zeros(len(answers), dtype=torch.float64)

    def add(predicted: Predicted) -> None:
        pairs = zip(predicted.rows.tolist(), predicted.positions.tolist(), strict=True)
        targets = torch.tensor([answers[row].ids[position + 1] for row, position in pairs], device=lm.device)
        chosen = predicted.logits.gather(1, targets[:, None])[:, 0]
        surprise = (predicted.logits.logsumexp(dim=-1) - chosen).clamp(min=0)
        sums.index_add_(0, predicted.rows, surprise.double().cpu())

    lm.predict([answer.row for answer in answers], add)
    return sums.numpy()
