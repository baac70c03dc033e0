"""The score that a language model is about to give, as its expectation over the tokens of the possible scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import numpy as np

from vlitq.node import Encoder, Feature, Precision, Runtime, Unavailable, Weights
from vlitq.sample import Exchange
from vlitq.schema import Array
from vlitq_scorers.features.causal_lm import CausalLM, Predicted, Row, opened
from vlitq_scorers.features.chunks import CHARACTERS_PER_TOKEN
from vlitq_scorers.features.lm_checkpoints import EMBEDDED, lm_weights
from vlitq_scorers.features.lm_tokens import CHAT, Frame, Tokens
from vlitq_scorers.maths.likelihood import expectation

MAX_TOKENS = 1024
EXPECTED, MASS, SEEN = range(3)  # what the numbers of a vector are
DIM = 3
_SHRINK = 0.9  # how much of what would fit is tried, when a prompt is too long


@dataclass(frozen=True)
class ExpectedValue(Feature):
    """Expected score of an exchange, probability of all scores together, share seen; float32 of shape (exchanges, 3).

    Σ_k value_k · p_k, where p is the softmax over the logits of the score tokens at the first position after the prompt
    (Liu et al. 2023, arXiv 2312.15685). `prompt` has the places {instruction} and {response}; it is tokenised whole,
    after the start token where the tokeniser puts one, and as the user's turn of the tokeniser's chat template where
    `chat` is true. Each of `scores` has to be one token. The second number says how much of its probability the model
    gives to scores at all. Where the prompt exceeds `max_tokens` both texts are cut at their end.
    """

    name = "expected_value"
    over = "exchange"
    unit_length = False

    prompt: str
    scores: tuple[str, ...] = ("1", "2", "3", "4", "5", "6")
    values: tuple[float, ...] = (1, 2, 3, 4, 5, 6)
    chat: bool = False
    model: str = EMBEDDED
    precision: Precision = "fp32"
    max_tokens: int = MAX_TOKENS

    def weights(self) -> Weights:
        """The model's. Raises `Unavailable`, for a score that is not one token too."""
        weights = lm_weights(self.model)
        self._asker()
        return weights

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Scores between the least and the greatest value."""
        scores = rng.uniform(min(self.values), max(self.values), items)
        return np.column_stack([scores, rng.random(items), rng.uniform(0.5, 1, items)]).astype(np.float32)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Load the model, or share it."""
        asker = self._asker()
        with opened(self.model, self.precision, runtime.device) as lm:
            yield Encoder(partial(_encode, lm, asker.ids, np.array(self.values)), DIM, asker.ask)

    def _asker(self) -> _Asker:
        tokens = Tokens(self.model)
        ids = tuple(tokens.single(score) for score in self.scores)
        if len(set(ids)) != len(ids):
            raise Unavailable(f"{self.model}: two of the scores {self.scores} are one token. Way out: other scores")
        frame = tokens.frame(CHAT, "") if self.chat else None
        size = min(self.max_tokens, tokens.context or self.max_tokens)
        asker = _Asker(tokens, self.prompt, frame, ids, size)
        if (taken := len(asker.filled(Exchange("", "")))) > size:
            raise Unavailable(f"{self.model}: the prompt takes {taken} of {size} tokens. Way out: a shorter prompt")
        return asker


@dataclass(frozen=True)
class _Asked:
    """A filled prompt, and the share of the exchange that is in it."""

    ids: tuple[int, ...]
    seen: float


@dataclass(frozen=True)
class _Asker:
    tokens: Tokens
    prompt: str
    frame: Frame | None
    ids: tuple[int, ...]  # of the scores
    size: int

    def ask(self, exchange: Exchange) -> _Asked:
        """The prompt filled; the texts are cut until it fits."""
        longest = max(len(exchange.question), len(exchange.answer))
        most = min(longest, self.size * CHARACTERS_PER_TOKEN)
        cut = Exchange(exchange.question[:most], exchange.answer[:most])
        ids = self.filled(cut)
        while len(ids) > self.size:
            most = int(most * _SHRINK * self.size / len(ids))
            cut = Exchange(exchange.question[:most], exchange.answer[:most])
            ids = self.filled(cut)
        whole = len(exchange.question) + len(exchange.answer)
        return _Asked(ids, (len(cut.question) + len(cut.answer)) / max(whole, 1))

    def filled(self, exchange: Exchange) -> tuple[int, ...]:
        """The tokens of the prompt with these texts in their places."""
        text = fill(self.prompt, exchange)
        if self.frame is None:
            return self.tokens.with_start(text)
        return self.frame.before + self.tokens.ids(text) + self.frame.between


def fill(prompt: str, exchange: Exchange) -> str:
    """The prompt with question and answer in their places; what braces they hold stay as they are."""
    parts = prompt.split("{instruction}")
    return exchange.question.join(part.replace("{response}", exchange.answer) for part in parts)


def _encode(lm: CausalLM, scores: Sequence[int], values: Array, asked: Sequence[_Asked]) -> Array:
    import torch

    out = np.zeros((len(asked), DIM))
    out[:, SEEN] = [one.seen for one in asked]

    def note(predicted: Predicted) -> None:
        rows, logits = predicted.rows.numpy(), predicted.logits
        chosen = logits[:, torch.tensor(scores, device=logits.device)]
        out[rows, EXPECTED] = expectation(chosen.double().cpu().numpy(), values)
        out[rows, MASS] = (chosen.logsumexp(dim=-1) - logits.logsumexp(dim=-1)).exp().cpu().numpy()

    lm.predict([Row(one.ids, 1) for one in asked], note)
    return out.clip([values.min(), 0, 0], [values.max(), 1, 1]).astype(np.float32)
