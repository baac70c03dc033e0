"""`vlitq compare` as a user types it, and `vlitq.compare`, on a run of four samples."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import vlitq
from vlitq.cli import main

ANSWERS = ("Two brown dogs run over a green field.", "A red car stands next to the house.", "Yes.", "A blue sky.")
WORDS = "complexity.response_words"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A scored run, of which two subsets were written: `long.json` and `short.json`, two rows each."""
    samples = [
        {
            "id": f"s{i}",
            "source": "even" if i % 2 == 0 else "odd",
            "conversations": [{"from": "human", "value": "What is this?"}, {"from": "gpt", "value": answer}],
        }
        for i, answer in enumerate(ANSWERS)
    ]
    data, out = tmp_path / "data.json", tmp_path / "run"
    data.write_text(json.dumps(samples), encoding="utf-8")
    vlitq.score(data, out=out, scorers=["complexity"], device="cpu", quiet=True)
    for name, by in (("long", WORDS), ("short", f"-{WORDS}")):
        vlitq.select(out, budget=2, by=by).write(tmp_path / f"{name}.json")
    return out


def compare(*arguments: str | Path) -> int:
    return main(["compare", *map(str, arguments)])


def test_a_run_is_compared_by_all_of_its_selections(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(run) == 0
    seen = capsys.readouterr().out
    assert ["rows", *"2222", str(len(ANSWERS))] in [line.split() for line in seen.splitlines()]
    for section in ("Size", "Overlap (Jaccard)", "Mean of the scores", "Cost in seconds"):
        assert f"{section}\n===" in seen
    assert "whole run" in seen


def test_subsets_are_compared_without_naming_their_run(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(run.parent / "long.json", run.parent / "short.json", "--seeds", "2", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["sets"] == {
        "long": "selection", "short": "selection", "random": "control", "stratified": "control", "whole run": "whole",
    }  # fmt: skip
    overlap = next(f for f in found["figures"] if (f["section"], f["name"]) == ("Overlap (Jaccard)", "long"))
    assert overlap["values"]["short"]["mean"] == 0


def test_a_comparison_is_written_as_a_table_or_as_a_page(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, page = run.parent / "new" / "c.csv", run.parent / "c.md"
    assert compare(run, "--out", table) == 0
    assert compare(run, "--out", page) == 0
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert {row["set"] for row in rows} == {"long", "short", "random", "stratified", "whole run"}
    assert page.read_text().startswith(f"# Selections of {run}")
    assert compare(run, "--out", run.parent / "c.txt") == 2
    assert ".md or .csv" in capsys.readouterr().err


def test_strata_are_those_of_the_column_named(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(run, "--stratify", WORDS) == 0
    assert f"Share kept of each {WORDS}" in capsys.readouterr().out
    assert compare(run, "--stratify", "sauce") == 2
    assert "Did you mean 'source'" in capsys.readouterr().err


def test_an_unknown_measure_is_one_line(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(run, "--measures", "nonsense") == 2
    assert "no measure 'nonsense'" in capsys.readouterr().err


def test_what_cannot_be_compared_is_refused_with_its_name(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(run, run.parent) == 2
    assert "are several runs" in capsys.readouterr().err
    assert compare(run.parent / "data.json") == 2
    assert "data.json is not a subset that `vlitq select` wrote" in capsys.readouterr().err
    vlitq.score(run.parent / "data.json", out=run.parent / "other", scorers=["complexity"], limit=3, quiet=True)
    assert compare(run.parent / "other", run.parent / "long.json") == 2
    assert "'long' is of other rows than the run" in capsys.readouterr().err
    assert compare(run.parent / "other") == 2
    assert "nothing to compare" in capsys.readouterr().err


def test_the_python_function_takes_selections_made_and_written(run: Path) -> None:
    made = vlitq.select(run, budget=2, by=WORDS)
    found = vlitq.compare(run, {"made": made, "written": run.parent / "long.json"}, measures=[])
    value = found.value("Overlap (Jaccard)", "made", "written")
    assert value is not None
    assert value.mean == 1
    assert found.table().num_rows > 20
