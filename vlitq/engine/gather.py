"""From items to rows: what a scorer receives of a feature, and which rows lack it through whose fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from vlitq.engine.bank import Bank
from vlitq.engine.shard import Shard, text_digest, texts_of
from vlitq.node import Content, Ragged, Samples, View
from vlitq.sample import Problem, Sample
from vlitq.schema import Array

Failures = Mapping[int, Problem]  # row of the shard to what is wrong


@dataclass(frozen=True)
class Gathered:
    """A view of a shard: float32 (rows, dim), `Ragged`, digests or samples; and the rows that failed."""

    values: Array | Ragged | list[Sample]
    failures: Failures

    def take(self, rows: Sequence[int]) -> Array | Ragged | list[Sample]:
        """The values of some rows, in the order given."""
        if isinstance(self.values, Ragged):
            return self.values.take(rows)
        if isinstance(self.values, list):
            return [self.values[row] for row in rows]
        taken: Array = self.values[np.asarray(rows, np.int64)]
        return taken


@dataclass(frozen=True)
class Gatherer:
    """Assembles views of one shard from the bank."""

    shard: Shard
    bank: Bank
    images: Mapping[str, bytes | Problem]
    contents: list[bytes]

    def view(self, view: View) -> Gathered:
        """The view's values for every row of the shard."""
        if isinstance(view.feature, Samples):
            return Gathered(self.shard.samples, {})
        if isinstance(view.feature, Content):
            return Gathered(np.frombuffer(b"".join(self.contents), np.uint64).reshape(-1, 2), {})
        return self._encoded(view)

    def _encoded(self, view: View) -> Gathered:
        failures: dict[int, Problem] = {}
        digests = [self._digests(view, row, sample, failures) for row, sample in enumerate(self.shard.samples)]
        offsets = np.concatenate([[0], np.cumsum([len(d) for d in digests])]).astype(np.int64)
        flat = list(chain.from_iterable(digests))
        distinct = {digest: i for i, digest in enumerate(dict.fromkeys(flat))}
        vectors = self.bank.vectors(view.feature, list(distinct))
        ragged = Ragged(vectors[[distinct[digest] for digest in flat]] if flat else vectors, offsets)
        return Gathered(ragged if view.each else pooled(ragged, view.feature.unit_length), failures)

    def _digests(self, view: View, row: int, sample: Sample, failures: dict[int, Problem]) -> list[bytes]:
        if not sample.valid:
            return []
        digests = self._items(view, row, sample, failures)
        for digest in digests:
            problem = self.bank.failure(digest, view.feature)
            if problem is not None:
                failures.setdefault(row, problem)
        return digests

    def _items(self, view: View, row: int, sample: Sample, failures: dict[int, Problem]) -> list[bytes]:
        if view.part == "sample":
            return [self.contents[row]]
        if view.part != "images":
            return [text_digest(text) for text in texts_of(sample, view.part)]
        found = [self.images[ref.path] for ref in sample.images]
        for item in found:
            if isinstance(item, Problem):
                failures.setdefault(row, item)
        return [item if isinstance(item, bytes) else b"" for item in found]  # b"" has no vector: NaN


def pooled(items: Ragged, unit_length: bool) -> Array:
    """The mean of each row's items, scaled to unit length if asked; NaN where a row has none or one of them is NaN."""
    counts = np.diff(items.offsets)
    out = np.full((len(items), items.values.shape[1]), np.nan, np.float32)
    some = np.flatnonzero(counts)
    if len(some) == 0:
        return out
    means = np.add.reduceat(items.values, items.offsets[some], axis=0) / counts[some, None]
    several = counts[some] > 1  # a single item is itself, to the bit
    if unit_length and several.any():
        norms = np.linalg.norm(means[several], axis=1, keepdims=True)
        means[several] /= np.where(norms == 0, 1, norms)
    out[some] = means
    return out
