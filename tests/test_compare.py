"""Comparisons of selections of small worlds, their figures worked out by hand; and what cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from selection_world import World

from vlitq.comparison.chosen import Chosen, chosen, names_of, run_of
from vlitq.comparison.compare import WHOLE, Asked, compare
from vlitq.comparison.rank_correlation import spearman
from vlitq.comparison.result import Comparison
from vlitq.comparison.rows import Rows
from vlitq.comparison.sets import jaccard
from vlitq.host import Offer, Plugin
from vlitq.measure import Measure, Subset
from vlitq.selection.select import select
from vlitq.store import RunError

A = "alignment.cosine"
PLUGIN = Plugin("own", "own-plugin", "1.0", "own")


@dataclass(frozen=True)
class Spread(Measure):
    """Of the vectors: how far they are from their mean; and how many distinct words the dialogues have."""

    name = "spread"
    axis = "diversity"
    description = "d"
    numbers: ClassVar = {
        "length": "Length of the mean vector, in [0, 1].",
        "words": "Distinct words.",
        "never": "Nothing.",
    }
    directions: ClassVar = {"length": "lower"}

    def measure(self, subset: Subset) -> Mapping[str, float]:
        words = {word for text in subset.texts("dialogue") for word in text.split()}
        return {
            "length": float(np.linalg.norm(subset.feature("clip_image").mean(axis=0))),
            "words": float(len(words)),
        }


@dataclass(frozen=True)
class Broken(Measure):
    name = "broken"
    axis = "balance"
    description = "d"
    numbers: ClassVar = {"n": "A number."}

    def measure(self, subset: Subset) -> Mapping[str, float]:
        raise ValueError("it is broken")


def world(**more: object) -> World:
    """Four rows: two of coco, two of vqa; the longer, the better aligned."""
    return World(
        {A: [0.1, 0.2, 0.3, 0.4], "duplicates.similarity": [0.5, 0.7, 0.9, 0.5]},
        source=["coco", "coco", "vqa", "vqa"],
        tokens=[10, 20, 30, 40],
        features={"clip_image": np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)},
        dialogues=["a b", "a c", "d", "d"],
        **more,  # type: ignore[arg-type]  # fields of the world
    )


def compared(run: World, seeds: int = 3, measures: tuple[type[Measure], ...] = (), **by: str) -> Comparison:
    """Selections of half of the rows by name, ranked as said."""
    selections = [chosen(name, select(run, budget="50%", by=one)) for name, one in by.items()]
    return compare(run, selections, Asked("source", seeds, tuple(Offer(one, PLUGIN) for one in measures)))


def mean(found: Comparison, section: str, name: str, of: str) -> float:
    value = found.value(section, name, of)
    assert value is not None
    return value.mean


def test_sizes_means_and_shares_are_those_of_the_rows_kept() -> None:
    found = compared(world(), best=A, worst=f"-{A}")
    assert [mean(found, "Size", unit, "best") for unit in ("rows", "tokens", "images")] == [2, 70, 2]
    assert mean(found, "Mean of the scores", A, "best") == pytest.approx(0.35)
    assert mean(found, "Mean of the scores", A, WHOLE) == pytest.approx(0.25)
    assert mean(found, "Share kept of each source", "vqa", "best") == 1
    assert mean(found, "Share kept of each source", "vqa", "worst") == 0
    assert mean(found, "Share of the set, by source", "coco", "worst") == 1
    assert mean(found, "Share of the set, by source", "coco", WHOLE) == 0.5


def test_selections_without_a_common_row_do_not_overlap_and_each_overlaps_with_itself() -> None:
    found = compared(world(), best=A, worst=f"-{A}")
    assert mean(found, "Overlap (Jaccard)", "best", "worst") == 0
    assert mean(found, "Overlap (Jaccard)", "best", "best") == 1


@pytest.mark.parametrize(
    ("a", "b", "index"), [([], [], None), ([1], [], 0), ([1, 2, 3], [2, 3, 4], 0.5), ([4, 1], [1, 4], 1)]
)
def test_jaccards_index_is_the_share_of_the_union_that_is_common(a: list[int], b: list[int], index: float) -> None:
    assert jaccard(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)) == index


def test_the_controls_are_what_select_draws_at_the_same_seeds() -> None:
    run = world()
    found = compared(run, best=A)
    drawn = [select(run, budget=2, method="random", seed=seed).rows for seed in range(3)]
    tokens = [float(np.array(run.tokens)[rows].sum()) for rows in drawn]
    value = found.value("Size", "tokens", "random")
    assert value is not None
    assert (value.low, value.high) == (min(tokens), max(tokens))
    assert value.mean == pytest.approx(np.mean(tokens))
    assert mean(found, "Share kept of each source", "coco", "stratified") == 0.5


def test_controls_leave_out_what_the_validity_gate_drops_and_spend_the_same_tokens_at_most() -> None:
    run = replace(world(), statuses=["ok", "ok", "ok", "missing_image"])
    selections = [chosen("short", select(run, budget=35, unit="tokens", by=A))]
    found = compare(run, selections, Asked("source", 5, ()))
    assert mean(found, "Size", "tokens", "short") == 30
    value = found.value("Size", "tokens", "random")
    assert value is not None
    assert value.high <= 30
    images = found.value("Size", "images", "random")
    assert images is not None
    assert images.high <= 2


def test_selections_of_different_budgets_have_controls_of_their_own() -> None:
    run = world()
    selections = [chosen(str(rows), select(run, budget=rows, by=A)) for rows in (1, 3)]
    found = compare(run, selections, Asked("source", 2, ()))
    assert list(found.sets) == [
        "1", "3", "random, 1 row", "stratified, 1 row", "random, 3 rows", "stratified, 3 rows", WHOLE,
    ]  # fmt: skip
    assert mean(found, "Size", "rows", "random, 3 rows") == 3


def test_length_is_the_first_thing_a_ranking_is_held_against() -> None:
    found = compared(world(), best=A, worst=f"-{A}", other="-duplicates.similarity")
    section = "Rank correlation with length (tokens)"
    assert mean(found, section, "the ranking", "best") == pytest.approx(1)
    assert mean(found, section, "the ranking", "worst") == pytest.approx(-1)
    assert mean(found, section, A, WHOLE) == pytest.approx(1)
    # Kept: 0 0 1 1 against ranks 1 2 3 4: covariance 2 of the deviations, by the roots of 1 and 5.
    assert mean(found, section, "being kept", "best") == pytest.approx(2 / 5**0.5)
    ranked = "Rank correlation of the ranking with each column"
    assert mean(found, ranked, "duplicates.similarity", "other") == pytest.approx(-1)


def test_spearman_takes_ties_at_their_middle_and_leaves_out_what_is_not_known() -> None:
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 100.0, 1000.0])) == pytest.approx(1)
    assert spearman(np.array([1.0, 2.0, np.nan, 3.0]), np.array([3.0, 2.0, 9.0, 1.0])) == pytest.approx(-1)
    # Mid-ranks 1.5 1.5 3 4 against 1 2 3 4: 4.5 / sqrt(4.5 * 5).
    assert spearman(np.array([1.0, 1, 2, 3]), np.array([1.0, 2, 3, 4])) == pytest.approx(4.5 / 22.5**0.5)
    assert spearman(np.array([1.0, 1.0]), np.array([1.0, 2.0])) is None
    assert spearman(np.array([1.0]), np.array([1.0])) is None
    assert spearman(np.array([]), np.array([])) is None


def test_a_method_that_does_not_rank_has_no_ranking_to_correlate() -> None:
    run = world()
    found = compare(run, [chosen("drawn", select(run, budget=2, method="random"))], Asked("source", 1, ()))
    assert found.value("Rank correlation with length (tokens)", "the ranking", "drawn") is None
    assert found.value("Rank correlation with length (tokens)", "being kept", "drawn") is not None


def test_measures_speak_of_every_set_and_of_each_draw_of_a_control() -> None:
    found = compared(world(), measures=(Spread,), best=A)
    assert mean(found, "Diversity", "spread.length", "best") == 1  # both rows of vqa have the same vector
    assert mean(found, "Diversity", "spread.length", WHOLE) == pytest.approx(0.5**0.5)
    assert mean(found, "Diversity", "spread.length", "stratified") == pytest.approx(0.5**0.5)
    assert [mean(found, "Diversity", "spread.words", one) for one in ("best", WHOLE)] == [1, 4]
    assert found.value("Diversity", "spread.never", "best") is None
    assert {figure.better for figure in found.figures if figure.name == "spread.length"} == {"lower"}


def test_a_measure_that_fails_is_told_of_with_its_plugin_and_the_others_go_on() -> None:
    found = compared(world(), measures=(Broken, Spread), best=A)
    (note,) = [note for note in found.notes if "broken" in note]
    assert "measure 'broken' of own (own-plugin 1.0)" in note
    assert "ValueError: it is broken" in note
    assert found.value("Diversity", "spread.words", "best") is not None


def test_a_vector_that_the_run_does_not_hold_is_the_measures_failure_and_not_ours() -> None:
    found = compared(replace(world(), features={}), measures=(Spread,), best=A)
    assert any("the run stores no 'clip_image' vectors" in note for note in found.notes)


def test_a_subset_gives_columns_with_null_as_null_and_reads_texts_once() -> None:
    run = replace(world(), source=["coco", None, "vqa", "vqa"], scores={A: [0.1, None, 0.3, 0.4]})
    some = Rows(run).of(np.array([2, 1]))
    assert some.column("source").tolist() == [None, "vqa"]
    assert np.isnan(some.column(A)[0])
    assert some.column("tokens").tolist() == [20, 30]
    assert some.texts("dialogue") == ["a c", "d"]
    assert len(some) == 2
    with pytest.raises(RunError, match=r"Did you mean 'alignment\.cosine'"):
        some.column("alignment.cosin")


def test_the_time_that_selecting_took_is_in_the_comparison() -> None:
    run = replace(
        world(),
        manifest={
            "dataset": {},
            "passes": [
                {"seconds": 2.0, "scorers": {"alignment": 0.5}},
                {"seconds": 1.0, "scorers": {"alignment": 1.0}},
            ],
        },
    )
    found = compared(run, best=A, drawn="-duplicates.similarity")
    assert mean(found, "Cost in seconds", "selecting", "best") >= 0
    assert mean(found, "Cost in seconds", "scoring, all passes", WHOLE) == 3
    assert mean(found, "Cost in seconds", "scoring, alignment alone", "best") == 1.5
    assert found.value("Cost in seconds", "scoring, alignment alone", "drawn") is None


def test_a_comparison_reads_as_a_table_as_json_and_as_markdown() -> None:
    found = compared(world(), best=A)
    table = found.table()
    assert table.column_names == ["section", "figure", "better", "set", "kind", "mean", "low", "high"]
    assert {"selection", "control", "whole"} == set(table["kind"].to_pylist())
    assert found.to_dict()["sets"]["random"] == "control"
    assert "| tokens | 70 " in found.to_markdown()
    assert "\ntokens  70 " in str(found)
    assert found.to_csv().splitlines()[1] == '"Size","rows","neutral","best","selection",2,2,2'


def test_of_many_strata_the_largest_are_printed_and_all_are_in_the_table() -> None:
    run = World({A: [0.1] * 60}, source=[f"s{row}" for row in range(60)])
    found = compare(run, [chosen("x", select(run, budget=30, by=A))], Asked("source", 1, ()))
    assert "20 more are in the table" in str(found)
    assert len({figure.name for figure in found.figures if figure.section == "Share kept of each source"}) == 60


def test_a_selection_of_other_data_or_of_the_run_as_it_was_is_refused_and_named() -> None:
    run = world(manifest={"dataset": {"sha256": "1"}, "scorers": {"alignment": {"key": "k1"}}})
    made = chosen("mine", select(run, budget=2, by=A))
    other = replace(run, manifest={**run.manifest, "dataset": {"sha256": "2"}})
    with pytest.raises(RunError, match="'mine' is of other rows than the run"):
        compare(other, [made], Asked("source", 1, ()))
    rescored = replace(run, manifest={**run.manifest, "scorers": {"alignment": {"key": "k2"}}})
    with pytest.raises(RunError, match="has changed since selection 'mine' was made: 'alignment' was scored anew"):
        compare(rescored, [made], Asked("source", 1, ()))


def test_nothing_to_compare_no_draws_and_an_unknown_stratum_are_errors_with_a_way_out() -> None:
    run = world()
    with pytest.raises(RunError, match="write a subset"):
        compare(run, [], Asked("source", 1, ()))
    with pytest.raises(RunError, match="needs one at least"):
        Asked("source", 0, ())
    with pytest.raises(RunError, match=r"no column 'sauce'\. Did you mean 'source'"):
        compare(run, [chosen("x", select(run, budget=1, by=A))], Asked("sauce", 1, ()))


def test_written_subsets_are_read_back_and_must_be_of_one_run(tmp_path: Path) -> None:
    data = tmp_path / "data.txt"
    data.write_text("aa\nbb\ncc\ndd\n")
    paths = []
    for number in (1, 2):
        run = world(data=data, path=tmp_path / f"run{number}")
        paths.append(tmp_path / f"subset{number}.txt")
        select(run, budget=2, by=A).write(paths[-1])
    assert chosen("one", paths[0]).rows.tolist() == [2, 3]
    assert run_of(paths[:1]) == tmp_path / "run1"
    with pytest.raises(RunError, match=r"different runs.*subset1\.txt of .*run1; .*subset2\.txt of .*run2"):
        run_of(paths)
    with pytest.raises(RunError, match="is not a subset that `vlitq select` wrote"):
        chosen("none", data)
    paths[0].with_name("subset1.txt.manifest.json").write_text("{}")
    with pytest.raises(RunError, match="is not the manifest of a selection"):
        run_of(paths)


def test_subsets_are_named_by_their_stem_unless_two_share_it() -> None:
    paths = [Path("a/x.json"), Path("b/x.json"), Path("y.json"), Path("y.json")]
    assert names_of(paths) == {"a/x.json": paths[0], "b/x.json": paths[1], "y": paths[2]}
    deep = [Path("/r/one/x.json"), Path("/r/two/x.json"), Path("x.json")]
    assert list(names_of(deep)) == ["one/x.json", "two/x.json", "x.json"]


def test_empty_selections_and_empty_runs_are_compared_too() -> None:
    run = world()
    found = compare(run, [chosen("none", select(run, budget=0, by=A))], Asked("source", 3, (Offer(Spread, PLUGIN),)))
    assert mean(found, "Size", "rows", "none") == 0
    assert found.value("Overlap (Jaccard)", "none", "none") is None
    empty = World({A: []})
    assert isinstance(chosen("e", select(empty, budget=1, by=A)), Chosen)
    assert (
        mean(compare(empty, [chosen("e", select(empty, budget=1, by=A))], Asked("source", 2, ())), "Size", "rows", "e")
        == 0
    )
