"""What the selections of a run made of its samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from vlitq.comparison.chosen import Chosen
from vlitq.comparison.newest import newest
from vlitq.counted import counted
from vlitq.schema import Array
from vlitq.selection.explanation import explained
from vlitq.store import Run

MOST = 12  # selections: each is a column of the explorer, and a sentence of each sample
MOST_EXPLAINED = 20_000  # kept rows among which the nearest to a sample is looked for


def standing(run: Run) -> tuple[dict[str, Chosen], list[str]]:
    """The newest `MOST` written selections of a run by name; and why others are left out, such as those of the run as
    it was."""
    found = newest(run, MOST)
    notes = list(found.problems)
    if found.older:
        notes.append(
            f"The {MOST} newest selections are shown; {counted(len(found.older), 'older one')} left out: "
            f"`vlitq explain {run.path} ID` tells what each of them decided of a sample"
        )
    return {one.name: one for one in found.selections}, notes


def kept(one: Chosen) -> Array:
    """Bool of shape (rows,)."""
    return np.asarray(one.decisions["kept"].to_numpy(zero_copy_only=False))


def explanation(run: Run, row: int, one: Chosen) -> str:
    """Why a selection keeps or drops a row; and the nearest kept row, where it keeps few enough to look."""
    return why(run, one.decisions.slice(row, 1), one.rows, one.manifest)


def why(run: Run, decision: pa.Table, rows: Array, manifest: Mapping[str, Any]) -> str:
    """The explanation of the row that `decision` is about, of a selection that keeps `rows`."""
    among = rows if len(rows) <= MOST_EXPLAINED else np.zeros(0, dtype=np.int64)
    return str(explained(run, decision.to_pylist()[0], among, manifest["selection"]["gates"]))
