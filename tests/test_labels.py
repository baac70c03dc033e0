"""What people mark: kept on the disk whatever happens, and honoured by every selection."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_world import World, cosines
from test_selection_properties import METHODS, worlds

import vlitq
from vlitq.cli import main
from vlitq.labels import FILE, HUMAN, LabelError, digest, mark, mark_all, read
from vlitq.recipe import Recipe
from vlitq.selection.fields import UnknownColumn
from vlitq.selection.result import Selection
from vlitq.selection.select import select
from vlitq.store import RunError

A = "alignment.cosine"


def decided(selection: Selection) -> list[tuple[str, str]]:
    """Stage and reason of each row."""
    table = selection.decisions()
    return list(zip(table["stage"].to_pylist(), table["reason"].to_pylist(), strict=True))


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of four samples without images, scored by their words."""
    folder = tmp_path_factory.mktemp("labels")
    turns = [[("human", "What is it?"), ("gpt", "It is red. " * (row + 1))] for row in range(4)]
    records = [
        {"id": f"s{row}", "conversations": [{"from": who, "value": text} for who, text in conversation]}
        for row, conversation in enumerate(turns)
    ]
    (folder / "data.json").write_text(json.dumps(records), encoding="utf-8")
    vlitq.score(folder / "data.json", out=folder / "run", scorers=["complexity"], quiet=True)
    return folder / "run"


@pytest.fixture
def run(scored: Path) -> vlitq.Run:
    """The same with no marks."""
    (scored / FILE).unlink(missing_ok=True)
    return vlitq.open(scored)


def test_the_last_mark_of_a_row_counts_and_none_takes_it_back(tmp_path: Path) -> None:
    assert read(tmp_path) == {}
    mark(tmp_path, 3, "keep")
    mark(tmp_path, 1, "keep")
    mark(tmp_path, 1, "drop")
    assert list(read(tmp_path).items()) == [(1, "drop"), (3, "keep")]
    mark_all(tmp_path, {3: None, 0: "drop"})
    assert read(tmp_path) == {0: "drop", 1: "drop"}


def test_a_label_that_is_none_of_the_two_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match="label 'maybe' is not one of keep, drop"):
        mark_all(tmp_path, {0: "keep", 1: "maybe"})  # type: ignore[dict-item]  # that is the point
    assert not (tmp_path / FILE).exists()


def test_a_line_torn_by_a_crash_is_told_and_takes_neither_its_neighbours_nor_the_next_mark_with_it(
    tmp_path: Path,
) -> None:
    mark(tmp_path, 0, "keep")
    mark(tmp_path, 1, "drop")
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:-20])
    with pytest.warns(UserWarning, match=r"labels\.jsonl: line 2 is no label and is left out"):
        assert read(tmp_path) == {0: "keep"}
    mark(tmp_path, 2, "keep")
    with pytest.warns(UserWarning, match="line 2 is no label"):
        assert read(tmp_path) == {0: "keep", 2: "keep"}


def test_a_last_line_that_is_whole_but_for_its_end_counts(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"row": 1, "label": "keep"}\r\n\n{"row": 2, "label": "drop"}')
    mark(tmp_path, 3, "drop")
    assert read(tmp_path) == {1: "keep", 2: "drop", 3: "drop"}


@pytest.mark.parametrize(
    "line", ["[]", "3", '{"row": -1, "label": "keep"}', '{"row": true, "label": "keep"}', '{"row": 1}', "\udcff",
             '{"row": 1, "label": ["keep"]}', "[" * 100_000],
)  # fmt: skip
def test_a_line_that_is_no_label_is_told_and_left_out(tmp_path: Path, line: str) -> None:
    text = f'{{"row": 0, "label": "keep"}}\n{line}\n'
    (tmp_path / FILE).write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.warns(UserWarning, match="line 2 is no label"):
        assert read(tmp_path) == {0: "keep"}


def test_the_digest_is_of_what_is_said_not_of_when() -> None:
    assert digest({0: "keep", 5: "drop"}) == digest({5: "drop", 0: "keep"}) != digest({0: "keep"})


def test_a_run_reads_marks_made_elsewhere_and_has_a_column_while_there_are_any(run: vlitq.Run) -> None:
    assert HUMAN not in run.columns
    assert HUMAN not in run.table().column_names
    vlitq.open(run.path).mark(2, "keep")
    assert run.labels == {2: "keep"}
    assert run.table()[HUMAN].to_pylist() == [None, None, "keep", None]
    assert run.status("human").tolist() == ["not_applicable", "not_applicable", "ok", "not_applicable"]
    run.mark(2, None)
    assert HUMAN not in run.columns


def test_the_file_is_read_once_while_it_stays_the_same(run: vlitq.Run) -> None:
    run.mark(0, "drop")
    assert run.labels is run.labels
    with open(run.path / FILE, "a", encoding="utf-8") as file:
        file.write("torn")
    with pytest.warns(UserWarning, match="no label"):
        assert run.labels == {0: "drop"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run.labels == {0: "drop"}


def test_marks_that_are_added_taken_out_or_written_over_are_all_seen(run: vlitq.Run) -> None:
    run.mark_all(dict.fromkeys(range(4), "keep"))
    assert run.labels == dict.fromkeys(range(4), "keep")
    run.mark_all({1: None, 2: "drop"})
    assert run.labels == {0: "keep", 2: "drop", 3: "keep"}
    file = run.path / FILE
    file.write_bytes(file.read_bytes().replace(b"keep", b"drop"))
    assert run.labels == {0: "drop", 2: "drop", 3: "drop"}
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))
    assert run.labels == {0: "drop", 1: "drop"}
    file.unlink()
    assert run.labels == {}


def test_a_row_that_is_not_there_cannot_be_marked_and_its_mark_from_elsewhere_is_told(run: vlitq.Run) -> None:
    with pytest.raises(RunError, match="has no row 4; it has 4"):
        run.mark_all({0: "keep", 4: "keep"})
    assert run.labels == {}
    mark_all(run.path, {0: "keep", 9: "drop"})
    with pytest.warns(UserWarning, match="1 of 2 labels are of rows that the run does not have"):
        assert run.labels == {0: "keep"}


def test_a_row_marked_drop_is_not_taken_and_one_marked_keep_is_taken_first_past_gates() -> None:
    world = cosines(0.1, 0.4, 0.3, 0.2, labels={1: "drop", 0: "keep"})
    selection = select(world, budget=2, by=A, gates=[f"{A} >= 0.2"])
    assert selection.ids == ["s0", "s2"]
    assert decided(selection) == [
        ("kept", "number 1 of 2 taken, score 0.167; marked keep by hand"),
        ("human", "marked drop by hand"),
        ("kept", "number 2 of 2 taken, score 0.833"),
        ("budget", "ranked 2 of 3, score 0.500; 2 of 3 rows were taken: 1 by hand, 1 by 'top'"),
    ]
    assert "1 row dropped: marked drop by hand" in selection.notes
    assert "1 row taken before all others: marked keep by hand" in selection.notes
    assert "2 of 3 rows that pass or are marked keep are taken: 2 of a budget of 2 rows" in selection.notes
    assert selection.manifest["labels"] == {"sha256": digest(world.labels), "keep": 1, "drop": 1}
    assert selection.manifest["rows"] == {"budget": 1, "human": 1, "kept": 2}


def test_labels_can_be_left_out_of_account() -> None:
    world = cosines(0.1, 0.4, labels={1: "drop", 0: "keep"})
    selection = select(world, budget=1, by=A, ignore_labels=True)
    assert selection.ids == ["s1"]
    assert selection.manifest["labels"] is None
    assert selection.manifest["selection"]["ignore_labels"] is True
    assert select(cosines(0.1, 0.4), budget=1, by=A).manifest["labels"] is None


def test_of_more_rows_marked_keep_than_the_budget_buys_the_best_ranked_are_taken() -> None:
    selection = select(cosines(0.1, 0.4, 0.3, 0.9, labels=dict.fromkeys([0, 1, 2], "keep")), budget=2, by=A)
    assert selection.ids == ["s1", "s2"]
    stage, reason = decided(selection)[0]
    assert stage == "budget"
    assert reason == "marked keep by hand, ranked 3; the budget buys 2 of the 3 rows so marked"
    told = "1 row marked keep by hand, and not taken: the budget buys 2 of the 3 rows so marked, the best ranked"
    assert told in selection.notes
    assert decided(selection)[3][0] == "budget"


def test_a_record_that_cannot_be_trained_on_stays_out_and_an_odd_one_marked_keep_comes_in() -> None:
    statuses = ["invalid", "missing_image", "role_order", "ok"]
    selection = select(cosines(0.1, 0.2, 0.3, 0.4, statuses=statuses, labels=dict.fromkeys(range(3), "keep")),
                       budget=4, by=A)  # fmt: skip
    assert selection.ids == ["s2", "s3"]
    assert decided(selection)[1] == (
        "gate", "validity gate: missing_image: for a reason; marked keep by hand all the same",
    )  # fmt: skip
    assert ("2 rows marked keep by hand cannot be trained on, and left out: 1 invalid, 1 missing_image"
            in selection.notes)  # fmt: skip
    assert "1 row marked keep by hand, past the validity gate: 1 role_order" in selection.notes


def test_a_row_marked_keep_is_taken_without_the_score_that_ranks_and_ranks_last() -> None:
    world = cosines(*[0.5] * 40, None, 0.6, failures={"alignment": ["ok"] * 40 + ["error", "ok"]}, labels={40: "keep"})
    selection = select(world, budget=2, by=A)
    assert selection.ids == ["s40", "s41"]
    assert decided(selection)[40][1] == (
        "number 1 of 2 taken, score 0.000; marked keep by hand; alignment.cosine is missing"
    )


def test_a_row_marked_keep_stands_for_its_group_and_two_of_a_group_both_stay() -> None:
    group = "complexity.question_type"
    world = World({A: [0.1, 0.9, 0.5, 0.4], group: ["x", "x", "x", "y"]}, labels={0: "keep", 2: "keep"})
    selection = select(world, budget="100%", by=A, one_per=group)
    assert selection.ids == ["s2", "s0", "s3"]
    assert decided(selection)[1] == ("gate", f"one per {group}: 's2' stands for the group")


def test_rows_marked_keep_count_in_the_quota_of_their_stratum() -> None:
    scores = [0.9, 0.8, 0.7, 0.1, 0.6, 0.5, 0.4, 0.3]
    world = World({A: scores}, source=["a"] * 4 + ["b"] * 4, labels={3: "keep"})
    selection = select(world, budget=4, by=A, stratify="source", quota="equal")
    assert selection.ids[0] == "s3"
    assert sorted(selection.rows.tolist()) == [0, 3, 4, 5]


def test_a_stratum_with_more_rows_marked_keep_than_its_quota_leaves_less_to_the_others() -> None:
    world = World({A: [0.5] * 6}, source=["a"] * 3 + ["b"] * 3, labels=dict.fromkeys(range(3), "keep"))
    selection = select(world, budget=4, by=A, stratify="source", quota="equal")
    assert sorted(selection.rows.tolist())[:3] == [0, 1, 2]
    assert len(selection) == 4


def test_a_gate_on_the_label_works_as_on_any_and_labels_do_not_rank(run: vlitq.Run) -> None:
    run.mark(1, "keep")
    run.mark(2, "drop")
    selection = vlitq.select(run, budget=4, method="random", gates=["human.label != 'drop'"], ignore_labels=True)
    assert sorted(selection.ids) == ["s0", "s1", "s3"]
    assert decided(selection)[2] == ("gate", "gate human.label != 'drop': 'drop'")
    strata = vlitq.select(run, budget=4, method="stratified", by="+tokens", stratify=HUMAN)
    assert strata.decisions()["stratum"].to_pylist() == ["(none)", "keep", None, "(none)"]
    with pytest.raises(vlitq.VlitqError, match="holds labels, which do not rank"):
        vlitq.select(run, budget=1, by=HUMAN)


def test_a_gate_on_the_label_of_a_run_without_marks_says_how_to_mark(run: vlitq.Run) -> None:
    with pytest.raises(UnknownColumn, match="nobody has marked a sample of this run yet"):
        vlitq.select(run, budget=1, method="random", gates=["human.label != 'drop'"])


def test_an_explanation_claims_no_gates_of_a_row_that_a_person_decided() -> None:
    world = cosines(0.1, 0.4, 0.3, labels={0: "keep", 1: "drop"})
    selection = select(world, budget=2, by=A, gates=[f"{A} >= 0.2"])
    assert selection.explanation(0).gates == ()
    assert selection.explanation(2).gates == (f"{A} >= 0.2",)
    assert selection.explain("s1") == "'s1' is dropped because a person said so: marked drop by hand."


@st.composite
def marked(draw: st.DrawFn) -> World:
    """A world some of whose rows are marked."""
    world = draw(worlds())
    rows = st.integers(0, max(len(world.ids) - 1, 0))
    labels = draw(st.dictionaries(rows, st.sampled_from(["keep", "drop"]), max_size=8)) if world.ids else {}
    return World(**{**vars(world), "labels": labels})


@given(marked(), METHODS, st.integers(0, 35), st.sampled_from([None, "equal", "proportional"]), st.booleans())
def test_no_row_marked_drop_is_taken_and_all_marked_keep_are_while_the_budget_lasts(
    world: World, method: str, budget: int, quota: str | None, gated: bool
) -> None:
    gates = [f"{A} >= 0.3"] if gated else []
    by = f"min({A}, duplicates.similarity)"
    selection = select(world, budget=budget, method=method, by=by, stratify="source", quota=quota, gates=gates)  # type: ignore[arg-type]  # a quota
    whole = {row for row, status in enumerate(world.statuses) if status == "ok"}
    keep = {row for row, label in world.labels.items() if label == "keep"} & whole
    drop = {row for row, label in world.labels.items() if label == "drop"}
    passing = {row for row in whole - drop if row in keep or not gated or (world.scores[A][row] or 1) >= 0.3}
    taken = selection.rows.tolist()
    assert not drop & set(taken)
    assert set(taken[: len(keep)]) <= keep
    assert len(keep & set(taken)) == min(len(keep), budget)
    assert len(taken) == min(budget, len(passing))
    assert [stage == "kept" for stage, _ in decided(selection)] == selection.decisions()["kept"].to_pylist()


@given(marked(), METHODS, st.integers(0, 150))
def test_a_budget_of_tokens_holds_with_marks_too(world: World, method: str, budget: int) -> None:
    selection = select(world, budget=budget, method=method, by=f"min({A}, duplicates.similarity)", unit="tokens")
    tokens = np.array(world.tokens, dtype=int)
    left = budget - int(tokens[selection.rows].sum())
    takeable = {row for row, status in enumerate(world.statuses) if status == "ok" and world.labels.get(row) != "drop"}
    assert left >= 0
    assert not [row for row in takeable - set(selection.rows.tolist()) if 0 < tokens[row] <= left]


def test_the_command_marks_several_samples_and_selecting_and_explaining_heed_it(
    run: vlitq.Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = str(run.path), str(tmp_path / "subset.json")
    assert main(["mark", folder, "s0", "#2", "keep"]) == 0
    assert capsys.readouterr().out == "2 rows marked keep; in all 2 keep, 0 drop\n"
    assert main(["mark", folder, "s3", "drop", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rows": [3], "label": "drop", "labels": {"keep": 2, "drop": 1}}
    asked = ["select", folder, "--out", out, "--budget", "3", "--by", "+tokens"]
    assert main(asked) == 0
    assert "1 dropped: marked drop by hand" in capsys.readouterr().out
    assert main(["explain", folder, "s3"]) == 0
    told = capsys.readouterr().out
    assert "\nmarked drop by hand\n" in told
    assert "'s3' is dropped because a person said so: marked drop by hand." in told
    assert main([*asked, "--ignore-labels"]) == 0
    assert "by hand" not in capsys.readouterr().out
    assert main(["mark", folder, "s0", "s2", "s3", "none"]) == 0
    assert run.labels == {}


def test_the_command_marks_none_where_one_id_is_unknown(run: vlitq.Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mark", str(run.path), "s0", "s9", "drop"]) == 2
    assert "no sample 's9'" in capsys.readouterr().err
    assert run.labels == {}


def test_a_recipe_may_ignore_labels(run: vlitq.Run) -> None:
    run.mark(0, "drop")
    recipe = Recipe.from_dict({"select": {"budget": 4, "method": "random", "ignore_labels": True}})
    assert len(vlitq.select(run, recipe=recipe)) == 4
    assert len(vlitq.select(run, recipe=recipe, ignore_labels=False)) == 3
