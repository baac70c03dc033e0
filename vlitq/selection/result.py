"""A selection: which rows were taken, in what order, and for every row of the run why."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vlitq.files import write_whole
from vlitq.names import unknown
from vlitq.notebook import selection_html
from vlitq.overwriting import refuse
from vlitq.sample import Span
from vlitq.schema import Array
from vlitq.selection.explanation import Explanation, explained
from vlitq.selector import SelectableRun, SelectionError
from vlitq.store import decisions_file, manifest_file


def check_free(target: Path) -> None:
    """Raise `NotOurs` where a folder, or another file than a written subset, stands where a subset is to be written."""
    refuse(target, "subset", "subset.json", lambda path: manifest_file(path).is_file())


@dataclass(frozen=True, eq=False)
class Selection:
    """The rows taken from a run.

    rows: int64, row numbers in the order taken. notes: what was left out by default, and what fell short; read them.
    manifest: everything needed to make the same selection again. decided: the decisions on the rows from one number to
    before another.
    """

    run: SelectableRun
    rows: Array = field(repr=False)
    notes: tuple[str, ...]
    manifest: Mapping[str, Any] = field(repr=False)
    decided: Callable[[int, int], pa.Table] = field(repr=False)

    @cached_property
    def table(self) -> pa.Table:
        """That of `decisions()`, written when it is first asked for: a million reasons take a second."""
        return self.decided(0, len(self.run.rows()))

    @property
    def ids(self) -> list[str]:
        """Ids in the order taken."""
        ids: list[str] = self.table["id"].take(pa.array(self.rows)).to_pylist()
        return ids

    def __len__(self) -> int:
        return len(self.rows)

    def decisions(self) -> pa.Table:
        """One row for each row of the run, in input order.

        `row` int64; `id`; `kept` bool; `rank` int64, 1 for the first taken, null where not taken; `score` float64 in
        [0, 1], null where not ranked; `stratum`; `stage`, where it was decided (kept, human, gate, missing, budget,
        method); `reason`.
        """
        return self.table

    def explain(self, sample: str) -> str:
        """Why the sample with this id was kept or dropped, the gates it passed, and the nearest sample that is kept.

        Some lines for each row, where rows share the id.
        """
        found = np.flatnonzero(pc.equal(self.table["id"], sample)).tolist()
        if not found:
            raise SelectionError(unknown("sample", sample, self.ids[:20]))
        return "\n".join(str(self.explanation(row)) for row in found)

    def explanation(self, row: int) -> Explanation:
        """What became of a row of the run, and why."""
        decision = self.decided(row, row + 1).to_pylist()[0]
        return explained(self.run, decision, self.rows, self.manifest["selection"]["gates"])

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the records taken, in input order and byte for byte, to `path` in the format they came in.

        `<path>.decisions.parquet` and `<path>.manifest.json` are written first, so that a subset never stands
        without its reasons; the run takes note of it for `vlitq explain`. Missing folders are made. Raises when the
        dataset is not the file that was scored, and `NotOurs` where another file than a subset stands at `path`.
        """
        target = Path(path)
        self._check_target(target)
        self.run.check_data_unchanged()
        write_whole(decisions_file(target), lambda file: pq.write_table(self.table, file))
        text = json.dumps(self.manifest, indent=2, ensure_ascii=False) + "\n"
        write_whole(manifest_file(target), lambda file: file.write(text.encode()))
        self.run.format.write(self.run.data, self._spans(), target)
        self.run.note_selection(target)

    def _repr_html_(self) -> str:
        return selection_html(self)

    def _check_target(self, target: Path) -> None:
        if target.resolve() == self.run.data.resolve():
            raise SelectionError(f"{target} is the dataset itself; write the subset to another file")
        check_free(target)

    def _spans(self) -> list[Span]:
        rows = self.run.rows().select(["offset", "length"]).take(pa.array(np.sort(self.rows)))
        return list(map(Span, rows["offset"].to_pylist(), rows["length"].to_pylist()))
