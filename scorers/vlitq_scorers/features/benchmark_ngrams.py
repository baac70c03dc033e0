"""How many of a sample's word n-grams a benchmark has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from vlitq.node import Encoder, Feature, Runtime, View, Weights
from vlitq.sample import Sample
from vlitq.schema import Array
from vlitq_scorers.features.benchmark import Benchmark
from vlitq_scorers.features.minhash_signature import spoken
from vlitq_scorers.maths.shingles import shingled


@dataclass(frozen=True)
class BenchmarkNgrams(Feature):
    """Word n-grams of a sample's instruction and response, and how many of them a benchmark has; float32 (samples, 2).

    `needed` are the views that the benchmark must hold vectors of, and `one_of` those of which it must hold one.
    """

    name = "benchmark_ngrams"
    over = "sample"
    unit_length = False

    benchmark: str = ""
    n: int = 8
    needed: tuple[View, ...] = ()
    one_of: tuple[View, ...] = ()

    def weights(self) -> Weights:
        """What pins the benchmark. Raises `Unavailable`."""
        return Benchmark(self.benchmark).require(self.needed, self.one_of)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # nothing is computed on a device
        """Read the benchmark's texts."""
        known = Benchmark(self.benchmark).ngrams(self.n)
        yield Encoder(lambda samples: self._counted(samples, known), 2)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Samples of no n-gram and of some, a part of which is known."""
        total = rng.integers(0, 50, items)
        return np.column_stack([total, rng.integers(0, total + 1)]).astype(np.float32)

    def _counted(self, samples: Sequence[Sample], known: Array) -> Array:
        sides = [spoken(sample, (role,)) for sample in samples for role in ("human", "assistant")]
        sets = shingled(sides, self.n)
        hits = np.concatenate([[0], np.cumsum(_contains(known, sets.values))])
        ends = sets.offsets[::2]
        return np.column_stack([np.diff(ends), np.diff(hits[ends])]).astype(np.float32)


def _contains(known: Array, values: Array) -> Array:
    if not len(known):
        return np.zeros(len(values), bool)
    return np.asarray(known[np.searchsorted(known, values).clip(max=len(known) - 1)] == values)
