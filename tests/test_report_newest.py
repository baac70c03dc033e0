"""Which selections the report and the explorer show where nobody names any, and what is said of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import worlds

import vlitq
from vlitq.comparison.newest import newest
from vlitq.report import selections
from vlitq.report.blocks import Group, Text
from vlitq.report.material import NEWEST, Material
from vlitq.store import Run, decisions_file
from vlitq.view import decided


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Six samples, and five selections `s0` to `s4`, the first written last."""
    records = [worlds.record(number, "word " * (number + 1)) for number in range(6)]
    run = worlds.run(worlds.write(tmp_path / "data.json", records), tmp_path / "run")
    for number in range(5):
        subset = tmp_path / f"s{number}.json"
        vlitq.select(run, budget=number + 1, method="random").write(subset)
        os.utime(decisions_file(subset), (1000 - number, 1000 - number))
    return run


def test_the_newest_are_those_whose_decisions_were_written_last(run: Run) -> None:
    found = newest(run, 2)
    assert [one.name for one in found.selections] == ["s1", "s0"]
    assert list(found.older) == ["s4", "s3", "s2"]
    assert found.problems == ()


def test_one_that_does_not_fit_is_told_and_another_takes_its_place(run: Run, tmp_path: Path) -> None:
    manifest = tmp_path / "s0.json.manifest.json"
    manifest.write_text(manifest.read_text().replace('"sha256": "', '"sha256": "0'))
    found = newest(run, 2)
    assert [one.name for one in found.selections] == ["s2", "s1"]
    assert len(found.problems) == 1
    assert "'s0' is of other rows" in found.problems[0]


def test_the_report_names_older_selections_with_the_command_that_shows_them(run: Run) -> None:
    found = newest(run, NEWEST)
    section = selections.section(Material(run, found.selections, older=found.older))
    assert section is not None
    assert section.lead.startswith("The newest: s2 keeps 3 of 6")
    last = section.blocks[-1]
    assert isinstance(last, Group)
    assert (last.title, last.folded) == ("2 older selections are not shown", True)
    (text,) = last.blocks
    assert isinstance(text, Text)
    assert text.paragraphs[0].startswith("s4 and s3. To see them: `vlitq report ")
    assert f"--selection {run.path.parent / 's4.json'} --selection" in text.paragraphs[0]


def test_the_report_of_a_run_shows_three_and_all_that_are_asked_for(run: Run) -> None:
    out = run.path.parent / "report.html"
    vlitq.write_report(run, out=out)
    assert "s0, s1 and s2" not in out.read_text()
    assert "2 older selections are not shown" in out.read_text()
    named = {f"s{number}": run.path.parent / f"s{number}.json" for number in range(5)}
    vlitq.write_report(run, named, out=out)
    assert "older selection" not in out.read_text()


def test_the_explorer_tells_how_many_it_leaves_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decided, "MOST", 4)
    found, notes = decided.standing(run)
    assert list(found) == ["s3", "s2", "s1", "s0"]
    assert notes[0].startswith("The 4 newest selections are shown; 1 older one left out: `vlitq explain ")
