"""The rest of the stream: texts and exchanges in batches of like length, derived features, whole samples; each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from vlitq.engine.bank import Bank
from vlitq.engine.ordered import ordered
from vlitq.engine.parts import Parts
from vlitq.failure import failure_of
from vlitq.node import Feature, Part

UNPREPARED = 1024  # items handed on at a time where nothing is to prepare; the bank cuts them into batches


def encode_others(feature: Feature, wanted: Sequence[Part], parts: Parts, bank: Bank, pool: Executor) -> None:
    """Bring the items of these parts into the bank: texts, exchanges, samples, or what a derived feature makes of
    others."""
    digests = list(dict.fromkeys(digest for part in wanted for digest in parts.distinct(part)))
    if feature.needs():
        _derive(feature, digests, bank, pool)
    elif feature.over == "text":
        # By length for less padding; and with the digest, batches that depend on nothing but the texts.
        missing = sorted(bank.missing(feature, digests), key=lambda digest: (len(parts.texts[digest]), digest))
        _encode(feature, missing, parts.texts, bank, pool)
    elif feature.over == "exchange":
        sizes = {digest: len(e.question) + len(e.answer) for digest, e in parts.exchanges.items()}
        missing = sorted(bank.missing(feature, digests), key=lambda digest: (sizes[digest], digest))
        _encode(feature, missing, parts.exchanges, bank, pool)
    elif feature.over == "sample":
        _encode(feature, bank.missing(feature, digests), parts.samples, bank, pool)


def _derive(feature: Feature, digests: list[bytes], bank: Bank, pool: Executor) -> None:
    missing = bank.missing(feature, digests)
    bank.flush()
    needs = [need for need in feature.needs() if isinstance(need, Feature)]
    columns = [bank.vectors(need, missing) for need in needs]
    inputs = {}
    for digest, *vectors in zip(missing, *columns, strict=True):
        cause = next(filter(None, (bank.failure(digest, need) for need in needs)), None)
        if cause is None:
            inputs[digest] = tuple(vectors)
        else:
            bank.fail(digest, cause, feature)
    _encode(feature, list(inputs), inputs, bank, pool)


def _encode(feature: Feature, missing: Sequence[bytes], items: Mapping[bytes, Any], bank: Bank, pool: Executor) -> None:
    if missing and not bank.prepares(feature):
        for start in range(0, len(missing), UNPREPARED):
            batch = missing[start : start + UNPREPARED]
            bank.encode(feature, batch, [items[digest] for digest in batch])
        return
    size = bank.batch_size(feature)
    digests: list[bytes] = []
    inputs: list[Any] = []
    for done in ordered(pool, lambda digest: bank.prepare(feature, items[digest]), missing, 2 * size):
        if done.error is not None:
            bank.fail(done.task, failure_of(feature.name, done.error), feature)
            continue
        digests.append(done.task)
        inputs.append(done.result)
        if len(digests) == size:
            bank.encode(feature, digests, inputs)
            digests, inputs = [], []
    bank.encode(feature, digests, inputs)
