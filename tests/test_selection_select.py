"""Selections from small worlds: gates, missing scores, methods, decisions, and the subset on disk."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from selection_world import World, cosines

from vlitq.schema import Array
from vlitq.selection.explanation import sentence
from vlitq.selection.plugin import vlitq_register_selectors
from vlitq.selection.select import select
from vlitq.selector import Choice, Pool, SelectionError, SelectionRefused, Selector

A = "alignment.cosine"


def stages(selection: object) -> list[str]:
    stage: list[str] = selection.decisions()["stage"].to_pylist()  # type: ignore[attr-defined]  # any selection
    return stage


def reason(selection: object, row: int) -> str:
    return str(selection.decisions()["reason"][row])  # type: ignore[attr-defined]  # any selection


def test_top_takes_the_best_in_order_and_says_why() -> None:
    selection = select(cosines(0.1, 0.4, 0.3, 0.2), budget=2, by=A)
    assert selection.ids == ["s1", "s2"]
    assert reason(selection, 1) == "number 1 of 2 taken, score 0.875"
    assert reason(selection, 0) == "ranked 4 of 4, score 0.125; 2 of 4 rows were taken by 'top'"
    why = "ranked 4 of 4, score 0.125; 2 of 4 rows were taken by 'top'"
    assert selection.explain("s0") == f"'s0' is dropped because the budget did not reach it: {why}."


def test_the_decisions_hold_every_row_once() -> None:
    table = select(cosines(0.1, 0.4, None, failures={"alignment": ["ok", "ok", "not_applicable"]}), budget=1, by=A)
    decisions = table.decisions().to_pydict()
    assert decisions["row"] == [0, 1, 2]
    assert decisions["kept"] == [False, True, False]
    assert decisions["rank"] == [None, 1, None]
    assert decisions["score"] == [0.25, 0.75, 0.5]
    assert decisions["stage"] == ["budget", "kept", "budget"]
    assert decisions["reason"][2].endswith("middle rank in alignment.cosine: the sample has no image")


def test_the_validity_gate_is_on_and_says_what_it_dropped() -> None:
    selection = select(cosines(0.1, 0.2, 0.3, statuses=["ok", "role_order", "missing_image"]), budget="100%", by=A)
    assert selection.ids == ["s0"]
    assert reason(selection, 2) == "validity gate: missing_image: for a reason"
    assert selection.notes[0] == "2 rows dropped by the validity gate: 1 missing_image, 1 role_order"
    assert selection.notes[-1] == "2 rows short of the budget: no more rows pass"


def test_a_gate_drops_with_the_value_and_lets_pass_what_it_does_not_apply_to() -> None:
    world = cosines(0.113, 0.2, None, failures={"alignment": ["ok", "ok", "not_applicable"]})
    selection = select(world, budget=3, by=A, gates=["alignment.cosine >= 0.2"])
    assert stages(selection) == ["gate", "kept", "kept"]
    assert reason(selection, 0) == "gate alignment.cosine >= 0.2: 0.113"
    assert "1 row passed the gate alignment.cosine >= 0.2, having no alignment.cosine" in selection.notes


@pytest.mark.parametrize(
    ("gate", "kept"),
    [
        ("duplicates.representative == true", ["s0", "s2"]),
        ("duplicates.representative != true", ["s1"]),
        ("complexity.question_type != 'none'", ["s0", "s1"]),
        ("complexity.question_type in ('why', 'none')", ["s1", "s2"]),
        ("complexity.question_type not in ('why', 'none')", ["s0"]),
        ("complexity.words in (1, 3)", ["s0", "s2"]),
        ("complexity.words > -2", ["s0", "s1", "s2"]),
        ("source == 'coco'", ["s0"]),
        ("images > 1", ["s2"]),
        ("status == 'ok'", ["s0", "s1", "s2"]),
    ],
)
def test_gates_compare_numbers_labels_and_truth_values(gate: str, kept: list[str]) -> None:
    world = World(
        {
            "duplicates.representative": [True, False, True],
            "complexity.question_type": ["how", "why", "none"],
            "complexity.words": [1, 2, 3],
        },
        source=["coco", "vqa", None],
        images=[0, 1, 2],
    )
    assert sorted(select(world, budget=3, method="random", gates=gate).ids) == kept


def test_a_truth_value_is_shown_as_it_is_written() -> None:
    world = World({"duplicates.representative": [False, True]})
    selection = select(world, budget=1, method="random", gates="duplicates.representative == true")
    assert reason(selection, 0) == "gate duplicates.representative == true: false"


@pytest.mark.parametrize(
    ("gate", "problem"),
    [
        ("alignment.cosine", "not one comparison"),
        ("0.1 < alignment.cosine < 0.3", "give several gates"),
        ("0.1 < alignment.cosine", "'0.1' is not a column"),
        ("alignment.cosine >= high", "'high' is not a number"),
        ("alignment.cosine in 3", "is not a list of values"),
        ("alignment.cosine == 'x'", "holds numbers, 'x' is not one"),
        ("source > 'x'", "labels have no order"),
        ("source == 3", "holds labels, 3.0 is not one"),
        ("alignment.cosin >= 0.2", "Did you mean 'alignment.cosine'"),
    ],
)
def test_what_is_not_a_gate_is_refused_with_the_reason(gate: str, problem: str) -> None:
    with pytest.raises(SelectionError, match=problem):
        select(cosines(0.1, 0.2), budget=1, by=A, gates=[gate])


def test_a_literal_is_compared_in_the_precision_of_the_column() -> None:
    assert select(cosines(0.9, 0.1), budget=2, by=A, gates=["alignment.cosine >= 0.9"]).ids == ["s0"]


def hundred(missing: int, status: str = "error", **more: object) -> World:
    """100 rows, the last of which miss their cosine."""
    values = [row / 100 for row in range(100 - missing)] + [None] * missing
    failures = {"alignment": ["ok"] * (100 - missing) + [status] * missing}
    return World({A: values, "complexity.words": list(range(100))}, failures=failures, **more)  # type: ignore[arg-type]  # test's own


def test_six_missing_scores_of_a_hundred_are_refused_with_the_numbers_and_the_way_out() -> None:
    with pytest.raises(SelectionRefused) as refused:
        select(hundred(6), budget=10, by=A)
    assert str(refused.value).startswith(
        "column 'alignment.cosine' is missing for 6 of the 100 rows it applies to (6.0%, the limit is 5%): 6 error. "
    )
    assert all(option in str(refused.value) for option in ("missing='drop'", "'last'", "'middle'"))


def test_five_missing_scores_of_a_hundred_are_dropped_with_a_note() -> None:
    selection = select(hundred(5), budget=100, by=A)
    assert len(selection) == 95
    assert reason(selection, 99) == "alignment.cosine is missing: error"
    assert selection.notes[0] == "5 rows dropped because alignment.cosine is missing: 5 error"


def test_rows_a_column_does_not_apply_to_do_not_count_as_missing() -> None:
    assert len(select(hundred(60, "not_applicable"), budget=100, by=A)) == 100


def test_rows_to_which_a_column_does_not_apply_do_not_dilute_the_share_that_is_missing() -> None:
    world = cosines(
        *[0.5] * 9, None, *[None] * 90, failures={"alignment": ["ok"] * 9 + ["error"] + ["not_applicable"] * 90}
    )
    with pytest.raises(SelectionRefused, match="1 of the 10 rows"):
        select(world, budget=10, by=A)


def test_images_that_were_not_found_are_refused_though_the_validity_gate_would_drop_them() -> None:
    world = hundred(60, "missing_image", statuses=["ok"] * 40 + ["missing_image"] * 60)
    with pytest.raises(SelectionRefused, match="60 of the 100 rows it applies to"):
        select(world, budget=10, by=A)
    assert len(select(world, budget=100, by=A, missing="drop")) == 40
    assert len(select(world, budget=100, by="+complexity.words")) == 40


def test_records_that_are_not_samples_do_not_count_as_missing() -> None:
    assert len(select(hundred(60, "invalid", statuses=["ok"] * 40 + ["invalid"] * 60), budget=100, by=A)) == 40


def test_a_gate_on_a_missing_column_is_refused_too() -> None:
    with pytest.raises(SelectionRefused, match=A):
        select(hundred(6), budget=10, method="random", gates=["alignment.cosine > 0"])


def test_missing_scores_rank_last_or_in_the_middle_when_the_user_says_so() -> None:
    last = select(hundred(50), budget=100, by=A, missing="last")
    assert set(last.ids[50:]) == {f"s{row}" for row in range(50, 100)}
    middle = select(hundred(50), budget=25, by=A, missing="middle")
    assert set(middle.ids) == {f"s{row}" for row in range(25, 50)}
    assert "50 rows without alignment.cosine treated as last: 50 error" in last.notes
    assert reason(last, 99).endswith("alignment.cosine is missing, treated as last")


def test_missing_ranks_last_also_where_low_values_are_better() -> None:
    assert select(hundred(50), budget=50, by=f"-{A}", missing="last").ids[0] == "s0"
    assert set(select(hundred(50), budget=50, by=f"-{A}", missing="last").ids) == {f"s{row}" for row in range(50)}


def test_a_method_that_ranks_has_to_be_told_by_what() -> None:
    with pytest.raises(
        SelectionError, match=r"method 'top' ranks by a score; say by which \(--by EXPR, .*\). Columns: align"
    ):
        select(cosines(0.1), budget=1)


def test_random_needs_no_score_and_says_that_it_uses_none() -> None:
    selection = select(hundred(60), budget=10, method="random", by=A, seed=3)
    assert len(set(selection.ids)) == 10
    assert selection.notes[0] == "method 'random' does not rank: by='alignment.cosine' is not used"
    assert selection.decisions()["score"].null_count == 100
    assert selection.ids == select(hundred(60), budget=10, method="random", seed=3).ids
    assert selection.ids != select(hundred(60), budget=10, method="random", seed=4).ids


def test_stratified_keeps_the_mix_of_sources() -> None:
    world = cosines(*[row / 12 for row in range(12)], source=["a"] * 6 + ["b"] * 4 + ["c"] * 2)
    selection = select(world, budget=6, method="stratified", by=A)
    assert sorted(selection.ids) == ["s11", "s3", "s4", "s5", "s8", "s9"]
    assert reason(selection, 11) == "number 3 of 6 taken, score 0.750, source 'c'"


def test_stratified_can_share_equally_and_draw() -> None:
    world = cosines(*[0.5] * 12, source=["a"] * 8 + ["b"] * 4)
    options = {"quota": "equal", "within": "random"}
    selection = select(world, budget=6, method="stratified", options=options)
    assert sum(sample in {"s8", "s9", "s10", "s11"} for sample in selection.ids) == 3


def test_stratify_ranks_within_strata_for_every_method() -> None:
    world = cosines(0.1, 0.2, 0.8, 0.9, source=["a", "a", "b", "b"])
    assert select(world, budget=2, by=A, stratify="source").ids == ["s3", "s1"]
    assert select(world, budget=2, by=A).ids == ["s3", "s2"]


def test_a_token_budget_is_never_exceeded_and_skips_what_does_not_fit() -> None:
    selection = select(cosines(0.4, 0.3, 0.2, 0.1, tokens=[5, 7, 4, 1]), budget=10, unit="tokens", by=A)
    assert selection.ids == ["s0", "s2", "s3"]


def test_a_share_of_images_is_a_share_of_all_images() -> None:
    selection = select(cosines(0.4, 0.3, 0.2, 0.1, images=[1, 3, 1, 3]), budget="50%", unit="images", by=A)
    assert selection.ids == ["s0", "s1"]


def test_stratified_token_quotas_pass_their_change_on() -> None:
    world = cosines(0.4, 0.3, 0.2, 0.1, tokens=[6, 6, 6, 2], source=["a", "a", "b", "b"])
    selection = select(world, budget=10, unit="tokens", method="stratified", by=A)
    assert sorted(selection.ids) == ["s0", "s3"]


ANGLES = {"east": [1.0, 0.0], "near east": [0.96, 0.28], "north": [0.0, 1.0]}


def compass(*names: str, **more: object) -> World:
    vectors = np.array([ANGLES.get(name, [np.nan, np.nan]) for name in names], dtype=np.float32)
    values = np.linspace(0.9, 0.1, len(names)).tolist()
    return cosines(*values, features={"clip_image": vectors}, **more)  # type: ignore[arg-type]  # the test's own


def test_deita_skips_what_is_close_to_what_is_kept() -> None:
    selection = select(compass("east", "near east", "north"), budget=2, by=A, method="deita")
    assert selection.ids == ["s0", "s2"]
    assert stages(selection) == ["kept", "method", "kept"]
    assert reason(selection, 1).startswith("its cosine to 's0', which is kept, is 0.960, above 0.9")


def test_deita_compares_with_all_that_is_kept_not_with_all_there_is() -> None:
    # The second is skipped, so the third is compared with the first only: cosine 0.28.
    vectors = np.array([[1, 0], [0.96, 0.28], [0.28, 0.96]], dtype=np.float32)
    world = cosines(0.9, 0.8, 0.7, features={"clip_image": vectors})
    assert select(world, budget=2, by=A, method="deita", options={"threshold": "0.5"}).ids == ["s0", "s2"]


def test_deita_keeps_a_row_exactly_at_the_threshold() -> None:
    world = compass("east", "near east")
    assert select(world, budget=2, by=A, method="deita", options={"threshold": 0.96, "fill": False}).ids == ["s0", "s1"]


def test_deita_fills_the_budget_with_the_best_it_skipped_unless_told_not_to() -> None:
    world = compass("east", "near east", "east", "north")
    selection = select(world, budget=3, by=A, method="deita")
    assert selection.ids == ["s0", "s3", "s1"]
    assert "fills the budget: its cosine to 's0'" in reason(selection, 1)
    dry = select(world, budget=3, by=A, method="deita", options={"fill": "false"})
    assert dry.ids == ["s0", "s3"]
    assert dry.notes[-1].startswith("1 row short of the budget")


def test_deita_takes_rows_without_a_vector_by_their_rank() -> None:
    selection = select(compass("lost", "lost", "east"), budget=3, by=A, method="deita", options={"fill": False})
    assert selection.ids == ["s0", "s1", "s2"]
    assert "it has no joint vector" in reason(selection, 0)


def test_deita_joins_image_and_text_so_that_both_must_be_close() -> None:
    image = np.array([[1, 0], [1, 0], [1, 0], [np.nan, np.nan], [np.nan, np.nan]], dtype=np.float32)
    text = np.array([[1, 0], [0, 1], [1, 0], [1, 0], [1, 0]], dtype=np.float32)
    world = cosines(0.9, 0.8, 0.7, 0.6, 0.5, features={"clip_image": image, "clip_text": text})
    selection = select(world, budget=5, by=A, method="deita", options={"fill": False})
    assert selection.ids == ["s0", "s1", "s3"]


def test_deita_without_stored_vectors_says_which_it_looked_for() -> None:
    with pytest.raises(SelectionError, match="the run stores no 'joint' vectors"):
        select(cosines(0.1, 0.2), budget=1, by=A, method="deita")
    with pytest.raises(SelectionError, match="the run stores no 'dino' vectors"):
        select(cosines(0.1, 0.2), budget=1, by=A, method="deita", options={"feature": "dino"})


def test_deita_agrees_with_the_plain_loop_over_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vlitq.selection.methods.deita.BLOCK", 7)
    monkeypatch.setattr("vlitq.selection.maths.deita.CHUNK", 5)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    world = cosines(*rng.permutation(200).tolist(), features={"clip_image": vectors})
    selection = select(world, budget=40, by=A, method="deita", options={"fill": False, "threshold": 0.8})
    kept: list[int] = []
    for row in np.argsort([-value for value in world.scores[A]]).tolist():
        if len(kept) < 40 and all(float(vectors[row] @ vectors[other]) <= 0.8 for other in kept):
            kept.append(row)
    assert selection.rows.tolist() == kept


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"treshold": 0.5}, "method 'deita' has no option 'treshold'. Did you mean 'threshold'"),
        ({"threshold": "high"}, "threshold = 'high' is not float"),
        ({"fill": "maybe"}, "fill = 'maybe' is not bool"),
        ({"threshold": 3}, "threshold 3.0 is not a cosine"),
    ],
)
def test_options_are_checked_by_name_and_type(options: dict[str, object], problem: str) -> None:
    with pytest.raises(SelectionError, match=problem):
        select(cosines(0.1), budget=1, by=A, method="deita", options=options)


def test_names_and_units_that_do_not_exist_are_refused_with_the_list() -> None:
    with pytest.raises(SelectionError, match=r"no selection method 'topp'\. Did you mean 'top'"):
        select(cosines(0.1), budget=1, by=A, method="topp")
    with pytest.raises(SelectionError, match="unit 'words' is not one of rows, tokens, images"):
        select(cosines(0.1), budget=1, by=A, unit="words")  # type: ignore[arg-type]  # what a user may type
    with pytest.raises(SelectionError, match="missing 'skip' is not one of drop, last, middle"):
        select(cosines(0.1), budget=1, by=A, missing="skip")  # type: ignore[arg-type]  # what a user may type
    with pytest.raises(SelectionError, match="within = 'best' is not one of score, random"):
        select(cosines(0.1), budget=1, by=A, method="stratified", options={"within": "best"})


class Greedy(Selector):
    name = "greedy"
    description = "Takes everything, whatever the budget."

    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        return Choice(self.order(len(pool)))

    def order(self, rows: int) -> Array:
        return np.arange(rows)


def test_a_plugin_that_overspends_or_repeats_is_told_so() -> None:
    @dataclass(frozen=True)
    class Overspends(Greedy):
        pass

    @dataclass(frozen=True)
    class Repeats(Greedy):
        def order(self, rows: int) -> Array:
            return np.zeros(rows, dtype=int)

    with pytest.raises(SelectionError, match="method 'greedy' spent 2 of 1"):
        select(cosines(0.1, 0.2), budget=1, by=A, method="greedy", selectors={"greedy": Overspends})
    with pytest.raises(SelectionError, match="took a row twice"):
        select(cosines(0.1, 0.2), budget=2, by=A, method="greedy", selectors={"greedy": Repeats})


def test_the_plugin_offers_the_methods() -> None:
    assert {"deita", "random", "stratified", "top"} <= {method.name for method in vlitq_register_selectors()}


def test_ties_break_by_a_hash_and_not_by_the_order_of_the_rows() -> None:
    ids = [f"sample-{row}" for row in range(20)]
    forward = select(cosines(*[0.5] * 20, ids=ids), budget=5, by=A).ids
    assert select(cosines(*[0.5] * 20, ids=ids[::-1]), budget=5, by=A).ids == forward
    assert forward != sorted(ids)[:5]


def test_the_second_score_breaks_ties_across_strata() -> None:
    world = cosines(0.1, 0.9, source=["a", "b"])
    assert select(world, budget=1, by=A, stratify="source").ids == ["s1"]


def test_a_subset_is_written_in_input_order_with_its_decisions_and_manifest(tmp_path: Path) -> None:
    data = tmp_path / "data.txt"
    data.write_text("aa\nbb\ncc\n")
    selection = select(cosines(0.1, 0.2, 0.3, data=data), budget=2, by=A, seed=5)
    assert selection.ids == ["s2", "s1"]
    selection.write(tmp_path / "new" / "subset.txt")
    assert (tmp_path / "new" / "subset.txt").read_text() == "bb\ncc\n"
    assert pq.read_table(tmp_path / "new" / "subset.txt.decisions.parquet").equals(selection.decisions())
    manifest = json.loads((tmp_path / "new" / "subset.txt.manifest.json").read_text())
    assert manifest["selection"]["by"] == A
    assert manifest["selection"]["seed"] == 5
    assert manifest["rows"] == {"budget": 1, "kept": 2}
    assert manifest["dataset"] == {"sha256": "0"}
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "subset.txt",
        "subset.txt.decisions.parquet",
        "subset.txt.manifest.json",
    ]


def test_a_changed_dataset_and_the_dataset_itself_are_never_written(tmp_path: Path) -> None:
    data = tmp_path / "data.txt"
    data.write_text("aa\nbb\n")
    with pytest.raises(ValueError, match="changed since"):
        select(cosines(0.1, 0.2, data=data, unchanged=False), budget=1, by=A).write(tmp_path / "subset.txt")
    with pytest.raises(SelectionError, match="is the dataset itself"):
        select(cosines(0.1, 0.2, data=data), budget=1, by=A).write(data)
    assert [path.name for path in tmp_path.iterdir()] == ["data.txt"]


def test_an_unknown_sample_cannot_be_explained() -> None:
    with pytest.raises(SelectionError, match="no sample 's7'"):
        select(cosines(0.1), budget=1, by=A).explain("s7")


def test_a_decision_reads_as_a_sentence() -> None:
    decision = {"id": "a", "kept": True, "stage": "kept", "reason": "number 1 of 3 taken"}
    assert sentence(decision) == "'a' is kept: number 1 of 3 taken."


def test_a_quota_shares_the_budget_among_strata_whatever_the_method() -> None:
    world = World({A: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]}, source=["a", "a", "a", "a", "b", "b"])
    for how, expected in (("proportional", [2, 1]), ("equal", [2, 1]), ("sqrt", [2, 1]), (0, [2, 1])):
        kept = select(world, budget=3, method="top", by=A, stratify="source", quota=how)
        assert [sum(row < 4 for row in kept.rows), sum(row >= 4 for row in kept.rows)] == expected
    drawn = select(world, budget=4, method="random", stratify="source", quota="equal")
    assert sorted(row >= 4 for row in drawn.rows.tolist()) == [False, False, True, True]


def test_a_quota_needs_strata_and_is_a_known_one() -> None:
    world = cosines(0.1, 0.2)
    with pytest.raises(SelectionError, match="say which"):
        select(world, budget=1, by=A, quota="equal")
    with pytest.raises(SelectionError, match="not one of"):
        select(world, budget=1, by=A, stratify="source", quota="twice")


def test_of_rows_that_share_a_value_the_best_ranked_is_kept() -> None:
    world = World({A: [0.1, 0.9, 0.5, 0.2], "complexity.question_type": ["x", "x", None, None]})
    kept = select(world, budget="100%", by=A, one_per="complexity.question_type")
    assert kept.ids == ["s1", "s2", "s3"]
    assert "'s1' stands for the group" in kept.explain("s0")
    assert any("1 row dropped: one row is kept of each" in note for note in kept.notes)
