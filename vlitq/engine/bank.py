"""The bank: the opened features of a run, and every vector they have made, by the digest of its item."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from vlitq.engine.encode import Encoding, Meter
from vlitq.engine.items import ItemStore
from vlitq.failure import described, failure_of
from vlitq.node import Encoder, Feature, Runtime, as_it_is
from vlitq.sample import Problem
from vlitq.schema import Array
from vlitq.store import RunError

FLUSH_SECONDS = 5.0  # a kill loses at most this much encoding


@dataclass
class _Account:
    feature: Feature
    store: ItemStore
    meter: Meter = field(default_factory=Meter)
    encoding: Encoding | None = None
    pending: dict[bytes, Array] = field(default_factory=dict)
    flushed: float = field(default_factory=time.monotonic)


class Bank:
    """Encodes items and keeps their vectors. A feature's model is loaded when its first vector must be computed,
    and released on exit: a run that finds everything in the cache loads none."""

    def __init__(
        self,
        features: Mapping[Feature, str],
        cache: Path,
        runtime: Runtime,
        on_encoded: Callable[[int], None] = lambda _: None,
    ) -> None:
        """`on_encoded` is told of every batch how many items it had."""
        self._runtime, self._on_encoded = runtime, on_encoded
        self._accounts = {f: _Account(f, ItemStore(cache / f"{f.name}-{key}")) for f, key in features.items()}
        self._failures: dict[tuple[Feature | None, bytes], Problem] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:  # which closes the models, also when the disk is too full to flush
            self.flush()

    @property
    def meters(self) -> dict[str, Meter]:
        """What each feature cost so far, by name; the second of a name with its key."""
        meters: dict[str, Meter] = {}
        for feature, account in self._accounts.items():
            label = account.store.folder.name if feature.name in meters else feature.name
            meters[label] = account.meter
        return meters

    def batch_size(self, feature: Feature) -> int:
        """Items a forward pass of this feature."""
        encoding = self._accounts[feature].encoding
        return encoding.batch_size if encoding else self._runtime.batch_size

    def missing(self, feature: Feature, digests: Sequence[bytes]) -> list[bytes]:
        """Those to compute: neither there, which is counted as cached, nor known to fail."""
        account = self._accounts[feature]
        stored = zip(digests, account.store.has(digests), strict=True)
        absent = [digest for digest, there in stored if not there and digest not in account.pending]
        account.meter.cached += len(digests) - len(absent)
        missing = [digest for digest in absent if self.failure(digest, feature) is None]
        if missing:
            self._open(account)  # here, on the main thread: `prepare` is called from others
        return missing

    def prepare(self, feature: Feature, item: Any) -> Any:
        """The item as the feature's model wants it. Runs on worker threads, for items that were `missing`."""
        return self._open(self._accounts[feature]).encoder.prepare(item)

    def prepares(self, feature: Feature) -> bool:
        """Whether `prepare` does anything. For a feature of which items were `missing`."""
        return self._open(self._accounts[feature]).encoder.prepare is not as_it_is

    def encode(self, feature: Feature, digests: Sequence[bytes], inputs: Sequence[Any]) -> None:
        """Compute the vectors of prepared items and keep them; remember what is wrong with those that fail."""
        if not digests:
            return
        account = self._accounts[feature]
        results = dict(zip(digests, self._open(account).run(inputs), strict=True))
        for digest, result in results.items():
            if isinstance(result, Exception):
                self.fail(digest, failure_of(feature.name, result), feature)
        # In one step: stopped half-way, a run must go on with the same batches to end with the same bytes.
        account.pending.update({d: result for d, result in results.items() if not isinstance(result, Exception)})
        if time.monotonic() - account.flushed > FLUSH_SECONDS:
            _flush(account)
        self._on_encoded(len(digests))

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
            encoder = self._opened(account.feature)
            if account.store.dim not in (0, encoder.dim):
                raise RunError(
                    f"feature {account.feature.name!r} makes vectors of length {encoder.dim}, and {account.store.dim} "
                    f"when those in {account.store.folder} were made: raise its version, or delete that folder"
                )
            account.encoding = Encoding(account.feature, encoder, self._runtime.batch_size, account.meter)
        return account.encoding

    def _opened(self, feature: Feature) -> Encoder:
        try:
            return self._stack.enter_context(feature.open(self._runtime))
        except Exception as error:  # a plugin's border: without the model no row has the vector, so the run stops here
            raise RunError(f"feature {feature.name!r} cannot be loaded: {described(error)}") from error


def _flush(account: _Account) -> None:
    if account.pending:
        account.store.add(list(account.pending), np.stack(list(account.pending.values())))
    account.pending, account.flushed = {}, time.monotonic()
