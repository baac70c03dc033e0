"""What parts of the data are called in the report, and which of them it says are worst."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import worlds
from report_world import Many

from vlitq.report import balance
from vlitq.report.balance import ALL
from vlitq.report.blocks import Figure
from vlitq.report.material import Material
from vlitq.report.naming import ISOLATE, POP, labelled, on_one_line
from vlitq.report.review import Review, reviewed
from vlitq.report.standing import Spread, spread, standing
from vlitq.report.worst import lead
from vlitq.schema import Array, Axis, Column
from vlitq.selection.fields import Field


@pytest.fixture
def material(tmp_path: Path) -> Material:
    """Six samples: two of a source that is named "(none)", three without one, one of another."""
    sources = ["(none)", "(none)", None, None, None, "coco"]
    fields = [{} if source is None else {"source": source} for source in sources]
    records = [worlds.record(number, "word " * (number + 1), **more) for number, more in enumerate(fields)]
    return Material(worlds.run(worlds.write(tmp_path / "data.json", records), tmp_path / "run", Many()))


def test_a_source_that_is_named_none_is_not_that_of_rows_without_one(material: Material) -> None:
    found = reviewed(material)
    assert dict(zip(found.names, found.sizes.tolist(), strict=True)) == {"(none)": 3, "coco": 1, "“(none)”": 2}


def test_balance_tells_them_apart_too(material: Material) -> None:
    found = balance.section(material)
    assert found is not None
    chart = next(block.chart for block in found.blocks if isinstance(block, Figure))
    assert chart.head == ["", ALL]
    assert [str(row[0]) for row in chart.rows] == ["(none) (n 3)", "“(none)” (n 2)", "coco (n 1)"]


def test_a_name_from_right_to_left_does_not_turn_what_stands_beside_it() -> None:
    assert on_one_line("\u202eשלום") == f"{ISOLATE}\u202eשלום{POP}"
    assert labelled(["coco", "café"]) == ["coco", "café"]


def of_axis(axis: Axis, means: list[float], each: int = 20) -> tuple[Array, Field]:
    """Values of strata that lie about these means, and their column."""
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(mean, 1, each) for mean in means])
    column = Column("a", "float64", "How good it is: a number.", direction="higher", axis=axis)
    nothing = np.zeros(len(values), bool)
    return np.repeat(np.arange(len(means)), each), Field("s.a", column, values, nothing, nothing.astype(object))


def review(means: dict[Axis, list[float]], quality: Spread | None) -> Review:
    standings = []
    for axis, ends in means.items():
        codes, field = of_axis(axis, ends)
        standings.append(standing(axis, {"s.a": field}, codes, len(ends)))
    codes, _ = of_axis("correctness", [0.0, 0, 0])
    return Review("source", codes, ["a", "b", "c"], np.full(3, 20), standings, quality, [0, 1, 2])


def test_the_lead_names_the_lowest_in_quality_and_who_is_lowest_in_one_axis_alone() -> None:
    codes, field = of_axis("correctness", [-3.0, 0, 0])
    quality = spread(standing("correctness", {"s.a": field}, codes, 3).score, codes, 3)
    found = review({"correctness": [-3, 0, 0], "validity": [0, 0, -3], "complexity": [0, -3, 0]}, quality)
    assert lead(found) == "Lowest in correctness and validity together: a. In validity alone: c. In complexity: b."


def test_where_nothing_says_what_is_correct_the_lead_says_so() -> None:
    found = review({"complexity": [0, 0, 0]}, None)
    assert lead(found).startswith("Nothing scored says what is correct or valid; 3 values of source stand beside")
