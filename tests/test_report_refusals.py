"""What the report and selecting make of a dataset that is gone, of a column that is not there, and of no recipe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from explored import world
from selection_world import cosines

import vlitq
from vlitq.report.balance import section as balance
from vlitq.report.blocks import Figure, Text
from vlitq.report.material import NOT_READ, Material
from vlitq.report.naming import labelled
from vlitq.report.relations import section as relations
from vlitq.selection.fields import UnknownColumn
from vlitq.store import Run

pytest.importorskip("jinja2", reason="the report's libraries are not installed")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return world(tmp_path)


def cards(run: Run) -> list[tuple[int, tuple[str, ...]]]:
    return [(len(card.turns), card.why) for card in Material(run).cards([(0, "best", ["why"]), (5, "worst", [])])]


def test_samples_are_shown_with_their_turns_and_an_unreadable_one_with_its_reason(run: Run) -> None:
    (turns, why), (none, reason) = cards(run)
    assert (turns, why, none) == (2, ("why",), 0)
    assert reason[0].startswith("The record cannot be read: ")


def test_samples_of_a_dataset_that_is_gone_or_has_changed_are_cards_without_turns(run: Run) -> None:
    run.data.write_text(run.data.read_text() + " ")
    assert cards(run) == [(0, ("why", NOT_READ)), (0, (NOT_READ,))]
    run.data.unlink()
    assert cards(run) == [(0, ("why", NOT_READ)), (0, (NOT_READ,))]


def test_the_report_of_a_dataset_that_is_gone_is_whole_and_says_so_at_its_top(run: Run, tmp_path: Path) -> None:
    run.data.unlink()
    written = vlitq.write_report(run, out=tmp_path / "report.html")
    assert written.failures == ()
    assert f"{run.data} is gone" in (tmp_path / "report.html").read_text().partition("<main")[0]


def test_strata_of_a_column_that_is_not_there_are_refused_before_anything_is_written(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UnknownColumn, match="no column 'tpics'"):
        vlitq.write_report(run, out=tmp_path / "report.html", stratify="source, tpics")
    assert not (tmp_path / "report.html").exists()


def test_a_run_without_a_recipe_is_selected_from_and_asks_for_a_budget(run: Run) -> None:
    manifest = run.path / "manifest.json"
    manifest.write_text(json.dumps({**run.manifest, "recipe": None}))
    assert vlitq.select(run.path, budget=1, by="+length.mean").rows.tolist() == [4]
    with pytest.raises(vlitq.VlitqError, match="how much to keep"):
        vlitq.select(run.path)


def test_numbers_of_which_most_are_the_largest_have_no_part_beyond_it() -> None:
    # The last three of the five cuts into sixths lie at 1000, the largest: from 1000 to 1000 there is nothing.
    tokens = [*range(40), *([1000] * 60)]
    found = balance(Material(cosines(*([0.5] * 100), tokens=tokens)))  # type: ignore[arg-type]  # a run in memory
    assert found is not None
    charts = [block.chart for block in found.blocks if isinstance(block, Figure)]
    (chart,) = [chart for chart in charts if chart.name == "balance-tokens"]
    assert all("n 0" not in str(row[0]) for row in chart.rows)


def test_a_name_that_has_nothing_to_read_is_called_empty() -> None:
    assert labelled(["", "  ", "a"]) == ["(empty)", "(empty) (2)", "a"]


def test_too_few_rows_to_correlate_are_told_and_not_drawn() -> None:
    found = relations(Material(cosines(0.1, 0.2, 0.3, tokens=[3, 2, 1])))  # type: ignore[arg-type]  # a run in memory
    assert found is not None
    assert [type(block) for block in found.blocks] == [Text] * 3
    assert "No two columns have 10 rows in common" in str(found.blocks[2])
