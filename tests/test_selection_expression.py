"""Rankings as text: what they mean, worked out by hand, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from selection_world import World, cosines

from vlitq.selection.expression import Ranked
from vlitq.selection.fields import Fields
from vlitq.selection.fusion import votes
from vlitq.selection.grammar import parse_by
from vlitq.selection.ranks import mid_ranks
from vlitq.selection.score import score_rows
from vlitq.selection.strata import unstratified
from vlitq.selector import SelectionError

A, B = "alignment.cosine", "complexity.words"
WORLD = World({A: [0.1, 0.2, 0.3, 0.4], B: [30, 40, 10, 20], "duplicates.similarity": [0.9, 0.1, 0.5, 0.3]})


def scores(text: str, world: World = WORLD) -> list[float]:
    rows = np.arange(len(world))
    return score_rows(parse_by(text), Fields(world), rows, unstratified(len(world))).score.round(6).tolist()


def test_ranks_are_mid_rank_quantiles() -> None:
    assert mid_ranks(np.array([5.0, 1.0, 5.0, 9.0]), np.zeros(4)).quantile.tolist() == [0.5, 0.125, 0.5, 0.875]


def test_ranks_are_taken_within_the_stratum() -> None:
    assert mid_ranks(np.array([1.0, 100.0, 2.0, 200.0]), np.array([0, 1, 0, 1])).quantile.tolist() == [
        0.25,
        0.25,
        0.75,
        0.75,
    ]


def test_a_constant_column_gives_everyone_the_middle_rank() -> None:
    assert mid_ranks(np.array([3.0, 3.0, 3.0]), np.zeros(3)).quantile.tolist() == [0.5, 0.5, 0.5]


def test_a_column_enters_by_its_rank_with_its_better_end_first() -> None:
    assert scores(A) == [0.125, 0.375, 0.625, 0.875]
    assert scores("duplicates.similarity") == [0.125, 0.875, 0.375, 0.625]


def test_a_sign_says_which_values_are_better_whatever_the_direction() -> None:
    assert scores(f"-{A}") == [0.875, 0.625, 0.375, 0.125]
    assert scores("-duplicates.similarity") == scores("duplicates.similarity")
    assert scores("+duplicates.similarity") == [0.875, 0.125, 0.625, 0.375]


def test_a_neutral_column_needs_a_sign() -> None:
    with pytest.raises(SelectionError, match=r"'complexity.words' has no better end; write \+complexity.words"):
        scores(B)
    assert scores(f"+{B}") == [0.625, 0.875, 0.125, 0.375]


def test_a_weighted_sum_is_the_weighted_mean_of_ranks() -> None:
    assert scores(f"0.75*{A} + 0.25*+{B}") == [0.25, 0.5, 0.5, 0.75]
    assert scores(f"3*{A} + +{B}") == scores(f"0.75*{A} + 0.25*+{B}")


@pytest.mark.parametrize("text", [f"{A} - 0.5*{B}", f"{A} + -0.5*{B}", f"{A} + 0.5*-{B}", f"{A} + -{B}*0.5"])
def test_a_minus_before_a_weighted_column_prefers_low_values(text: str) -> None:
    assert parse_by(text).columns() == (Ranked(A), Ranked(B, "-"))


def test_min_takes_the_worst_rank_and_product_the_product() -> None:
    assert scores(f"min({A}, +{B})") == [0.125, 0.375, 0.125, 0.375]
    assert scores(f"product({A}, +{B})") == [0.078125, 0.328125, 0.078125, 0.328125]


def test_reciprocal_rank_fusion_adds_one_over_sixty_plus_rank() -> None:
    best = 2 / 61
    expected = [(1 / 64 + 1 / 62) / best, (1 / 63 + 1 / 61) / best, (1 / 62 + 1 / 64) / best, (1 / 61 + 1 / 63) / best]
    assert scores(f"rrf({A}, +{B})") == pytest.approx(expected, abs=1e-6)


def test_votes_count_the_rankings_that_have_a_row_near_the_top() -> None:
    assert scores(f"votes({A}, +{B}, top=0.5)") == [0.5, 0.5, 0.5, 0.5]
    assert scores(f"votes({A}, -duplicates.similarity, top=0.5)") == [0.0, 0.5, 0.5, 1.0]


def test_no_one_votes_for_a_ranking_that_cannot_tell_the_rows_apart() -> None:
    assert votes([np.ones(4), np.arange(4.0)], np.zeros(4), top=0.25).tolist() == [0, 0, 0, 1]


def test_what_does_not_apply_has_the_middle_rank() -> None:
    world = cosines(0.1, None, 0.3, failures={"alignment": ["ok", "not_applicable", "ok"]})
    assert scores(A, world) == [0.25, 0.5, 0.75]


def test_truth_values_rank_as_one_and_zero() -> None:
    world = World({"duplicates.representative": [True, False, True]})
    assert scores("+duplicates.representative", world) == pytest.approx([2 / 3, 1 / 6, 2 / 3], abs=1e-6)


def test_labels_do_not_rank() -> None:
    with pytest.raises(SelectionError, match="holds labels, which do not rank"):
        scores("complexity.question_type", World({"complexity.question_type": ["how", "why"]}))


def test_an_unknown_column_is_named_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match=r"no column 'aligment.cosine'. Did you mean 'alignment.cosine'\?"):
        scores("aligment.cosine")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not an expression"),
        ("alignment.cosine ) 3", "at character"),
        ("alignment.cosine * complexity.words", "write product"),
        ("alignment.cosine + 1", "'1' is not a column"),
        ("0 * alignment.cosine", "the weight 0 is not"),
        ("1e999 * alignment.cosine", "not a finite number"),
        ("-(alignment.cosine + complexity.words)", "a minus belongs to one column"),
        ("prodct(a.b, c.d)", "no fusion 'prodct'. Did you mean 'product'"),
        ("min(a.b)", "fuses two columns or more"),
        ("min(a.b, c.d, top=0.1)", "takes columns only"),
        ("votes(a.b, c.d, top=2)", "a number above 0"),
        ("votes(a.b, c.d, last=0.2)", "takes columns and top=SHARE"),
        ("__import__('os').system('true')", "no fusion"),
        ("[x for x in y]", "is not a column"),
        ("a.b ** 2", "is not a column"),
        ("a.b\0", "not an expression"),
    ],
)
def test_what_is_not_a_ranking_is_refused_with_the_reason(text: str, problem: str) -> None:
    with pytest.raises(SelectionError, match=f"cannot read the ranking .*{problem}"):
        parse_by(text)
