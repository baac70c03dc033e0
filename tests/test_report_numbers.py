"""The overview, statuses, axes, selections, balance and labels of the report, of runs of a few samples."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vlitq
from vlitq.comparison.chosen import chosen, names_of
from vlitq.report import axes, balance, labels, overview, selections, statuses
from vlitq.report.blocks import Block, Cards, Facts, Figure, Group, Section, Table, Text
from vlitq.report.material import Material
from vlitq.store import Run

SECTIONS = (overview, statuses, axes, selections, balance, labels)
WORDS = "complexity.response_words"
HOSTILE = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\u202eמימין לשמאל", "x" * 100_000, "")


def scored(folder: Path, samples: Sequence[dict[str, Any]], *scorers: str) -> Run:
    """A run of these samples."""
    data = folder / "data.json"
    data.write_text(json.dumps(list(samples)), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that most rows fail is what some of these runs are made for
        return vlitq.score(data, out=folder / "run", scorers=list(scorers), device="cpu", quiet=True, cache=False)


def sample(number: int, answer: str, source: str, **more: Any) -> dict[str, Any]:
    turns = [{"from": "human", "value": "What is this?"}, {"from": "gpt", "value": answer}]
    return {"id": f"s{number}", "source": source, "conversations": turns, **more}


def answers(words: int, many: int) -> Iterator[str]:
    return (" ".join(f"word{place}" for place in range(words + number % 3)) + "." for number in range(many))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Twelve answers of `terse` with 1 to 3 words, and twelve of `wordy` with 20 to 22."""
    told = [("terse", one) for one in answers(1, 12)] + [("wordy", one) for one in answers(20, 12)]
    made = (sample(number, answer, source) for number, (source, answer) in enumerate(told))
    return scored(tmp_path, list(made), "complexity", "schema")


def material(run: Run, *subsets: Path, stratify: str = "source") -> Material:
    return Material(run, [chosen(name, path) for name, path in names_of(subsets).items()], stratify)


def long_half(run: Run) -> Path:
    """The twelve longest answers, written."""
    target = run.path.parent / "long.json"
    vlitq.select(run, budget=12, by=WORDS).write(target)
    return target


def flat(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Group):
            yield from flat(block.blocks)


def tables(section: Section | None) -> dict[str, Table]:
    assert section is not None
    return {block.caption: block for block in flat(section.blocks) if isinstance(block, Table)}


def facts(section: Section) -> dict[str, str]:
    (found,) = (block for block in section.blocks if isinstance(block, Facts))
    return dict(found.lines)


def rows(table: Table) -> dict[str, Sequence[Any]]:
    return {str(row[0]): row[1:] for row in table.rows}


def test_the_overview_counts_rows_those_scored_fully_and_what_each_selection_keeps(run: Run) -> None:
    found = overview.section(material(run, long_half(run)))
    numbers = rows(tables(found)["In numbers"])
    assert numbers["samples"][0] == 24
    assert list(numbers["scored fully"]) == [24, "100 %"]
    assert list(numbers["kept by long"]) == [12, "50 %"]
    assert numbers["sources"][0] == 2
    said = facts(found)
    assert said["data"].startswith("24 samples of data.json from 2 sources: 48 turns")
    assert said["rows"] == "24 ok; all scored fully"
    assert said["selections"] == "long keeps 12 (50 %)"


def test_the_overview_names_every_scorer_with_its_plugin(run: Run) -> None:
    found = next(t for caption, t in tables(overview.section(material(run))).items() if caption.startswith("Scorers"))
    assert list(rows(found)) == ["complexity", "schema"]
    assert "vlitq" in str(found.rows[0][1])


def test_statuses_tell_each_reason_and_show_samples_of_it(tmp_path: Path) -> None:
    broken = [sample(n, "Yes.", "a", image=f"gone_{n}.jpg") for n in range(3)]
    run = scored(tmp_path, [*broken, sample(3, "No.", "a")], "complexity")
    found = statuses.section(material(run))
    told = next(iter(tables(found).values()))
    assert list(told.rows) == [["missing_image", 3, "FILE is missing"]]
    cards = next(block for block in found.blocks if isinstance(block, Cards))
    assert [card.why for card in cards.cards] == [(f"gone_{n}.jpg is missing",) for n in range(3)]
    assert "25 % of 4 records" in found.lead


def test_where_nothing_fails_statuses_say_so(run: Run) -> None:
    assert statuses.section(material(run)).lead.startswith("Every one of 24 records")


def test_the_axes_name_the_source_that_ranks_lowest_and_the_column_that_puts_it_there(run: Run) -> None:
    found = axes.section(material(run))
    assert found is not None
    assert found.lead.endswith("In complexity: terse.")
    assert f"Words of the assistant's turns: {WORDS} 2, the others 21" in facts(found)["terse"].split("\n")
    (chart,) = (block.chart for block in found.blocks if isinstance(block, Figure))
    at = list(chart.head).index("Complexity")
    by_source = {str(row[0]): float(row[at] or 0) for row in chart.rows}
    assert by_source["terse (n 12)"] < 50 < by_source["wordy (n 12)"]


def test_of_one_source_the_axes_say_how_to_part_the_samples(tmp_path: Path) -> None:
    run = scored(tmp_path, [sample(n, "A dog. " * n, "one") for n in range(1, 5)], "complexity")
    found = axes.section(material(run))
    assert found is not None
    assert "--stratify COLUMN" in found.lead
    assert not any(isinstance(block, Figure) for block in flat(found.blocks))


def test_the_axes_take_any_column_for_strata(run: Run) -> None:
    found = axes.section(material(run, stratify="complexity.question_type,source"))
    assert found is not None


def test_a_selection_by_length_is_better_than_random_in_length(run: Run) -> None:
    found = selections.section(material(run, long_half(run)))
    means = next(one for caption, one in tables(found).items() if caption.startswith("Mean of the scores"))
    at = list(means.head).index("long") - 1
    assert rows(means)[WORDS][at] == "21, better"
    stages = tables(found)["Rows kept, and dropped by what"]
    assert list(stages.rows[0])[:5] == ["long", 12, 0, 0, 12]
    names = [block.chart.name for block in flat(found.blocks) if isinstance(block, Figure)] if found else []
    assert names == ["selections-means", "selections-kept"]


def test_a_run_without_selections_has_no_section_of_them(run: Run) -> None:
    assert selections.section(material(run)) is None


def test_a_selection_of_another_run_is_told_of_and_the_others_are_shown(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    stranger = scored(other, [sample(n, "Yes.", "a") for n in range(3)], "complexity")
    foreign = other / "foreign.json"
    vlitq.select(stranger, budget=2, by=WORDS).write(foreign)
    found = selections.section(material(run, long_half(run), foreign))
    assert found is not None
    said = [one for block in found.blocks if isinstance(block, Text) for one in block.paragraphs]
    assert any("'foreign' is of other rows" in one for one in said)
    assert "long keeps 12 of 24" in found.lead


def test_balance_is_the_share_of_each_source_before_and_after(run: Run) -> None:
    found = balance.section(material(run, long_half(run)))
    assert found is not None
    chart = next(block.chart for block in found.blocks if isinstance(block, Figure))
    assert chart.head == ["", "all samples", "long"]
    assert [list(row) for row in chart.rows] == [["terse (n 12)", 50, 0], ["wordy (n 12)", 50, 100]]
    assert rows(next(iter(tables(found).values())))["source"][1:] == [1, 0]


def test_labels_say_how_to_mark_where_too_few_are_marked(run: Run) -> None:
    run.mark(0, "keep")
    found = labels.section(material(run))
    assert "1 keep and 0 drop: too few" in found.lead
    (text,) = found.blocks
    assert isinstance(text, Text)
    assert "vlitq view RUN" in text.paragraphs[0]


def test_labels_put_the_column_first_that_tells_keep_from_drop(run: Run) -> None:
    for row in range(6):
        run.mark(row, "drop")
        run.mark(23 - row, "keep")
    found = labels.section(material(run, long_half(run)))
    assert f"{WORDS} (100 %)" in found.lead
    beside = tables(found)["Selections beside what people said"]
    assert list(beside.rows[0]) == ["long", "6 of 6 (100 %)", "0 of 6 (0 %)", "12 of 12 (100 %)", "50 %"]


@pytest.mark.parametrize("many", [1, 5])
def test_every_section_stands_hostile_texts_and_a_single_sample(tmp_path: Path, many: int) -> None:
    made = [sample(n, HOSTILE[n], HOSTILE[n]) for n in range(many)]
    run = scored(tmp_path, made, "complexity", "schema", "format")
    subset = tmp_path / "<b>.json"
    vlitq.select(run, budget=1, method="random").write(subset)
    drawn = material(run, subset)
    for one in SECTIONS:
        found = one.section(drawn)
        for block in flat(found.blocks if found else ()):
            if isinstance(block, Figure):
                svg = block.chart.svg()
                assert "<script" not in svg
                assert "<img" not in svg


def test_a_column_of_nulls_only_and_records_that_cannot_be_read_leave_every_section_standing(tmp_path: Path) -> None:
    run = scored(tmp_path, [{"id": "s0"}, {"id": "s1", "conversations": "no"}, sample(2, "Yes.", "a")], "format")
    for one in SECTIONS:
        found = one.section(material(run))
        for block in flat(found.blocks if found else ()):
            if isinstance(block, Figure):
                assert block.chart.svg()


def test_strata_of_every_row_leave_the_selections_told_apart_by_the_source(tmp_path: Path) -> None:
    run = scored(tmp_path, [sample(n, "A dog. " * (n % 7 + 1), f"of {n % 2}") for n in range(201)], "complexity")
    subset = tmp_path / "some.json"
    vlitq.select(run, budget=50, by=WORDS).write(subset)
    found = selections.section(material(run, subset, stratify="id"))
    assert found is not None
    said = [one for block in found.blocks if isinstance(block, Text) for one in block.paragraphs]
    assert "id has more than 200 values; strata are told apart by source." in said
    assert np.array_equal(axes.reviewed(material(run, stratify="id")).sizes, np.ones(201))
