"""What a person reads who asks a run for what it does not have: the cause, and what to type next."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from selection_world import World

import vlitq
from vlitq.errors import VlitqError
from vlitq.selection.fields import UnknownColumn
from vlitq.selection.select import select
from vlitq.selector import SelectionError

A = "alignment.cosine"


def world(**more: object) -> World:
    return World({A: [0.1, 0.2, 0.3, 0.4]}, **more)  # type: ignore[arg-type]  # fields of the world


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("ifd.ratio", r"no column 'ifd.ratio': scorer 'ifd' was not run, only alignment\..*--scorers ifd adds it"),
        ("cosine", r"no column 'cosine'\. Did you mean 'alignment.cosine'\?$"),
        ("aligment.cosine", r"Did you mean 'alignment.cosine'\?"),
        ("alignment.foo", r"There are: alignment.cosine$"),
        ("sauce", r"Did you mean 'source'\?"),
    ],
)
def test_an_unknown_column_says_whether_a_name_is_misspelt_or_a_scorer_was_not_run(column: str, told: str) -> None:
    with pytest.raises(UnknownColumn, match=told) as raised:
        select(world(), budget=1, by=column)
    assert raised.value.column == column


def test_vectors_that_are_not_stored_come_with_the_names_of_those_that_are() -> None:
    roles = {"clip_image": "conse_image", "text_embedding": "minilm", "language_model": "loss"}
    manifest = {"roles": roles, "features": {"conse_image": {}, "minilm.dialogue": {}, "content": {}}}
    run = world(features={"clip_image": np.eye(4, dtype=np.float32)}, manifest=manifest)
    with pytest.raises(SelectionError, match=r"feature=NAME: clip_image, text_embedding.dialogue; or score"):
        select(run, budget=1, method="k_center", by=A, options={"feature": "dino"})


def test_a_label_that_no_row_has_is_told_with_those_there_are() -> None:
    found = select(world(source=["coco", "coco", "vqa", "vqa"]), budget=1, by=A, gates=["source == 'cocoa'"])
    assert "no row has the source 'cocoa'; there are: 'coco', 'vqa'" in found.notes
    fine = select(world(source=["coco", "coco", "vqa", "vqa"]), budget=1, by=A, gates=["source in ('coco', 'vqa')"])
    assert not any("no row has" in note for note in fine.notes)


def test_a_gate_that_cannot_be_read_shows_a_gate_and_how_labels_are_quoted() -> None:
    with pytest.raises(SelectionError, match=r"write COLUMN OPERATOR VALUE, for example 'alignment.cosine >= 0.2'"):
        select(world(), budget=1, by=A, gates=["alignment.cosine over 3"])
    with pytest.raises(SelectionError, match=r"a label is quoted: 'coco'"):
        select(world(), budget=1, by=A, gates=["source == coco"])


def test_a_share_that_rounds_to_nothing_is_told() -> None:
    assert "the budget (10%) is rounded down to none: ask for more" in select(world(), budget="10%", by=A).notes
    assert not any("rounded" in note for note in select(world(), budget=0, by=A).notes)


@pytest.fixture
def run(tmp_path: Path) -> vlitq.Run:
    """Two samples, scored for complexity only."""
    turns = [{"from": "human", "value": "What is this?"}, {"from": "gpt", "value": "A boat."}]
    data = tmp_path / "data.json"
    data.write_text(json.dumps([{"id": f"s{one}", "conversations": turns} for one in range(2)]), encoding="utf-8")
    return vlitq.score(data, out=tmp_path / "run", scorers=["complexity"], device="cpu", quiet=True)


def test_a_recipe_whose_scorers_were_not_run_says_how_to_run_them(run: vlitq.Run) -> None:
    with pytest.raises(VlitqError, match=r"recipe 'ifd' needs ifd.*`vlitq score .* --recipe ifd --out .*` adds"):
        vlitq.select(run, recipe="ifd")


def test_a_recipe_that_does_not_select_says_so(run: vlitq.Run) -> None:
    with pytest.raises(VlitqError, match="recipe 'clipscore' scores, and leaves selecting to you; how much to keep"):
        vlitq.select(run, recipe="clipscore")


def test_another_unknown_column_is_not_blamed_on_the_recipe(run: vlitq.Run) -> None:
    with pytest.raises(VlitqError, match="scorer 'nowhere' was not run"):
        vlitq.select(run, recipe="ifd", by="nowhere.x", gates=[])
