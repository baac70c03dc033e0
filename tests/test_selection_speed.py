"""What makes selections quick does not change them: reasons written late, ranks made once, labels kept as numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_world import World, cosines

from vlitq.charts.kinds import Grid, matrix
from vlitq.comparison.rank_correlation import Ranking
from vlitq.selection.fields import MADE_KEPT, Fields
from vlitq.selection.ranks import Order, mid_ranks
from vlitq.selection.select import select
from vlitq.selection.strata import strata_among, strata_by, strata_of_run
from vlitq.selector import Pool
from vlitq.sorting import ascending, by_code


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
    pool = Pool(
        score, second, tie, ones, 0 * ones, ("all",), names.__getitem__, lambda _name, at: np.zeros((len(at), 1))
    )
    assert pool.ranking().tolist() == [1, 2, 3, 0, 4]
    with pytest.raises(ValueError, match="read-only"):
        pool.ranking()[0] = 4


def test_strata_of_two_columns_are_the_combinations_that_occur_by_name() -> None:
    world = cosines(1, 2, 1, None, source=["b", "b", "a", ""])
    strata = strata_by(Fields(world).__getitem__, "source, alignment.cosine", np.arange(4))
    assert strata.names == ("(none), (none)", "a, 1", "b, 1", "b, 2")
    assert strata.codes.tolist() == [2, 3, 1, 0]


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2), st.booleans(), st.booleans()), max_size=30))
def test_rows_ranked_along_an_order_kept_are_ranked_as_if_they_were_alone(
    told: list[tuple[int, int, bool, bool]],
) -> None:
    values = np.array([np.nan if null else value for value, _, _, null in told], dtype=float)
    strata = np.array([stratum for _, stratum, _, _ in told], dtype=np.int64)
    rows = np.flatnonzero(np.array([among for _, _, among, _ in told], dtype=bool))[::-1]
    kept, alone = Order(values, strata).ranks(rows), mid_ranks(values[rows], strata[rows])
    np.testing.assert_array_equal(kept.rank, alone.rank)
    np.testing.assert_array_equal(kept.size, alone.size)


def test_strata_of_a_part_of_the_rows_are_those_of_the_run_but_quartiles_are_made_anew() -> None:
    world = cosines(*range(30), source=["a", "b", "c"] * 10)
    fields, some = Fields(world), np.array([25, 3, 1, 28, 4])
    for stratify in ("source", "source, turns", "alignment.cosine", "source, alignment.cosine"):
        found, anew = strata_among(fields, stratify, some), strata_by(fields.__getitem__, stratify, some)
        assert (found.codes.tolist(), found.names) == (anew.codes.tolist(), anew.names)
    assert strata_of_run(fields, "source, turns").by == "source, turns"
    assert strata_of_run(fields, "source, alignment.cosine").by is None


def test_what_is_made_of_columns_is_made_once_and_the_last_asked_for_are_kept() -> None:
    fields, made = Fields(cosines(0.1)), []
    for number in [*range(MADE_KEPT), 0, MADE_KEPT, 0, 1]:
        fields.once((str(number),), lambda number=number: made.append(number))
    assert made == [*range(MADE_KEPT + 1), 1]


@given(st.lists(st.integers(0, 5), max_size=40))
def test_equal_keys_stay_as_they_stand(keys: list[int]) -> None:
    stable = np.argsort(np.array(keys, dtype=np.int64), kind="stable").tolist()
    assert ascending(np.array(keys, dtype=np.uint64)).tolist() == stable
    assert by_code(np.array(keys, dtype=np.int64)).tolist() == stable
    assert by_code(np.array(keys, dtype=np.int64) + 70_000).tolist() == stable


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
