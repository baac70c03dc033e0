"""The section of all columns: a chart each, in words what no chart can say, and what gates let pass."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image
from selection_world import World, cosines

import vlitq
from vlitq.charts import Chart, ChartError
from vlitq.cli.main import main
from vlitq.comparison.chosen import Chosen, chosen
from vlitq.report.blocks import Block, Figure, Group, Section, Table, Text
from vlitq.report.columns import section
from vlitq.report.material import Material
from vlitq.selection.fields import UnknownColumn
from vlitq.selection.select import select
from vlitq.store import Run, RunError

NOWHERE: tuple[Chosen, ...] = ()


def of(world: World, selections: Sequence[Chosen] = NOWHERE) -> Section:
    found = section(Material(world, selections))  # type: ignore[arg-type]  # a run in memory
    assert found is not None
    return found


def blocks(within: Sequence[Block]) -> Iterator[Block]:
    for block in within:
        yield block
        if isinstance(block, Group):
            yield from blocks(block.blocks)


def charts(found: Section) -> dict[str, Chart]:
    return {block.chart.title: block.chart for block in blocks(found.blocks) if isinstance(block, Figure)}


def words(found: Section) -> str:
    return "\n".join(text for block in blocks(found.blocks) if isinstance(block, Text) for text in block.paragraphs)


def selection(world: World, name: str, **asked: object) -> Chosen:
    return chosen(name, select(world, **{"budget": 2, "by": "alignment.cosine", **asked}))  # type: ignore[arg-type]


def test_a_column_of_numbers_is_a_histogram_with_its_nulls_explained() -> None:
    failed = ["ok", "ok", "ok", "not_applicable", "missing_image"]
    chart = charts(of(cosines(0.1, 0.2, 0.4, None, None, failures={"alignment": failed})))["alignment.cosine"]
    assert chart.head == ["from", "to", "all"]
    assert sum(row[2] for row in chart.rows) == 3  # type: ignore[misc]  # counts
    assert "3 of 5 rows scored: min 0.1, median 0.2, max 0.4; higher is better." in chart.note
    assert "1 null: the sample has no image." in chart.note
    assert "1 null, since scoring failed: missing_image 1." in chart.note


def test_what_a_selection_keeps_is_a_series_and_its_gate_a_line_with_the_share_that_passes() -> None:
    world = cosines(0.1, 0.2, 0.3, 0.4)
    found = of(world, [selection(world, "mine", gates=["alignment.cosine >= 0.15"])])
    chart = charts(found)["alignment.cosine"]
    assert chart.head == ["from", "to", "all", "kept by mine"]
    assert [sum(row[at] for row in chart.rows) for at in (2, 3)] == [4, 2]  # type: ignore[misc]  # counts
    assert ">= 0.15: 75 % pass" in chart.svg().replace("&gt;", ">")
    assert "Gate alignment.cosine >= 0.15: 75 % pass." in chart.note
    assert "Kept by mine: 2 of 4 (50 %)." in chart.note


def test_a_gate_far_outside_is_told_and_not_drawn() -> None:
    world = cosines(0.1, 0.2, 0.3, 0.4)
    chart = charts(of(world, [selection(world, "mine", gates=["alignment.cosine >= -50"])]))["alignment.cosine"]
    assert "Gate alignment.cosine >= -50: 100 % pass." in chart.note
    assert "-50" not in chart.svg()


def test_no_more_than_three_selections_are_drawn_and_that_is_said() -> None:
    world = cosines(0.1, 0.2, 0.3, 0.4)
    found = of(world, [selection(world, f"s{number}") for number in range(5)])
    assert charts(found)["alignment.cosine"].head[2:] == ["all", "kept by s0", "kept by s1", "kept by s2"]
    assert "the first 3 of 5 selections" in found.lead


def test_labels_are_bars_the_most_frequent_first_and_the_rest_is_counted() -> None:
    labels = [f"rare {number:02}" for number in range(30)] + ["often"] * 3 + [None, ""]
    chart = charts(of(World({"complexity.question_type": labels})))["complexity.question_type"]
    assert list(chart.rows[0]) == ["often", 3]
    assert list(chart.rows[1]) == ["(empty)", 1]
    assert list(chart.rows[-1]) == ["12 others", 12]  # 30 rare, "often" and "" are 32
    assert len(chart.rows) == 21


def test_long_labels_that_begin_alike_stay_two() -> None:
    chart = charts(of(World({"complexity.question_type": ["x" * 1000 + "a", "x" * 1000 + "b", "y"]})))
    names = [row[0] for row in chart["complexity.question_type"].rows]
    assert len(set(names)) == 3
    assert max(len(str(name)) for name in names) < 60


def test_truth_values_are_bars_and_their_gate_is_told() -> None:
    world = World({"duplicates.representative": [True, True, False, None], "alignment.cosine": [1.0, 1.0, 1.0, 1.0]})
    mine = selection(world, "mine", gates=["duplicates.representative == true"])
    chart = charts(of(world, [mine]))["duplicates.representative"]
    assert [list(row)[:2] for row in chart.rows] == [["true", 2], ["false", 1]]
    assert "67 % pass; 1 row without a value passes it too" in chart.note


def test_constant_and_empty_columns_are_told_in_words() -> None:
    found = of(World({"complexity.words": [3, 3], "alignment.cosine": [None, None]}))
    assert {"complexity.words", "alignment.cosine", "tokens"}.isdisjoint(charts(found))
    assert "complexity.words is 3 in all 2 rows scored." in words(found)
    assert "alignment.cosine has nothing to draw." in words(found)


def test_infinity_is_told_and_the_rest_drawn() -> None:
    chart = charts(of(cosines(0.1, 0.2, float("inf"))))["alignment.cosine"]
    assert "1 value beyond ±1e+300, not drawn." in chart.note
    assert sum(row[2] for row in chart.rows) == 2  # type: ignore[misc]  # counts


def test_the_table_holds_every_column() -> None:
    found = of(World({"alignment.cosine": [0.25, None], "complexity.words": [1, 2]}))
    table = next(block for block in blocks(found.blocks) if isinstance(block, Table))
    assert [row[0] for row in table.rows] == [
        "tokens",
        "turns",
        "images",
        "source",
        "alignment.cosine",
        "complexity.words",
    ]
    assert list(table.rows[4]) == ["alignment.cosine", 1, 1, 0.25, 0.25, 0.25, "higher"]


def test_a_run_of_one_row_and_one_of_none() -> None:
    assert "alignment.cosine is 0.5" in words(of(cosines(0.5)))
    assert section(Material(cosines())) is None  # type: ignore[arg-type]  # a run in memory


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Three samples of two, four and six words."""
    folder = tmp_path_factory.mktemp("plots")
    Image.new("RGB", (8, 8)).save(folder / "0.png")
    turns = [[{"from": "human", "value": "<image>\nWhat?"}, {"from": "gpt", "value": "a word " * n}] for n in (1, 2, 3)]
    records = [{"id": str(n), "image": "0.png", "conversations": one} for n, one in enumerate(turns)]
    (folder / "data.json").write_text(json.dumps(records), encoding="utf-8")
    return vlitq.score(folder / "data.json", out=folder / "run", scorers=["complexity"], device="cpu", quiet=True)


def test_plot_is_a_chart_of_a_column_with_the_selections_asked_for(run: Run) -> None:
    kept = vlitq.select(run, budget=1, by="complexity.response_words")
    chart = vlitq.plot(run, "complexity.response_words", selections={"longest": kept})
    assert [list(row) for row in chart.rows] == [[2, 2, 1, 0], [3, 3, 0, 0], [4, 4, 1, 0], [5, 5, 0, 0], [6, 6, 1, 1]]
    assert "data:image/png;base64," in chart._repr_html_()


def test_of_many_selections_plot_says_which_it_does_not_draw(run: Run) -> None:
    kept = vlitq.select(run, budget=1, by="complexity.response_words")
    with pytest.warns(UserWarning, match="3 selections are drawn at most, and not d and e"):
        vlitq.plot(run, "complexity.response_words", selections=dict.fromkeys("abcde", kept))


def test_plot_of_an_unknown_column_names_the_nearest(run: Run) -> None:
    with pytest.raises(UnknownColumn, match=r"Did you mean 'complexity\.response_words'"):
        vlitq.plot(run, "complexity.response_word")


def test_plot_of_row_numbers_is_refused() -> None:
    from vlitq.report.plot import plot_column

    with pytest.raises(ChartError, match="has nothing to draw"):
        plot_column(cosines(None, None), "alignment.cosine")  # type: ignore[arg-type]  # a run in memory


def test_the_command_writes_a_file_for_each_column_of_a_scorer(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scorers", "show", "complexity", "--plot", str(run.path), "--out", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert sorted(told["files"]) == sorted(run.columns)
    assert sorted(told["files"].values()) == sorted(map(str, tmp_path.glob("*.png")))
    assert told["not_drawn"] == {}


def test_the_command_refuses_a_scorer_that_the_run_has_not(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scorers", "show", "alignment", "--plot", str(run.path)]) == 2
    assert "has no scores of 'alignment'; it has: complexity" in capsys.readouterr().err
    with pytest.raises(RunError):
        vlitq.plot(run.path / "nowhere", "a.b")
