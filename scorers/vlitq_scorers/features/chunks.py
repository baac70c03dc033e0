"""Texts longer than a model's context: split into sentences, packed into chunks that fit, pooled into one vector."""

from __future__ import annotations

import copy
import re
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise
from typing import Any, Self

import numpy as np

from vlitq.node import Feature, Runtime
from vlitq.schema import Array

MAX_CHUNKS = 32  # of a text; what lies beyond is left out, and `TextSeen` says how much
CHARACTERS_PER_TOKEN = 8  # twice what English takes: longer pieces are split before they are counted
LONGEST_WORD = 128  # characters; byte-pair encoding takes time quadratic in the length of a word

# Every alternative starts at one given character, so that no run of characters takes quadratic time.
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])\s*|\n\s*")
_WORD = re.compile(r"\s*\S+\s*|\s+")

Span = tuple[int, int]


@dataclass(frozen=True)
class Chunks:
    """Consecutive slices of a text that each fit the context, with their numbers of tokens.

    `seen` is the share of the text's characters that lie in them: 1 unless the text needs more than the chunks allowed.
    """

    texts: tuple[str, ...]
    tokens: tuple[int, ...]
    seen: float


Splitter = Callable[[str], Chunks]


class TextFeature(Feature):
    """A feature of texts that splits what exceeds its model's context, and can say how.

    `prefix`, a field of every such feature, stands before each chunk: "A photo depicts ", say.
    """

    over = "text"

    prefix: str

    def prefixed(self, prefix: str) -> Self:
        """The same feature with this prefix; as it is where the prefix is empty."""
        return replace(self, prefix=prefix) if prefix else self  # type: ignore[type-var]  # subclasses are dataclasses

    @abstractmethod
    def splitter(self, runtime: Runtime) -> AbstractContextManager[Splitter]:
        """Open what splitting takes, and yield the function that splits as `open`'s encoder does."""


def split(text: str, count: Callable[[str], int], budget: int, max_chunks: int) -> Chunks:
    """Sentences packed greedily into chunks of at most `budget` tokens.

    A sentence too long is split at words, a word at characters. `count` gives the tokens of a string, special ones left
    out. A text that fits is one chunk, unchanged but for lone surrogates.
    """
    text = encodable(text)
    if len(text) <= budget * CHARACTERS_PER_TOKEN and (tokens := count(text)) <= budget:
        return Chunks((text,), (tokens,), 1.0)
    count = cache(count)
    kept = text[: max_chunks * budget * CHARACTERS_PER_TOKEN]
    spans = list(islice(_pack(kept, _Pieces(kept, count, budget), count, budget), max_chunks))
    texts = tuple(kept[start:end] for start, end in spans)
    return Chunks(texts, tuple(count(chunk) for chunk in texts), spans[-1][1] / len(text))


def split_behind(prefix: str, text: str, count: Callable[[str], int], budget: int, max_chunks: int) -> Chunks:
    """As `split`, with room for a prefix before each chunk. Raises `ValueError` where the prefix leaves none."""
    before = count(prefix) if prefix else 0
    if before >= budget:
        raise ValueError(f"the prefix has {before} tokens, the model takes {budget}: no room is left for the text")
    return split(text, lambda part: count(prefix + part) - before, budget - before, max_chunks)


def encodable(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates, which UTF-8 cannot hold, replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def pool(vectors: Array, chunks: Sequence[Sequence[int]]) -> Array:
    """One unit vector a text, float32 of shape (texts, dim): the token-weighted mean of its chunks' unit vectors.

    `vectors` has shape (chunks of all texts, dim); `chunks` holds for each text the tokens of each of its chunks.
    The vector of a text in one chunk is returned as it is.
    """
    sizes = np.array([len(tokens) for tokens in chunks])
    starts = np.cumsum(sizes) - sizes
    weights = np.array([max(tokens, 1) for text in chunks for tokens in text], np.float32)
    pooled: Array = np.add.reduceat(vectors * weights[:, None], starts)
    pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
    single = sizes == 1
    pooled[single] = vectors[starts[single]]
    return pooled


def counting_copy(tokenizer: Any) -> Any:
    """A copy of a transformers tokeniser for counting on worker threads.

    Its fast tokenisers keep padding and truncation as state: a count on one thread would undo the padding of a batch on
    another. Called once here, so that no later count changes the copy's state either.
    """
    counter = copy.deepcopy(tokenizer)
    counter("", add_special_tokens=False)
    return counter


class _Pieces:
    """A text's sentences in order, each refined until it fits; what was taken too many goes back in front."""

    def __init__(self, text: str, count: Callable[[str], int], budget: int) -> None:
        self._text, self._count, self._budget = text, count, budget
        ends = [match.end() for match in _SENTENCE_END.finditer(text) if match.end() < len(text)]
        self._sentences = pairwise(sorted({0, *ends, len(text)}))
        self._front: deque[Span] = deque()

    def take(self) -> Span | None:
        """The next span that fits; None at the end."""
        while (span := self._next()) is not None:
            if self._fits(span):
                return span
            self._front.extendleft(reversed(_refine(self._text, span)))
        return None

    def give_back(self, spans: Sequence[Span]) -> None:
        self._front.extendleft(reversed(spans))

    def _next(self) -> Span | None:
        return self._front.popleft() if self._front else next(self._sentences, None)

    def _fits(self, span: Span) -> bool:
        start, end = span
        if end - start <= 1:
            return True
        if end - start > self._budget * CHARACTERS_PER_TOKEN or _has_long_word(self._text, span):
            return False
        return self._count(self._text[start:end]) <= self._budget


def _pack(text: str, pieces: _Pieces, count: Callable[[str], int], budget: int) -> Iterator[Span]:
    taken: list[Span] = []
    tokens = 0
    while (piece := pieces.take()) is not None:
        size = count(text[slice(*piece)])
        if taken and tokens + size > budget:
            pieces.give_back([piece])
            yield _close(text, taken, pieces, count, budget)
            taken, tokens = [], 0
            continue
        taken.append(piece)
        tokens += size
    if taken:
        yield _close(text, taken, pieces, count, budget)


def _close(text: str, taken: list[Span], pieces: _Pieces, count: Callable[[str], int], budget: int) -> Span:
    """The chunk of the pieces taken; what exceeds the budget because tokens differ once joined goes back."""
    keep = len(taken)
    while keep > 1 and count(text[taken[0][0] : taken[keep - 1][1]]) > budget:
        keep -= 1
    pieces.give_back(taken[keep:])
    return taken[0][0], taken[keep - 1][1]


def _refine(text: str, span: Span) -> list[Span]:
    start, end = span
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    if len(words) > 1:
        return words
    step = min(LONGEST_WORD, (end - start + 1) // 2)
    return [(at, min(at + step, end)) for at in range(start, end, step)]


def _has_long_word(text: str, span: Span) -> bool:
    return any(len(word) > LONGEST_WORD for word in text[slice(*span)].split())
