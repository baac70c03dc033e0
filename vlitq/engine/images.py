"""The image side of the stream: each distinct image is read, decoded and encoded once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vlitq import images
from vlitq.engine.bank import Bank
from vlitq.engine.ordered import ordered
from vlitq.engine.shard import Shard
from vlitq.node import Feature
from vlitq.sample import ImageRef, Problem
from vlitq.schema import Status


@dataclass(frozen=True)
class _End:
    """Passes through the pipeline behind the last image of a shard."""

    shard: Shard


@dataclass(frozen=True)
class _Undecoded:
    path: str
    digest: bytes
    data: bytes
    features: tuple[Feature, ...]


@dataclass(frozen=True)
class _Prepared:
    digest: bytes
    inputs: Mapping[Feature, Any]


@dataclass
class ImageStream:
    """Images from their paths to the bank. `found` tells of every path its digest, or what is wrong with it."""

    root: Path
    bank: Bank
    features: tuple[Feature, ...]
    read_bytes: bool
    pool: Executor
    workers: int
    found: dict[str, bytes | Problem] = field(default_factory=dict)
    decoded: int = 0
    _seen: set[str] = field(default_factory=set)
    _claimed: set[bytes] = field(default_factory=set)

    def through(self, shards: Iterable[Shard]) -> Iterator[Shard]:
        """Each shard, once all its images are in the bank."""
        ahead = 2 * max((self.bank.batch_size(f) for f in self.features), default=1)
        reads = ordered(self.pool, self._read, self._unseen(shards), 2 * self.workers)
        waiting: list[_Prepared] = []
        for done in ordered(self.pool, self._prepare, self._undecoded(reads), ahead + self.workers):
            if isinstance(done.task, _End):
                self._encode(waiting)
                waiting = []
                yield done.task.shard
            elif done.result is None:
                self.bank.fail(done.task.digest, _problem(done.error, done.task.path))
            else:
                self.decoded += 1
                waiting.append(done.result)
                if len(waiting) >= max(self.bank.batch_size(f) for f in self.features):
                    self._encode(waiting)
                    waiting = []

    def _unseen(self, shards: Iterable[Shard]) -> Iterator[ImageRef | _End]:
        for shard in shards:
            for sample in shard.samples:
                for ref in sample.images:
                    if ref.path not in self._seen:
                        self._seen.add(ref.path)
                        yield ref
            yield _End(shard)

    def _read(self, task: ImageRef | _End) -> tuple[bytes, bytes]:
        if isinstance(task, _End):
            return b"", b""
        path = images.locate(self.root, task)
        if not self.read_bytes:
            return b"", b""
        data = images.read(path)
        return images.digest(data), data

    def _undecoded(self, reads: Iterable[Any]) -> Iterator[_Undecoded | _End]:
        for done in reads:
            if isinstance(done.task, _End):
                yield done.task
            elif done.error is not None:
                self.found[done.task.path] = _problem(done.error)
            else:
                digest, data = done.result
                self.found[done.task.path] = digest
                wanting = self._wanting(digest)
                if wanting:
                    yield _Undecoded(done.task.path, digest, data, wanting)

    def _wanting(self, digest: bytes) -> tuple[Feature, ...]:
        if digest in self._claimed:
            return ()
        self._claimed.add(digest)
        return tuple(f for f in self.features if self.bank.missing(f, [digest]))

    def _prepare(self, task: _Undecoded | _End) -> _Prepared | None:
        if isinstance(task, _End):
            return None
        image = images.decode(task.data)
        return _Prepared(task.digest, {f: self.bank.prepare(f, image) for f in task.features})

    def _encode(self, waiting: list[_Prepared]) -> None:
        for feature in self.features:
            mine = [(item.digest, item.inputs[feature]) for item in waiting if feature in item.inputs]
            self.bank.encode(feature, [digest for digest, _ in mine], [inputs for _, inputs in mine])


def _problem(error: Exception | None, path: str = "") -> Problem:
    if isinstance(error, images.ImageError):
        return Problem(error.status, f"{_shown(path)}: {error.reason}" if path else error.reason)
    return Problem(Status.ERROR, f"{type(error).__name__}: {error}")


def _shown(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()  # a name that is not UTF-8 must not reach a table
