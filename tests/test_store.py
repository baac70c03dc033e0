"""A run is read from its folder alone, and says what it does not hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from worlds import Blue, Length, Rank, Red, colour, record, run, write

import vlitq
from vlitq.store import Run, RunError


@pytest.fixture
def scored(tmp_path: Path) -> Run:
    """Three samples: a blue image, a missing one, none."""
    colour(tmp_path / "blue.png", (0, 0, 255))
    records = [record(0, images=["blue.png"], source="web"), record(1, images=["gone.png"]), record(2)]
    return run(write(tmp_path / "data.json", records), tmp_path / "run", Red(), Length(), Rank())


def test_the_table_has_every_column_by_its_full_name(scored: Run) -> None:
    table = vlitq.open(scored.path).table()
    assert table.column_names == ["id", "status", "red.mean", "length.mean", "rank.rank", "rank.copies"]
    assert table["status"].to_pylist() == ["ok", "missing_image", "ok"]
    assert table["red.mean"].to_pylist() == [0.0, None, None]


def test_columns_keep_their_meaning(scored: Run) -> None:
    assert scored.columns["red.mean"] == Red.columns[0]
    assert scored.columns["rank.rank"] == Rank.columns[0]


def test_the_facts_of_a_row_tell_its_place_and_size(scored: Run) -> None:
    rows = scored.rows().to_pylist()
    assert [row["source"] for row in rows] == ["web", None, None]
    assert [row["images"] for row in rows] == [1, 1, 0]
    assert [row["turns"] for row in rows] == [2, 2, 2]
    assert rows[2]["tokens"] == -(-len("What is it?It is number 2.") // 4)
    raw = scored.data.read_bytes()
    assert [json.loads(raw[row["offset"] : row["offset"] + row["length"]])["id"] for row in rows] == ["s0", "s1", "s2"]


def test_failures_name_row_node_status_and_reason(scored: Run) -> None:
    failures = scored.unscored().to_pylist()
    assert [(f["row"], f["node"], f["status"]) for f in failures] == [
        (1, "sample", "missing_image"),
        (1, "red", "missing_image"),
    ]
    assert all("gone.png" in failure["reason"] for failure in failures)


def test_a_folder_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"holds no run: there is no manifest\.json\. `vlitq score DATA --out"):
        Run(tmp_path)


def test_a_run_of_another_layout_is_refused(scored: Run) -> None:
    path = scored.path / "manifest.json"
    path.write_text(json.dumps({**scored.manifest, "layout": 99}))
    with pytest.raises(RunError, match=r"is of a run in layout 99; this vlitq reads layout 1: score it anew"):
        Run(scored.path)


def test_a_scorer_or_feature_that_is_not_there_is_answered_with_those_that_are(scored: Run) -> None:
    with pytest.raises(RunError, match="has no scores of 'blue'; it has: red, length, rank"):
        scored.scores(Blue.name)
    with pytest.raises(RunError, match=r"has no feature 'clip_image'; it has: .*colour"):
        scored.feature("clip_image")


def test_a_dataset_edited_to_the_same_length_is_told(scored: Run) -> None:
    text = scored.data.read_text()
    scored.data.write_text(text[:-1] + (" " if text[-1] != " " else "\n"))
    with pytest.raises(RunError, match="has changed since it was scored"):
        scored.check_data_unchanged()


def test_a_dataset_that_changed_or_is_gone_is_told(scored: Run) -> None:
    scored.check_data_unchanged()
    scored.data.write_text("[]")
    with pytest.raises(RunError, match="has changed since it was scored"):
        scored.check_data_unchanged()
    scored.data.unlink()
    with pytest.raises(RunError, match="is gone"):
        scored.check_data_unchanged()
