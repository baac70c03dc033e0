"""From items to rows: what a scorer receives of a feature, and which rows lack it through whose fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from vlitq.engine.bank import Bank
from vlitq.engine.parts import Parts
from vlitq.node import Content, Feature, Ragged, Samples, View, digest_vector
from vlitq.sample import Problem, Sample
from vlitq.schema import Array


@dataclass(frozen=True)
class Gathered:
    """A view of a shard: float32 (rows, dim), `Ragged`, digests or samples; and the rows (of the shard) that failed."""

    values: Array | Ragged | list[Sample]
    failures: Mapping[int, Problem]

    def take(self, rows: Sequence[int]) -> Array | Ragged | list[Sample]:
        """The values of some rows, in the order given."""
        if isinstance(self.values, Ragged):
            return self.values.take(rows)
        if isinstance(self.values, list):
            return [self.values[row] for row in rows]
        taken: Array = self.values[np.asarray(rows, np.int64)]
        return taken


def gather(view: View, parts: Parts, bank: Bank) -> Gathered:
    """The view's values for every row of the shard, from the bank."""
    if isinstance(view.feature, Samples):
        return Gathered(parts.shard.samples, {})
    if isinstance(view.feature, Content):
        return Gathered(np.frombuffer(b"".join(parts.contents), np.uint64).reshape(-1, 2), {})
    digests = parts.digests(view.part)
    ragged = _ragged(view, digests, bank)
    return Gathered(ragged if view.each else one_a_row(view.feature, ragged), _failures(view, parts, bank))


def one_a_row(feature: Feature, items: Ragged) -> Array:
    """The items of each row as one vector, float32 of shape (rows, dim), as the feature says; NaN where it has none."""
    return digested(items) if feature.pooling == "digest" else pooled(items, feature.unit_length)


def digested(items: Ragged) -> Array:
    """A digest of each row's items in their order, in whole numbers below 65,536; a single item is its own.

    NaN where a row has no item, or one of them is NaN.
    """
    dim, counts = items.values.shape[1], np.diff(items.offsets)
    out = np.full((len(items), dim), np.nan, np.float32)
    single = np.flatnonzero(counts == 1)
    out[single] = items.values[items.offsets[single]]
    for row in np.flatnonzero(counts > 1).tolist():
        if not np.isnan(items[row]).any():
            out[row] = digest_vector(items[row].astype("<u2").tobytes(), dim)
    return out


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


def _ragged(view: View, digests: Sequence[Sequence[bytes]], bank: Bank) -> Ragged:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in digests])]).astype(np.int64)
    flat = list(chain.from_iterable(digests))
    places = {digest: i for i, digest in enumerate(dict.fromkeys(flat))}
    vectors = bank.vectors(view.feature, list(places))
    return Ragged(vectors[[places[digest] for digest in flat]] if flat else vectors, offsets)


def _failures(view: View, parts: Parts, bank: Bank) -> dict[int, Problem]:
    failures: dict[int, Problem] = {}
    for row, digests in enumerate(parts.digests(view.part)):
        found = (bank.failure(digest, view.feature) for digest in digests)
        problem = (parts.unreadable(row) if view.part == "images" else None) or next(filter(None, found), None)
        if problem is not None:
            failures[row] = problem
    return failures
