"""Infinite numbers, and whole ones that no float64 holds, are counted, filtered, selected by and compared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import record, run, write

import vlitq
from vlitq.plugin import Column, Columns, Need, Samples, SampleScorer
from vlitq.report import examples
from vlitq.report.material import Material
from vlitq.selection.fields import Fields
from vlitq.store import Run
from vlitq.view.explorer import Explorer

VALUES = (1.5, np.inf, -np.inf, np.nan, 2.5, 7.0)
EXACT = 2**53  # above, float64 leaves whole numbers out


@dataclass(frozen=True)
class Large(SampleScorer):
    """The values above, and whole numbers from 2^53 on, by the number in each response."""

    name = "large"
    columns = (
        Column("value", "float32", "Any.", direction="higher", axis="complexity", null="not known"),
        Column("whole", "int64", "A whole number.", direction="higher", axis="complexity"),
    )

    def needs(self) -> tuple[Need, ...]:
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        numbers = [int(sample.response) for sample in features[0]]
        values = np.array([VALUES[number] for number in numbers], np.float32)
        return {"value": values, "whole": np.array([EXACT + number for number in numbers])}


@pytest.fixture
def scored(tmp_path: Path) -> Run:
    """A run of a sample for each value."""
    records = [record(number, str(number)) for number in range(len(VALUES))]
    made = run(write(tmp_path / "data.json", records), tmp_path / "run", Large())
    manifest = {**made.manifest, "recipe": {"name": "large"}}  # as `vlitq score` notes it
    (made.path / "manifest.json").write_text(json.dumps(manifest))
    return Run(made.path)


@pytest.fixture
def explorer(scored: Run) -> Iterator[Explorer]:
    made = Explorer(scored.path)
    yield made
    made.close()


def test_a_histogram_tells_how_many_numbers_are_infinite(explorer: Explorer) -> None:
    positive = [{"column": "large.value", "op": ">", "value": 0}]
    told = explorer.histogram({"column": "large.value", "filters": positive})
    assert told["beyond"] == {"all": 2, "shown": 1}
    assert told["nulls"] == {"all": 1, "shown": 0}
    assert sum(one["all"] for one in told["bins"]) == 3
    assert explorer.histogram({"column": "row"})["beyond"] == {"all": 0, "shown": 0}


def test_infinity_ranks_at_its_end_and_is_a_stratum(explorer: Explorer) -> None:
    told = explorer.select({"budget": 2, "by": "large.value", "stratify": "large.value"})
    assert told["kept"] == 2
    assert {"inf", "-inf"} < {one["name"] for one in told["strata"]}
    assert explorer.select({"budget": 1, "by": "large.value"})["kept"] == 1
    kept = explorer.page({"filters": [{"column": "live", "op": "=", "value": True}]})["rows"]
    assert [row["row"] for row in kept] == [1]


def test_whole_numbers_that_no_float64_holds_are_rounded_and_not_refused(explorer: Explorer) -> None:
    assert Fields(explorer.run)["large.whole"].values[1] == EXACT
    gate = f"large.whole >= {EXACT + 4}"  # what the fourth, 2^53 + 3, is rounded to
    assert explorer.select({"budget": "100%", "by": "large.whole", "gates": [gate]})["kept"] == 3
    assert explorer.page({"filters": [{"column": "large.whole", "op": ">=", "value": EXACT + 4}]})["total"] == 3


def test_infinite_numbers_are_compared_and_shown_among_the_best(scored: Run) -> None:
    best = vlitq.select(scored, budget=2, by="large.value")
    compared = vlitq.compare(scored, {"best": best}, measures=[])
    mean = compared.value("Mean of the scores", "large.value", "best")
    assert mean is not None
    assert mean.mean == np.inf
    assert compared.value("Mean of the scores", "large.value", "whole run") is None  # from -infinity to infinity
    assert "inf" in str(compared)
    assert examples.section(Material(scored)) is not None
