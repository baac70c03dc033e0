"""The parts of a shard's samples: which images, texts and samples every row consists of, by their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from vlitq.engine.shard import Shard, content_digest, sample_digest
from vlitq.node import Part
from vlitq.options import choice
from vlitq.sample import Exchange, Problem, Role, Sample
from vlitq.schema import Status
from vlitq.sentences import sentences

NO_DIGEST = b""  # stands for an image that could not be read; no vector is ever stored under it


def _of_roles(*roles: Role) -> Callable[[Sample], list[str]]:
    return lambda sample: [turn.text for turn in sample.turns if turn.text and turn.role in roles]


def _options(sample: Sample) -> Iterable[str]:
    found = choice(sample)
    return found.options if found else ()


TEXTS: Mapping[Part, Callable[[Sample], Iterable[str]]] = {
    "instruction": _of_roles("human"),
    "response": _of_roles("assistant"),
    "dialogue": _of_roles("human", "assistant"),
    "sentences": lambda sample: [found for answer in sample.texts("assistant") for found in sentences(answer)],
    "references": lambda sample: sample.references,
    "options": _options,
}


@dataclass
class Parts:
    """The items of one shard. `images` says of every path its digest, or what is wrong with it."""

    shard: Shard
    images: Mapping[str, bytes | Problem]
    texts: dict[bytes, str] = field(default_factory=dict)  # of the parts asked for so far
    exchanges: dict[bytes, Exchange] = field(default_factory=dict)  # likewise
    _digests: dict[Part, list[list[bytes]]] = field(default_factory=dict)
    _known: dict[str, bytes] = field(default_factory=dict)

    def digests(self, part: Part) -> list[list[bytes]]:
        """The items of the part, a list a row; none for a record that is no sample."""
        if part not in self._digests:
            self._digests[part] = [self._of(part, sample) if sample.valid else [] for sample in self.shard.samples]
        return self._digests[part]

    def distinct(self, part: Part) -> list[bytes]:
        """The items of the part, each once, in the order of their first row."""
        return list(dict.fromkeys(d for row in self.digests(part) for d in row if d != NO_DIGEST))

    @cached_property
    def contents(self) -> list[bytes]:
        """The digest of each row's content: see `Content`."""
        return [content_digest(s, self.images, self.shard.start + row) for row, s in enumerate(self.shard.samples)]

    @cached_property
    def samples(self) -> dict[bytes, Sample]:
        """The samples, each by its digest in `digests`."""
        return {d: s for row, s in zip(self.digests("sample"), self.shard.samples, strict=True) for d in row}

    def unreadable(self, row: int) -> Problem | None:
        """What is wrong with the first bad image of a row."""
        found = (self.images.get(ref.path) for ref in self.shard.rows[row].sample.images)
        return next((image for image in found if isinstance(image, Problem)), None)

    @cached_property
    def invalid(self) -> dict[int, Problem]:
        """Row to problem, for the records that are no samples."""
        return {
            row: next(p for p in sample.problems if p.status is Status.INVALID)
            for row, sample in enumerate(self.shard.samples)
            if not sample.valid
        }

    def _of(self, part: Part, sample: Sample) -> list[bytes]:
        if part == "sample":
            return [sample_digest(sample)]
        if part == "images":
            found = [self.images[ref.path] for ref in sample.images]
            return [image if isinstance(image, bytes) else NO_DIGEST for image in found]
        if part == "exchanges":
            return [self._exchange(exchange) for exchange in sample.exchanges]
        return [self._text(text) for text in TEXTS[part](sample)]

    def _exchange(self, exchange: Exchange) -> bytes:
        digest = _digest(f"{len(exchange.question)} {exchange.question}{exchange.answer}")
        self.exchanges[digest] = exchange
        return digest

    def _text(self, text: str) -> bytes:
        digest = self._known.get(text)
        if digest is None:
            digest = _digest(text)
            self._known[text] = digest
            self.texts[digest] = text
        return digest


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
