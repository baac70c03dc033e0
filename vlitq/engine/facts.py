"""What is known of every row whatever the scorers: identity, place, size, and the first thing wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vlitq.engine.gather import Gathered
from vlitq.engine.parts import Parts
from vlitq.engine.shard import estimated_tokens, record_hash
from vlitq.node import View
from vlitq.run_folder import ROW_FIELDS
from vlitq.sample import Problem
from vlitq.schema import Array, Status

_FINE = Problem(Status.OK, "")


@dataclass(frozen=True)
class Encoded:
    """A shard whose features are computed: its parts, and the views that scorers and the run folder want."""

    parts: Parts
    views: Mapping[View, Gathered]

    def array(self, view: View) -> Array:
        """A pooled view's vectors."""
        values = self.views[view].values
        assert isinstance(values, np.ndarray), "only pooled views are stored"
        return values


def row_facts(encoded: Encoded, earlier: pa.Table | None) -> pa.Table:
    """The table of `Run.rows` for a shard. What an earlier pass found wrong with a row stays."""
    rows = encoded.parts.shard.rows
    samples = encoded.parts.shard.samples
    told = _problems(encoded, earlier)
    return pa.table(
        {
            "id": [sample.id for sample in samples],
            "source": [sample.source for sample in samples],
            "status": [problem.status.value for problem in told],
            "reason": [problem.reason or None for problem in told],
            "offset": [row.span.offset for row in rows],
            "length": [row.span.length for row in rows],
            "turns": [len(sample.turns) for sample in samples],
            "tokens": [estimated_tokens(sample) for sample in samples],
            "images": [len(sample.images) for sample in samples],
            "content": np.frombuffer(b"".join([record_hash(sample) for sample in samples]), "<u8"),
        },
        schema=ROW_FIELDS,
    )


def _problems(encoded: Encoded, earlier: pa.Table | None) -> list[Problem]:
    told = [_first(row, encoded.parts) for row in range(len(encoded.parts.shard.rows))]
    found = [(row, problem) for item in encoded.views.values() for row, problem in item.failures.items()]
    if earlier is not None:
        pairs = zip(earlier["status"].to_pylist(), earlier["reason"].to_pylist(), strict=True)
        found += [(row, Problem(Status(status), reason or "")) for row, (status, reason) in enumerate(pairs)]
    for row, problem in found:
        if not told[row].status.failed and problem.status.failed:
            told[row] = problem
    return told


def _first(row: int, parts: Parts) -> Problem:
    """What keeps a row from being scored comes before what merely is wrong with it."""
    sample = parts.shard.rows[row].sample
    problems = sample.problems
    if not problems and not sample.images:
        return _FINE
    failed = next((p for p in problems if p.status.failed), None)
    return failed or parts.unreadable(row) or next(iter(problems), _FINE)
