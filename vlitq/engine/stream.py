"""The streaming pass: shard by shard, encode what is new, score and write, while the next shard is encoded."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from vlitq.engine.bank import Bank
from vlitq.engine.folder import Folder, write_vectors
from vlitq.engine.gather import Gathered, Gatherer
from vlitq.engine.images import ImageStream
from vlitq.engine.scoring import Rows, as_table, score_rows
from vlitq.engine.shard import Shard, content_digest, estimated_tokens, record_hash
from vlitq.engine.texts import encode_samples, encode_texts
from vlitq.node import Content, Feature, Part, SampleScorer, View
from vlitq.plan import Plan, stream_views
from vlitq.sample import Problem, Row
from vlitq.schema import Status
from vlitq.store import ROW_FIELDS

ROWS_DONE = "rows"  # the mark of a shard whose row facts are written


@dataclass
class Stream:
    """One pass over the dataset. `seconds` and the bank's meters say what it cost."""

    plan: Plan
    bank: Bank
    folder: Folder
    root: Path
    workers: int
    on_shard: Callable[[Shard], None]
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    rows: int = 0
    images_read: int = 0
    images_decoded: int = 0

    def run(self, shards: Iterable[Shard]) -> None:
        """Compute and write every shard that is not finished, and count the rows of the dataset."""
        with (
            ThreadPoolExecutor(self.workers, "vlitq-prepare") as pool,
            ThreadPoolExecutor(1, "vlitq-write") as writer,
        ):
            writing: Future[None] | None = None
            images = self._images(pool)
            for shard in images.through(self._pending(shards)):
                gathered = self._encode(shard, images, pool)
                if writing is not None:
                    writing.result()
                writing = writer.submit(self._finish, shard, gathered, images.found)
            if writing is not None:
                writing.result()
            self.images_read, self.images_decoded = len(images.found), images.decoded

    def _pending(self, shards: Iterable[Shard]) -> Iterator[Shard]:
        wanted = self.wanted()
        for shard in shards:
            self.rows += len(shard.rows)
            if wanted <= self.folder.done(shard.index):
                self.on_shard(shard)
            else:
                yield shard

    def wanted(self) -> frozenset[str]:
        """The marks of a finished shard."""
        scorers = (self.plan.key(scorer) for scorer in self.plan.sample_scorers)
        views = (self.plan.key(view) for view in self.plan.stored)
        return frozenset({ROWS_DONE, *scorers, *views})

    def _images(self, pool: ThreadPoolExecutor) -> ImageStream:
        features = tuple(f for f in self.plan.features if f.over == "image")
        by_content = any(f.over == "sample" for f in self.plan.features) or any(
            isinstance(v.feature, Content) for v in self._views()
        )
        return ImageStream(self.root, self.bank, features, bool(features) or by_content, pool, self.workers)

    def _views(self) -> tuple[View, ...]:
        needs = [view for scorer in self.plan.sample_scorers for view in stream_views(scorer)]
        return tuple(dict.fromkeys([*needs, *self.plan.stored]))

    def _encode(self, shard: Shard, images: ImageStream, pool: ThreadPoolExecutor) -> dict[View, Gathered]:
        parts: dict[Feature, set[Part]] = defaultdict(set)
        for view in self._views():
            if view.feature.over == "text":
                parts[view.feature].add(view.part)
        encode_texts(shard, parts, self.bank, pool)
        contents = [
            content_digest(sample, images.found, shard.start + i) if images.read_bytes else b"\0" * 16
            for i, sample in enumerate(shard.samples)
        ]
        whole = [f for f in self.plan.features if f.over == "sample"]
        encode_samples(shard, contents, whole, self.bank, pool)
        self.bank.flush()
        gatherer = Gatherer(shard, self.bank, images.found, contents)
        return {view: gatherer.view(view) for view in self._views()}

    def _finish(self, shard: Shard, gathered: Mapping[View, Gathered], found: Mapping[str, bytes | Problem]) -> None:
        done = self.folder.done(shard.index)
        for scorer in self.plan.sample_scorers:
            if self.plan.key(scorer) not in done:
                self._score(scorer, shard, gathered)
        for view in self.plan.stored:
            if self.plan.key(view) not in done:
                path = self.folder.feature_file(view.label, self.plan.key(view))
                values = gathered[view].values
                assert isinstance(values, np.ndarray), "stored views are pooled"
                write_vectors(path, shard.start, values)
        earlier = self.folder.read_rows(shard.index)
        self.folder.write_rows(shard.index, row_facts(shard, gathered, found, earlier))
        self.folder.mark_done(shard.index, done | self.wanted())
        self.on_shard(shard)

    def _score(self, scorer: SampleScorer, shard: Shard, gathered: Mapping[View, Gathered]) -> None:
        began = time.perf_counter()
        inputs = [gathered[view] for view in stream_views(scorer)]
        failures = {row: problem for item in reversed(inputs) for row, problem in item.failures.items()}
        failures.update(invalid_rows(shard.rows))
        valid = [i for i, sample in enumerate(shard.samples) if sample.valid]
        rows = Rows(shard.start, len(shard.rows), valid)
        scores = score_rows(scorer, lambda r: [item.take(r) for item in inputs], rows, self.plan.owners[scorer.name])
        self.folder.write_scores(scorer.name, shard.index, as_table(scorer, scores, failures, len(shard.rows)))
        self.seconds[scorer.name] += time.perf_counter() - began


def invalid_rows(rows: Iterable[Row]) -> dict[int, Problem]:
    """Row to problem, for the records that are no samples."""
    return {
        i: next(p for p in row.sample.problems if p.status is Status.INVALID)
        for i, row in enumerate(rows)
        if not row.sample.valid
    }


def row_facts(
    shard: Shard,
    gathered: Mapping[View, Gathered],
    found: Mapping[str, bytes | Problem],
    earlier: pa.Table | None = None,
) -> pa.Table:
    """What is known of every row whatever the scorers: see `Run.rows`. A problem found earlier stays."""
    problems: dict[int, Problem] = {}
    for i, sample in enumerate(shard.samples):
        images = (found.get(ref.path) for ref in sample.images)
        seen = [*sample.problems, *(image for image in images if isinstance(image, Problem))]
        if seen:
            problems[i] = next((problem for problem in seen if problem.status.failed), seen[0])
    for item in gathered.values():
        for row, problem in item.failures.items():
            problems.setdefault(row, problem)
    if earlier is not None:
        for row, status in enumerate(earlier["status"].to_pylist()):
            if status != Status.OK:
                problems.setdefault(row, Problem(Status(status), earlier["reason"][row].as_py()))
    samples = shard.samples
    ok = Problem(Status.OK, "")
    told = [problems.get(i, ok) for i in range(len(samples))]
    return pa.table(
        {
            "id": [sample.id for sample in samples],
            "source": [sample.source for sample in samples],
            "status": [problem.status.value for problem in told],
            "reason": [problem.reason or None for problem in told],
            "offset": [row.span.offset for row in shard.rows],
            "length": [row.span.length for row in shard.rows],
            "turns": [len(sample.turns) for sample in samples],
            "tokens": [estimated_tokens(sample) for sample in samples],
            "images": [len(sample.images) for sample in samples],
            "content": [record_hash(sample) for sample in samples],
        },
        schema=ROW_FIELDS,
    )
