"""The image side of the stream: each distinct image is read, decoded and encoded once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vlitq import images
from vlitq.engine.bank import Bank
from vlitq.engine.ordered import Done, ordered
from vlitq.engine.parts import NO_DIGEST
from vlitq.engine.shard import Shard
from vlitq.failure import described, failure_of
from vlitq.node import Feature
from vlitq.sample import ImageRef, Problem
from vlitq.schema import Status

REMEMBERED_PATHS = 262_144  # beyond, a file named again is read again, but neither decoded nor encoded again

Found = dict[str, bytes | Problem]


@dataclass(frozen=True)
class Seen:
    """A shard whose images are in the bank. `found` tells of every path the digest, or what is wrong with it.

    It also passes through the pipeline behind the last image of the shard.
    """

    shard: Shard
    found: Found


@dataclass(frozen=True)
class _Unread:
    ref: ImageRef
    found: Found


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
    failures: Mapping[Feature, Problem]


@dataclass
class ImageStream:
    """Images from their paths to the bank. Without `read_bytes` they are only looked for."""

    root: Path
    bank: Bank
    features: tuple[Feature, ...]
    read_bytes: bool
    pool: Executor
    workers: int
    read: int = 0
    decoded: int = 0
    _in_flight: set[bytes] = field(default_factory=set)
    _waiting: list[_Prepared] = field(default_factory=list)

    def through(self, shards: Iterable[Shard]) -> Iterator[Seen]:
        """Each shard, once all its images are in the bank."""
        reads = ordered(self.pool, self._read, self._unread(shards), 2 * self.workers)
        for done in ordered(self.pool, self._prepare, self._undecoded(reads), 2 * self._batch + self.workers):
            if isinstance(done.task, Seen):
                self._encode()
                yield done.task
            elif done.result is None:
                self.bank.fail(done.task.digest, _problem(done.error, done.task.path))
                self._in_flight.discard(done.task.digest)
            else:
                self._collect(done.result)

    @property
    def _batch(self) -> int:
        return max((self.bank.batch_size(feature) for feature in self.features), default=1)

    def _unread(self, shards: Iterable[Shard]) -> Iterator[_Unread | Seen]:
        found: Found = {}
        for shard in shards:
            if len(found) > REMEMBERED_PATHS:
                found = {}
            for sample in shard.samples:
                for ref in sample.images:
                    if ref.path not in found:
                        found[ref.path] = NO_DIGEST  # until it is read; by then it is not asked for twice
                        yield _Unread(ref, found)
            yield Seen(shard, found)

    def _read(self, task: _Unread | Seen) -> tuple[bytes, bytes]:
        if isinstance(task, Seen):
            return NO_DIGEST, b""
        path = images.locate(self.root, task.ref)
        if not self.read_bytes:
            return NO_DIGEST, b""
        data = images.read(path)
        return images.digest(data), data

    def _undecoded(self, reads: Iterable[Done[_Unread | Seen, tuple[bytes, bytes]]]) -> Iterator[_Undecoded | Seen]:
        for done in reads:
            if isinstance(done.task, Seen):
                yield done.task
                continue
            self.read += 1
            path, found = done.task.ref.path, done.task.found
            if done.result is None:
                found[path] = _problem(done.error)
                continue
            digest, data = done.result
            found[path] = digest
            wanting = self._wanting(digest)
            if wanting:
                self._in_flight.add(digest)
                yield _Undecoded(path, digest, data, wanting)

    def _wanting(self, digest: bytes) -> tuple[Feature, ...]:
        if digest in self._in_flight:
            return ()
        return tuple(feature for feature in self.features if self.bank.missing(feature, [digest]))

    def _prepare(self, task: _Undecoded | Seen) -> _Prepared | None:
        if isinstance(task, Seen):
            return None
        forms: dict[str, Any] = {"thumbnail": images.Thumbnail(task.data)}
        if any(feature.over == "image" for feature in task.features):
            forms["image"] = images.decode(task.data)
        inputs, failures = {}, {}
        for feature in task.features:
            try:
                inputs[feature] = self.bank.prepare(feature, forms[feature.over])
            except images.ImageError as error:
                failures[feature] = _problem(error, task.path)
            except Exception as error:  # a plugin's border: it costs this feature its vector, and no other
                failures[feature] = failure_of(feature.name, error)
        return _Prepared(task.digest, inputs, failures)

    def _collect(self, prepared: _Prepared) -> None:
        self.decoded += 1
        for feature, problem in prepared.failures.items():
            self.bank.fail(prepared.digest, problem, feature)
        if not prepared.inputs:
            self._in_flight.discard(prepared.digest)
            return
        self._waiting.append(prepared)
        if len(self._waiting) >= self._batch:
            self._encode()

    def _encode(self) -> None:
        for feature in self.features:
            mine = {item.digest: item.inputs[feature] for item in self._waiting if feature in item.inputs}
            self.bank.encode(feature, list(mine), list(mine.values()))
        self._in_flight.difference_update(item.digest for item in self._waiting)
        self._waiting.clear()


def _problem(error: Exception | None, path: str = "") -> Problem:
    if isinstance(error, images.ImageError):
        return Problem(error.status, f"{_shown(path)}: {error.reason}" if path else error.reason)
    return Problem(Status.ERROR, described(error) if error else "")


def _shown(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()  # a name that is not UTF-8 must not reach a table
