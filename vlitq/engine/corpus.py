"""The corpus stage: features and scorers that need all rows, over memory-mapped arrays, after the last batch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vlitq.engine.folder import Folder
from vlitq.engine.ordered import Done, ordered, threads
from vlitq.engine.scoring import Scores, Values, as_table, blame, checked, empty
from vlitq.files import settle, write_array
from vlitq.node import CorpusFeature, CorpusScorer, Need, view_of
from vlitq.plan import Plan
from vlitq.run_folder import ROWS, read_table
from vlitq.sample import Problem
from vlitq.schema import Array, ContractError, Status


@dataclass
class Corpus:
    """Computes what needs all rows, once each. A failure is the failure of the scorers that need it, not of the run."""

    plan: Plan
    folder: Folder
    rows: int
    workers: int
    seconds: dict[str, float] = field(default_factory=dict)
    summaries: dict[str, dict[str, float]] = field(default_factory=dict)

    def score(self, scorer: CorpusScorer) -> None:
        """Score all rows and write them; record the scorer's summary of the set."""
        began = time.perf_counter()
        rows = self.rows
        owner = self.plan.owners[scorer.name]
        try:
            inputs = [self.array(need) for need in scorer.needs()]
            scores = self._scored(scorer, inputs)
            self.summaries[scorer.name] = {k: float(v) for k, v in scorer.summarize(*inputs).items()}
        except Exception as error:  # a plugin's border: recorded with the plugin, scorer and cause; the others go on
            problem = Problem(Status.ERROR, blame(scorer, owner, error))
            scores = Scores(empty(scorer, rows), dict.fromkeys(range(rows), problem))
        failures = self._failures(scores)
        table = as_table(scorer, scores, failures, rows)
        settle([self.folder.write_scores(scorer.name, self.plan.key(scorer), 0, table)])
        self.seconds[scorer.name] = time.perf_counter() - began

    def array(self, need: Need) -> Array:
        """A view's rows, or a corpus feature's: computed now if it never was, memory-mapped."""
        if isinstance(need, CorpusFeature):
            path = self.folder.feature_file(need.name, self.plan.key(need))
            if not path.is_file():
                self._compute(need, path)
        else:
            view = view_of(need)
            path = self.folder.feature_file(view.label, self.plan.key(view))
        loaded: Array = np.load(path, mmap_mode="r", allow_pickle=False)
        return loaded

    def _compute(self, feature: CorpusFeature, path: Path) -> None:
        inputs = [self.array(need) for need in feature.needs()]
        began = time.perf_counter()
        result = np.asarray(feature.compute(*inputs))
        if result.shape[:1] != (self.rows,) or result.dtype.hasobject:
            raise ContractError(
                f"feature {feature.name!r}: {result.dtype}, shape {result.shape}, expected numbers of {self.rows} rows"
            )
        write_array(path, result)
        self.seconds[feature.name] = self.seconds.get(feature.name, 0.0) + time.perf_counter() - began

    def _scored(self, scorer: CorpusScorer, inputs: list[Array]) -> Scores:
        partition = scorer.partition()
        if partition is None:
            return Scores(checked(scorer, scorer.score(*inputs), range(self.rows)), {})
        scores = Scores(empty(scorer, self.rows), {})
        with threads(self.workers, "vlitq-part") as pool:

            def score(part: Array) -> Values:
                return checked(scorer, scorer.score(*(array[part] for array in inputs)), part.tolist())

            for done in ordered(pool, score, _parts(self.array(partition)), 2 * self.workers):
                self._put(scorer, done, scores)
        return scores

    def _put(self, scorer: CorpusScorer, done: Done[Array, Values], scores: Scores) -> None:
        for name, column in (done.result or {}).items():
            scores.values[name][done.task] = column
        if done.error is not None:
            problem = Problem(Status.ERROR, blame(scorer, self.plan.owners[scorer.name], done.error))
            scores.errors.update(dict.fromkeys(done.task.tolist(), problem))

    def _failures(self, scores: Scores) -> dict[int, Problem]:
        facts = read_table(self.folder.path / ROWS, ["status", "reason"])
        null = np.any([np.ma.getmaskarray(column) for column in scores.values.values()], axis=0)
        failures: dict[int, Problem] = {}
        for row, status in enumerate(facts["status"].to_pylist()):
            if Status(status) is Status.INVALID:
                for column in scores.values.values():
                    column[row] = np.ma.masked
            if Status(status) is Status.INVALID or (null[row] and Status(status).failed):
                failures[row] = Problem(Status(status), facts["reason"][row].as_py())
        return failures


def _parts(labels: Array) -> Iterator[Array]:
    """The rows of each label, in the order of the labels; none where the label is NaN."""
    first = np.asarray(labels).reshape(len(labels), -1)[:, 0]
    for label in np.unique(first[~np.isnan(first)]):
        yield np.flatnonzero(first == label)
