"""What makes selections quick does not change them: reasons written late, ranks made once, labels kept as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from selection_world import World, cosines

from vlitq.charts.kinds import Grid, matrix
from vlitq.comparison.rank_correlation import Ranking
from vlitq.selection.fields import Fields
from vlitq.selection.select import select
from vlitq.selection.strata import strata_by
from vlitq.selector import Pool


def test_the_decision_on_one_row_is_that_of_the_whole_table() -> None:
    world = cosines(0.9, 0.1, 0.5, None, 0.7, source=["a", "b", "a", "b", "a"])
    found = select(world, budget=2, by="alignment.cosine", gates=["alignment.cosine >= 0.2"], stratify="source")
    whole = found.decisions().to_pylist()
    assert [found.decided(row, row + 1).to_pylist()[0] for row in range(5)] == whole
    assert whole[1]["reason"] == "gate alignment.cosine >= 0.2: 0.1"
    assert found.decisions() is found.decisions()


def test_each_row_that_misses_a_score_is_told_which() -> None:
    scores: dict[str, list[float | None]] = {"alignment.cosine": [None, 0.4, 0.5], "complexity.words": [5, None, 7]}
    failures = {"alignment": ["error", "ok", "ok"], "complexity": ["ok", "error", "ok"]}
    world = World(scores, failures=failures)
    found = select(world, budget=3, by="alignment.cosine + +complexity.words", missing="drop")
    reasons = found.decisions()["reason"].to_pylist()
    assert reasons[0] == "alignment.cosine is missing: error"
    assert reasons[1] == "complexity.words is missing: error"


def test_equal_scores_are_ranked_by_the_second_score_and_then_by_the_hash() -> None:
    score, second = np.array([0.5, 0.9, 0.5, 0.5, 0.1]), np.array([0.3, 0.0, 0.8, 0.3, 1.0])
    tie = np.array([7, 1, 9, 2, 5], dtype=np.uint64)
    names = np.array(list("abcde"), dtype=object)
    ones = np.ones(5, dtype=np.int64)
    pool = Pool(score, second, tie, ones, 0 * ones, ("all",), names, lambda _name, at: np.zeros((len(at), 1)))
    assert pool.ranking().tolist() == [1, 2, 3, 0, 4]
    with pytest.raises(ValueError, match="read-only"):
        pool.ranking()[0] = 4


def test_strata_of_two_columns_are_the_combinations_that_occur_by_name() -> None:
    world = cosines(1, 2, 1, None, source=["b", "b", "a", ""])
    strata = strata_by(Fields(world).__getitem__, "source, alignment.cosine", np.arange(4))
    assert strata.names == ("(none), (none)", "a, 1", "b, 1", "b, 2")
    assert strata.codes.tolist() == [2, 3, 1, 0]


def test_columns_read_before_a_mark_hold_the_new_label_and_nothing_else_anew() -> None:
    world = cosines(0.1, 0.2)
    fields = Fields(world)
    before, ties = fields["alignment.cosine"], fields.ties
    after = fields.relabelled(replace(world, scores={**world.scores, "complexity.question_type": ["keep", None]}))
    assert after["alignment.cosine"] is before
    assert after.ties is ties
    assert after["complexity.question_type"].values.tolist() == ["keep", None]
    assert fields.scored == ["alignment.cosine"]


def test_a_ranking_is_correlated_over_the_rows_that_both_have() -> None:
    up, down = Ranking(np.array([1.0, 2, 3, np.nan])), Ranking(np.array([9.0, 8, 7, 6]))
    assert up.correlation(down) == pytest.approx(-1)
    assert down.correlation(up) == pytest.approx(-1)
    assert up.correlation(Ranking(np.array([5.0, 5, 5, 1]))) is None
    assert up.correlation(Ranking(np.array([np.nan, np.nan, 1, 2]))) is None


def test_a_matrix_names_colours_only_where_something_is_below_0() -> None:
    plain = matrix("m", "m", "a", Grid(("x",), ("y",), ((0.5,),), 1.0), "Jaccard")
    signed = matrix("m", "m", "a", Grid(("x",), ("y",), ((-0.5,),), 1.0), "rho")
    assert "above 0" not in plain.svg()
    assert "above 0" in signed.svg()
