"""The bank: the opened features of a run, and every vector they have made, by the digest of its item."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from vlitq.engine.encode import Encoding, Meter
from vlitq.engine.items import ItemStore
from vlitq.node import Feature, Runtime
from vlitq.sample import Problem
from vlitq.schema import Array, Status

FLUSH_SECONDS = 5.0  # a kill loses at most this much encoding


@dataclass
class _Account:
    feature: Feature
    store: ItemStore
    meter: Meter = field(default_factory=Meter)
    encoding: Encoding | None = None
    digests: list[bytes] = field(default_factory=list)
    vectors: list[Array] = field(default_factory=list)
    flushed: float = field(default_factory=time.monotonic)


class Bank:
    """Encodes items and keeps their vectors. A feature's model is loaded when its first vector must be computed,
    and released on exit: a run that finds everything in the cache loads none."""

    def __init__(self, features: Mapping[Feature, str], cache: Path, runtime: Runtime) -> None:
        self._runtime = runtime
        self._accounts = {f: _Account(f, ItemStore(cache / f"{f.name}-{key}")) for f, key in features.items()}
        self._failures: dict[tuple[Feature | None, bytes], Problem] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()
        self._stack.close()

    @property
    def meters(self) -> dict[str, Meter]:
        """What each feature cost so far, by name."""
        return {feature.name: account.meter for feature, account in self._accounts.items()}

    def batch_size(self, feature: Feature) -> int:
        """Items a forward pass of this feature."""
        encoding = self._accounts[feature].encoding
        return encoding.batch_size if encoding else self._runtime.batch_size

    def missing(self, feature: Feature, digests: Sequence[bytes]) -> list[bytes]:
        """Those whose vectors are still to be computed; the others are counted as served from the cache."""
        account = self._accounts[feature]
        has = account.store.has(digests)
        account.meter.cached += int(has.sum())
        missing = [digest for digest, stored in zip(digests, has, strict=True) if not stored]
        if missing:
            self._open(account)  # here, on the main thread: `prepare` is called from others
        return missing

    def prepare(self, feature: Feature, item: Any) -> Any:
        """The item as the feature's model wants it. Runs on worker threads, for items that were `missing`."""
        return self._open(self._accounts[feature]).encoder.prepare(item)

    def encode(self, feature: Feature, digests: Sequence[bytes], inputs: Sequence[Any]) -> None:
        """Compute the vectors of prepared items and keep them; remember what is wrong with those that fail."""
        if not digests:
            return
        account = self._accounts[feature]
        for digest, result in zip(digests, self._open(account).run(inputs), strict=True):
            if isinstance(result, Exception):
                cause = f"{feature.name}: {type(result).__name__}: {result}"
                self.fail(digest, Problem(Status.ERROR, cause), feature)
            else:
                account.digests.append(digest)
                account.vectors.append(result)
        if time.monotonic() - account.flushed > FLUSH_SECONDS:
            _flush(account)

    def fail(self, digest: bytes, problem: Problem, feature: Feature | None = None) -> None:
        """Remember that an item has no vector, and why: none of this feature, or none at all."""
        self._failures[feature, digest] = problem

    def failure(self, digest: bytes, feature: Feature) -> Problem | None:
        """Why an item has no vector of a feature; None when it has one."""
        return self._failures.get((feature, digest)) or self._failures.get((None, digest))

    def flush(self) -> None:
        """Write what is pending, so that `vectors` finds it and a kill does not lose it."""
        for account in self._accounts.values():
            _flush(account)

    def vectors(self, feature: Feature, digests: Sequence[bytes]) -> Array:
        """float32 of shape (digests, dim); NaN where an item failed."""
        account = self._accounts[feature]
        dim = account.store.dim or self._open(account).encoder.dim
        return account.store.gather(digests, dim)

    def _open(self, account: _Account) -> Encoding:
        if account.encoding is None:
            encoder = self._stack.enter_context(account.feature.open(self._runtime))
            account.encoding = Encoding(account.feature, encoder, self._runtime.batch_size, account.meter)
        return account.encoding


def _flush(account: _Account) -> None:
    if account.digests:
        account.store.add(account.digests, np.stack(account.vectors))
    account.digests, account.vectors, account.flushed = [], [], time.monotonic()
