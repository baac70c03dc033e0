"""Questions and answers as a language model's tokens: the boundary is where one list of tokens ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vlitq.node import Unavailable
from vlitq.sample import Exchange
from vlitq_scorers.features.causal_lm import Row
from vlitq_scorers.features.chunks import CHARACTERS_PER_TOKEN, counting_copy, encodable
from vlitq_scorers.features.lm_checkpoints import context_of, tokenizer_of

CHAT = "chat"  # the template that the tokeniser brings
PLAIN = "{question}\n"  # where it brings none
SLOT = "{question}"
ANSWER_SHARE = 0.75  # of the window, at most: the question has what the answer leaves
# A chat template that names the date is told this one, or scores would change overnight.
_SAME_DAY = "{% macro strftime_now(format) %}26 Jul 2024{% endmacro %}"
_MARK = "\ue000the question\ue000"  # stands for the question while the tokeniser's template is filled


@dataclass(frozen=True)
class Frame:
    """The tokens around a question: before it, between it and the answer, and before an answer that stands alone."""

    before: tuple[int, ...]
    between: tuple[int, ...]
    alone: tuple[int, ...]


@dataclass(frozen=True)
class Scored:
    """Tokens of which the last `answer` are scored; `seen` is the share of the text's characters they stand for."""

    ids: tuple[int, ...]
    answer: int
    seen: float

    @property
    def row(self) -> Row:
        """What the model is asked: to predict each token of the answer from what stands before it."""
        return Row(self.ids[:-1], self.answer)


class Tokens:
    """A language model's tokeniser, safe on threads. Texts are texts: nothing in them acts as a special token."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._tokenizer = counting_copy(tokenizer_of(model))
        self.context = context_of(model)

    def ids(self, text: str) -> tuple[int, ...]:
        """The tokens of a text."""
        found = self._tokenizer(encodable(text), add_special_tokens=False, split_special_tokens=True, verbose=False)
        return tuple(found.input_ids)

    def with_start(self, text: str) -> tuple[int, ...]:
        """The tokens of a text, after the start token where the tokeniser itself puts it before a text."""
        first = self._tokenizer.bos_token_id
        starts = first is not None and self._tokenizer("a", verbose=False).input_ids[:1] == [first]
        return ((int(first),) if starts else ()) + self.ids(text)

    def start(self) -> tuple[int, ...]:
        """The token that begins a text, so that the first of an answer has something before it."""
        for token in (self._tokenizer.bos_token_id, self._tokenizer.eos_token_id, self._tokenizer.pad_token_id):
            if token is not None:
                return (int(token),)
        raise Unavailable(f"{self._model}: the tokeniser has no token that begins a text. Way out: another model")

    def frame(self, template: str, header: str) -> Frame:
        """What stands around a question: the tokeniser's chat template, or the one given.

        Raises `Unavailable` where a template does not hold the question once.
        """
        if template == CHAT and self._tokenizer.chat_template:
            return self._chat_frame()
        template = PLAIN if template == CHAT else template
        if template.count(SLOT) != 1:
            raise Unavailable(
                f"template {template!r} holds {SLOT} {template.count(SLOT)} times. Way out: write it once"
            )
        before, _, between = template.partition(SLOT)
        start = self.start()
        return Frame(start + self.ids(before), self.ids(between), start + self.ids(header))

    def single(self, piece: str) -> int:
        """The one token that is this piece of text. Raises `Unavailable` where it takes more, or none."""
        known = self._tokenizer.get_vocab()
        ids = (known[piece],) if piece in known else self.ids(piece)
        if len(ids) != 1:
            raise Unavailable(
                f"{self._model}: {piece!r} is {len(ids)} tokens, and a score has to be one. Way out: other scores"
            )
        return int(ids[0])

    def _chat_frame(self) -> Frame:
        asked = self._rendered(add_generation_prompt=True)
        before, mark, between = asked.partition(_MARK)
        if not mark:
            raise Unavailable(f"{self._model}: its chat template leaves the question out. Way out: name a template")
        header = asked.removeprefix(self._rendered(add_generation_prompt=False))
        header = "" if header == asked else header
        alone = self._special(header)
        start = self.start()
        begins = self._special(before)[:1] == start and alone[:1] != start
        return Frame(self._special(before), self._special(between), start + alone if begins or not alone else alone)

    def _rendered(self, add_generation_prompt: bool) -> str:
        turns = [{"role": "user", "content": _MARK}]
        try:
            template = _SAME_DAY + self._tokenizer.get_chat_template()
            text: str = self._tokenizer.apply_chat_template(
                turns, chat_template=template, tokenize=False, add_generation_prompt=add_generation_prompt
            )
        except Exception as cause:  # a template is a program: it raises what it likes
            raise Unavailable(
                f"{self._model}: its chat template fails ({type(cause).__name__}: {cause}). Way out: name a template"
            ) from cause
        return text

    def _special(self, text: str) -> tuple[int, ...]:
        found = self._tokenizer(text, add_special_tokens=False, verbose=False)
        return tuple(found.input_ids)


@dataclass(frozen=True)
class Window:
    """A frame and how many tokens fit: the answer has at most three quarters, the question what is left.

    Of an answer the first tokens are kept, of a question the last. An answer's share does not depend on the question,
    so that it is the same with and without one.
    """

    tokens: Tokens
    frame: Frame
    size: int

    @property
    def answer_size(self) -> int:
        """The most tokens of an answer."""
        return max(int(self.size * ANSWER_SHARE), 1)

    def exchange(self, exchange: Exchange) -> Scored:
        """The answer after its question."""
        answer, answer_share = self._answer(exchange.answer)
        room = max(self.size - len(self.frame.before) - len(self.frame.between) - len(answer), 0)
        question, question_share = _kept(self.tokens, exchange.question, room, last=True)
        ids = self.frame.before + question + self.frame.between + answer
        sizes = len(exchange.question), len(exchange.answer)
        seen = (question_share * sizes[0] + answer_share * sizes[1]) / max(sum(sizes), 1)
        return Scored(ids, len(answer), seen)

    def alone(self, answer: str) -> Scored:
        """The answer after the header or the start token."""
        ids, share = self._answer(answer)
        return Scored(self.frame.alone + ids, len(ids), share)

    def _answer(self, text: str) -> tuple[tuple[int, ...], float]:
        return _kept(self.tokens, text, self.answer_size, last=False)


def open_window(model: str, template: str, header: str, max_tokens: int) -> Window:
    """The window of at most `max_tokens`, or the model's context where that is less. Raises `Unavailable`."""
    tokens = Tokens(model)
    size = min(max_tokens, tokens.context or max_tokens)
    window = Window(tokens, tokens.frame(template, header), size)
    around = len(window.frame.before) + len(window.frame.between)
    if max(around, len(window.frame.alone)) + window.answer_size > size:
        raise Unavailable(
            f"{model}: the template takes {around} of {size} tokens, which leaves too few for answers. "
            "Way out: a shorter template, or more max_tokens"
        )
    return window


def _kept(tokens: Tokens, text: str, most: int, last: bool) -> tuple[tuple[int, ...], float]:
    """At most so many tokens of a text, its first or its last, and the share of its characters that they stand for.

    A text far too long is cut before it is tokenised.
    """
    characters = most * CHARACTERS_PER_TOKEN
    part = text[max(len(text) - characters, 0) :] if last else text[:characters]
    ids = tokens.ids(part)
    kept: Sequence[int] = ids[max(len(ids) - most, 0) :] if last else ids[:most]
    share = len(part) / max(len(text), 1) * len(kept) / max(len(ids), 1)
    return tuple(kept), share if text else 1.0
