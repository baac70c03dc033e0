"""What the report says is wrong with samples: which columns count faults, where most are, what selections keep."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import worlds

import vlitq
from vlitq.comparison.chosen import chosen
from vlitq.plugin import Column, Columns, Need, Samples, SampleScorer
from vlitq.report import examples, faults
from vlitq.report.blocks import Cards, Section, Table
from vlitq.report.faulty import any_of, counts_faults, faulty_alone
from vlitq.report.faulty import faults as found
from vlitq.report.material import Material
from vlitq.report.naming import clause
from vlitq.schema import Direction, DType

# By row: a cut-off answer, tags in it, and the first row of its group. Rows 2 and 3 copy row 1.
CUT, TAGS, GROUP = [1, 0, 0, 0, 0, 1], [0, 0, 2, 0, 1, 0], [0, 1, 1, 1, 4, 5]


@dataclass(frozen=True)
class Faulty(SampleScorer):
    """Counts faults of six samples as they stand in the lists above."""

    name = "faulty"
    columns = (
        Column("cut", "bool", "The answer is cut off: no end.", direction="lower"),
        Column("cut_again", "int32", "Ends that lack.", "ends", (0, None), direction="lower"),
        Column("tags", "int32", "Tags in the answer.", "tags", (0, None), direction="lower"),
        Column("kinds", "int32", "Kinds of fault.", "kinds", (0, 2), direction="lower"),
        Column("group", "int64", "The first of its group.", "row", (0, None)),
    )

    def needs(self) -> tuple[Need, ...]:
        return (Samples(),)

    def score(self, *features: Any) -> Columns:
        rows = [int(sample.id[1:]) for sample in features[0]]
        cut, tags, group = (np.array(one)[rows] for one in (CUT, TAGS, GROUP))
        kinds = cut + (tags > 0)
        return {
            "cut": cut > 0,
            "cut_again": cut.astype(np.int32),
            "tags": tags.astype(np.int32),
            "kinds": kinds.astype(np.int32),
            "group": group.astype(np.int64),
        }


@pytest.fixture
def material(tmp_path: Path) -> Material:
    sources = ["a", "b", "b", "b", "b", "a"]
    records = [worlds.record(row, source=source) for row, source in enumerate(sources)]
    return Material(worlds.run(worlds.write(tmp_path / "data.json", records), tmp_path / "run", Faulty()))


def section(material: Material) -> Section:
    made = faults.section(material)
    assert made is not None
    return made


def table(material: Material) -> Table:
    return next(block for block in section(material).blocks if isinstance(block, Table))


def test_each_fault_is_counted_once_and_no_sum_of_others_is_shown(material: Material) -> None:
    names = {one.name: (one.rows.tolist(), one.also) for one in found(material)}
    assert names == {"faulty.cut": ([0, 5], ("faulty.cut_again",)), "faulty.tags": ([2, 4], ()),
                     "faulty.group": ([2, 3], ())}  # fmt: skip
    assert any_of(found(material)) == 5  # row 2 has two


def test_the_table_tells_how_many_and_where_most_are(material: Material) -> None:
    assert table(material).head == ["fault", "column or status", "samples", "of all", "most in source"]
    rows = {str(row[1]): row for row in table(material).rows}
    assert rows["faulty.cut"] == ["The answer is cut off", "faulty.cut", 2, "33\N{NO-BREAK SPACE}%", "a: 2 of its 2"]
    assert rows["faulty.tags"][4] == "b: 2 of its 4"


def test_it_tells_what_a_selection_keeps_and_no_copy_of_a_row_that_it_dropped(material: Material) -> None:
    made = vlitq.select(material.run, budget=4, by="-faulty.group", gates=["faulty.cut == false"])  # rows 1 to 4
    some = Material(material.run, [chosen("few", made)])
    assert {str(row[1]): row[-1] for row in table(some).rows} == {
        "faulty.cut": 0, "faulty.tags": 2, "faulty.group": 2,
    }  # fmt: skip
    of_groups = next(one for one in found(some) if one.groups is not None)
    assert of_groups.among(np.array([2, 4])) == 0  # row 2 is a copy, but of none that is here


def test_a_line_says_the_most_frequent_in_plain_words(material: Material) -> None:
    assert faults.in_a_line(material) == "5 samples (83 %): cut 2, tags 2 and near-duplicates 2"


def test_samples_of_a_fault_are_shown_worst_first_and_those_of_columns_do_not_repeat_them(material: Material) -> None:
    cards = {block.title: block for block in section(material).blocks if isinstance(block, Cards)}
    assert [card.row for card in cards["Tags in the answer"].cards] == [2, 4]
    assert cards["The answer is cut off"].note == "2 of 2 samples. faulty.cut_again says the same of them."
    assert examples.section(material) is None


def test_where_nothing_counts_faults_there_is_no_section_and_no_line(tmp_path: Path) -> None:
    data = worlds.write(tmp_path / "data.json", [worlds.record(0)])
    run = vlitq.score(data, out=tmp_path / "run", scorers=["complexity"], device="cpu", quiet=True)
    assert faults.section(Material(run)) is None
    assert faults.in_a_line(Material(run)) == ""


def test_data_without_a_fault_says_which_columns_looked(tmp_path: Path) -> None:
    data = worlds.write(tmp_path / "data.json", [worlds.record(0)])
    run = vlitq.score(data, out=tmp_path / "run", scorers=["schema"], device="cpu", quiet=True)
    shown = section(Material(run))
    assert shown.lead == "No fault was counted."
    assert "schema.truncated" in shown.blocks[0].paragraphs[0]  # type: ignore[union-attr]  # a text


@pytest.mark.parametrize(
    ("dtype", "direction", "low", "counts"),
    [
        ("bool", "lower", None, True),
        ("int32", "lower", 0, True),
        ("int32", "lower", None, False),
        ("float32", "lower", 0, False),
        ("int32", "higher", 0, False),
        ("bool", "neutral", None, False),
    ],
)
def test_truth_values_and_counts_that_had_better_be_0_count_faults(
    dtype: DType, direction: Direction, low: float | None, counts: bool
) -> None:
    assert counts_faults(Column("a", dtype, "A.", "", (low, None), direction=direction)) is counts


def test_copies_are_no_fault_by_themselves(material: Material) -> None:
    assert faulty_alone(found(material)).tolist() == [0, 2, 4, 5]  # not 3, a copy of row 1


def test_a_long_clause_ends_with_a_whole_word() -> None:
    assert clause(Column("a", "bool", "Short: and more.")) == "Short"
    assert clause(Column("a", "bool", "One two, three four."), most=10) == "One two…"
    assert clause(Column("a", "bool", "Unbroken."), most=5) == "Unbr…"
