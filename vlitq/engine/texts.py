"""The text side of the stream: each distinct text of a shard is encoded once, in batches of like length."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from typing import Any

from vlitq.engine.bank import Bank
from vlitq.engine.ordered import ordered
from vlitq.engine.shard import Shard, text_digest, texts_of
from vlitq.node import Feature, Part
from vlitq.sample import Problem, Sample
from vlitq.schema import Status


def encode_texts(shard: Shard, parts: Mapping[Feature, Iterable[Part]], bank: Bank, pool: Executor) -> None:
    """Bring the texts that the features need of this shard into the bank."""
    for feature, wanted in parts.items():
        texts = {
            text_digest(text): text
            for sample in shard.samples
            for part in sorted(wanted)
            for text in texts_of(sample, part)
        }
        _encode(feature, texts, bank, pool, by_length=True)


def encode_samples(shard: Shard, digests: list[bytes], features: Iterable[Feature], bank: Bank, pool: Executor) -> None:
    """Bring the samples themselves into the bank, for features that read a whole sample."""
    samples = {d: s for d, s in zip(digests, shard.samples, strict=True) if s.valid}
    for feature in features:
        _encode(feature, samples, bank, pool, by_length=False)


def _encode(
    feature: Feature, items: Mapping[bytes, str] | Mapping[bytes, Sample], bank: Bank, pool: Executor, by_length: bool
) -> None:
    known: Mapping[bytes, Any] = items
    missing = bank.missing(feature, list(known))
    if by_length:  # less padding; and with the digest, batches that depend on nothing but the texts
        missing.sort(key=lambda digest: (len(known[digest]), digest))
    size = bank.batch_size(feature)
    digests: list[bytes] = []
    inputs: list[Any] = []
    for done in ordered(pool, lambda digest: bank.prepare(feature, known[digest]), missing, 2 * size):
        if done.error is not None:
            cause = f"{feature.name}: {type(done.error).__name__}: {done.error}"
            bank.fail(done.task, Problem(Status.ERROR, cause), feature)
            continue
        digests.append(done.task)
        inputs.append(done.result)
        if len(digests) == size:
            bank.encode(feature, digests, inputs)
            digests, inputs = [], []
    if digests:
        bank.encode(feature, digests, inputs)
