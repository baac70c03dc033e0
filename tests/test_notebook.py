"""In a notebook: what a run, a selection and a comparison show, and that nothing in the data becomes markup."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from selection_world import World

import vlitq
from vlitq.comparison.result import Comparison, Figure, Value
from vlitq.notebook import CHARACTERS_SHOWN, FIGURES_SHOWN, ROWS_SHOWN, table_html, text_html
from vlitq.selection.select import select

A = "alignment.cosine"
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td></table><b>", "\u202egnp.exe", "&lt;"]
HARMLESS = {"div", "strong", "table", "details", "summary", "thead", "tbody", "tr", "th", "td", "ul", "li"}


class Shown(HTMLParser):
    """The elements of a page, the attributes they have, its texts, and whether all that opens is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = set[str](), set[str](), list[str](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shown(thing: object) -> Shown:
    """What a notebook would show, of harmless elements only, all of them closed."""
    found = Shown(thing._repr_html_())  # type: ignore[attr-defined]  # each of ours has it
    assert not found.open
    assert found.tags <= HARMLESS
    assert found.attributes <= {"style", "dir", "scope", "open"}
    return found


def facts_in(texts: list[str]) -> dict[str, str]:
    """What first stands behind each text."""
    return dict(reversed(list(pairwise(texts))))


@pytest.fixture
def run(tmp_path: Path) -> vlitq.Run:
    """A run of one sample for each hostile id, in a folder with a hostile name, and of one record without turns."""
    folder = tmp_path / "<b>&"
    folder.mkdir()
    turns = [{"from": "human", "value": "What is it?"}, {"from": "gpt", "value": "It is red."}]
    records = [{"id": one, "conversations": turns} for one in HOSTILE] + [{"id": "empty", "conversations": []}]
    (folder / "data.json").write_text(json.dumps(records), encoding="utf-8")
    with pytest.warns(UserWarning, match="could not be scored"):
        return vlitq.score(folder / "data.json", out=folder / "run", scorers=["complexity"], quiet=True)


def test_a_run_shows_its_rows_statuses_scorers_models_marks_and_columns_with_their_nulls(run: vlitq.Run) -> None:
    run.mark(0, "keep")
    run.mark(1, "drop")
    texts = shown(run).texts
    facts = facts_in(texts)
    assert texts[0] == f"Run {run.path}"
    assert facts["rows"] == "6"
    assert facts["statuses"] == "5 ok, 1 invalid"
    assert facts["scorers"] == "complexity"
    assert facts["models"] == "none"
    assert facts["marked"] == "1 drop, 1 keep"
    at = texts.index("complexity.response_words")
    assert texts[at + 3] == "1"
    assert texts[texts.index("human.label") + 3] == "4"


def test_hostile_ids_notes_and_paths_are_text(run: vlitq.Run) -> None:
    selection = vlitq.select(run, budget=3, method="random")
    texts = shown(selection).texts
    assert set(HOSTILE) <= set(texts)
    assert any("validity gate: invalid" in text for text in texts)


def test_a_selection_shows_what_was_asked_and_its_stages_notes_and_first_decisions() -> None:
    world = World({A: [row / 100 for row in range(25)]}, labels={0: "drop"})
    selection = select(world, budget=5, by=A, gates=[f"{A} < 0.9"])
    texts = shown(selection).texts
    facts = facts_in(texts)
    assert facts["method"] == "top"
    assert facts["budget"] == "5"
    assert facts["gates"] == f"{A} < 0.9"
    assert "19 budget, 1 human, 5 kept" in texts
    assert "1 row dropped: marked drop by hand" in texts
    assert "marked drop by hand" in texts
    assert f"… and {25 - ROWS_SHOWN} more: see Selection.decisions()" in texts


def test_a_selection_of_no_rows_is_shown() -> None:
    assert "none" in shown(select(World({A: []}), budget=1, by=A)).texts


def test_a_comparison_shows_a_table_for_each_section() -> None:
    figures = [
        Figure("Size", "rows", {HOSTILE[0]: Value.of([5]), "random": Value.of([5, 5])}),
        *(Figure("Mean", f"c{at}", {"random": Value.of([0.1, 0.3])}, "higher") for at in range(FIGURES_SHOWN + 2)),
    ]
    comparison = Comparison("<run>", {HOSTILE[0]: "selection", "random": "control"}, tuple(figures), ("how & why",))
    found = shown(comparison)
    assert found.texts[:3] == ["Selections of <run>", "Size (1)", HOSTILE[0]]
    assert "0.2 (0.1 to 0.3)" in found.texts
    assert "… and 2 more: see Comparison.table()" in found.texts
    assert found.texts[-1] == "how & why"


def test_what_is_cut_says_how_much() -> None:
    assert text_html("x" * (CHARACTERS_SHOWN + 1234)).endswith("… (1,234 more characters)")
    table = table_html("columns", ["column"], [[f"c{at}"] for at in range(130)], 100, "Run.columns")
    assert table.startswith("<details><summary>columns (130)</summary>")
    assert table.endswith("<div>… and 30 more: see Run.columns</div></details>")


def test_half_a_surrogate_pair_is_written_out_and_a_null_is_a_dash() -> None:
    assert text_html("a\udcff<") == "a\\udcff&lt;"
    assert text_html(None) == "–"
    assert text_html(0.123456) == "0.1235"


def test_a_run_that_was_stopped_before_its_first_score_is_shown(run: vlitq.Run) -> None:
    manifest = json.loads((run.path / "manifest.json").read_text())
    (run.path / "manifest.json").write_text(json.dumps({**manifest, "complete": False, "scorers": {}}))
    assert "6, not finished: run the same `score` again" in shown(vlitq.Run(run.path)).texts
