"""The streaming pass: shard by shard, encode what is new, score and write, while the next shard is encoded."""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from vlitq.engine.bank import Bank
from vlitq.engine.facts import Encoded, row_facts
from vlitq.engine.folder import Folder
from vlitq.engine.gather import gather
from vlitq.engine.images import ImageStream, Seen
from vlitq.engine.ordered import threads
from vlitq.engine.others import encode_others
from vlitq.engine.parts import Parts
from vlitq.engine.scoring import Rows, as_table, score_rows
from vlitq.engine.shard import Extent, Shard
from vlitq.files import write_vectors
from vlitq.needs import stream_views, upstream
from vlitq.node import Content, Feature, Over, Part, SampleScorer, View
from vlitq.plan import Plan

SEEN: frozenset[Over] = frozenset({"image", "thumbnail"})  # what the images' own pass encodes
ROWS_DONE = "rows"  # the mark of a shard whose row facts are written


@dataclass
class Counts:
    """What a pass came to: the row its last shard ends at, the distinct images it looked for and decoded, and the
    seconds of each scorer, which several processes may spend at once."""

    rows: int = 0
    images_read: int = 0
    images_decoded: int = 0
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, other: Counts) -> None:
        """Add what another share came to."""
        self.rows = max(self.rows, other.rows)
        self.images_read += other.images_read
        self.images_decoded += other.images_decoded
        for name, seconds in other.seconds.items():
            self.seconds[name] += seconds


@dataclass
class Stream:
    """One pass over the dataset, or over a share of it. `counts` and the bank's meters say what it cost."""

    plan: Plan
    bank: Bank
    folder: Folder
    root: Path
    workers: int
    on_shard: Callable[[Extent], None]
    counts: Counts = field(default_factory=Counts)

    def run(self, shards: Iterable[Shard]) -> None:
        """Compute and write every shard that is not finished."""
        with _rare_collections(), threads(self.workers, "vlitq-prepare") as pool, threads(1, "vlitq-write") as writer:
            writing: Future[None] | None = None
            images = self._images(pool)
            for seen in images.through(self._pending(shards)):
                encoded = self._encode(seen, pool)
                if writing is not None:
                    writing.result()
                writing = writer.submit(self._finish, encoded)
            if writing is not None:
                writing.result()
            self.counts.add(Counts(images_read=images.read, images_decoded=images.decoded))

    def _pending(self, shards: Iterable[Shard]) -> Iterator[Shard]:
        for shard in shards:
            self.counts.rows = max(self.counts.rows, shard.start + len(shard.rows))
            if self.marks <= self.folder.done(shard.index):
                self.on_shard(shard.extent)
            else:
                yield shard

    @cached_property
    def marks(self) -> frozenset[str]:
        """What a finished shard is marked with."""
        scorers = (self.plan.key(scorer) for scorer in self.plan.sample_scorers)
        views = (self.plan.key(view) for view in self.plan.stored)
        return frozenset({ROWS_DONE, *scorers, *views})

    @cached_property
    def _views(self) -> tuple[View, ...]:
        needs = [view for scorer in self.plan.sample_scorers for view in stream_views(scorer)]
        return tuple(dict.fromkeys([*needs, *self.plan.stored]))

    @cached_property
    def _wanted(self) -> dict[Feature, list[Part]]:
        wanted: dict[Feature, dict[Part, None]] = {feature: {} for feature in self.plan.features}
        for view in self._views:
            for feature in (*upstream(view.feature), view.feature):
                if feature in wanted:
                    wanted[feature][view.part] = None
        return {feature: list(parts) for feature, parts in wanted.items()}

    def _images(self, pool: ThreadPoolExecutor) -> ImageStream:
        direct = tuple(f for f in self.plan.features if f.over in SEEN and not f.needs())
        by_content = any(isinstance(v.feature, Content) or v.part == "sample" for v in self._views)
        return ImageStream(self.root, self.bank, direct, bool(direct) or by_content, pool, self.workers)

    def _encode(self, seen: Seen, pool: ThreadPoolExecutor) -> Encoded:
        parts = Parts(seen.shard, seen.found)
        for feature, wanted in self._wanted.items():
            if feature.over not in SEEN or feature.needs():
                encode_others(feature, wanted, parts, self.bank, pool)
        self.bank.flush()
        return Encoded(parts, {view: gather(view, parts, self.bank) for view in self._views})

    def _finish(self, encoded: Encoded) -> None:
        shard = encoded.parts.shard
        done = self.folder.done(shard.index)
        scorers = [scorer for scorer in self.plan.sample_scorers if self.plan.key(scorer) not in done]
        views = [view for view in self.plan.stored if self.plan.key(view) not in done]
        facts = row_facts(encoded, self.folder.read_rows(shard.index))
        written = [
            *(self._score(scorer, encoded) for scorer in scorers),
            *(self._keep(view, encoded) for view in views),
            self.folder.write_rows(shard.index, facts),
        ]
        self.folder.mark_done(shard.index, done | self.marks, written)
        self.on_shard(shard.extent)

    def _keep(self, view: View, encoded: Encoded) -> Path:
        path = self.folder.feature_file(view.label, self.plan.key(view))
        write_vectors(path, encoded.parts.shard.start, encoded.array(view))
        return path

    def _score(self, scorer: SampleScorer, encoded: Encoded) -> Path:
        began = time.perf_counter()
        shard = encoded.parts.shard
        inputs = [encoded.views[view] for view in stream_views(scorer)]
        failures = {row: problem for item in reversed(inputs) for row, problem in item.failures.items()}
        failures.update(encoded.parts.invalid)
        valid = [i for i, sample in enumerate(shard.samples) if sample.valid]
        rows = Rows(shard.start, len(shard.rows), valid)
        scores = score_rows(scorer, lambda r: [item.take(r) for item in inputs], rows, self.plan.owners[scorer.name])
        table = as_table(scorer, scores, failures, len(shard.rows))
        self.counts.seconds[scorer.name] += time.perf_counter() - began
        return self.folder.write_scores(scorer.name, self.plan.key(scorer), shard.index, table)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Samples hold no cycles, and are many: looking for cycles among them as often as Python does costs a fifth."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
