"""Questions about rows are checked, and become SQL in which nothing of the asker's stands."""

from __future__ import annotations

from typing import Any

import pytest

from vlitq.view.errors import NoQuestion
from vlitq.view.query import Filter, Held, Order, QueryError, Question, condition, ordering, question

HELD = {
    "a.score": Held("a.score", "c0", "float32"),
    "a.kind": Held("a.kind", "c1", "string"),
    "a.fine": Held("a.fine", "c2", "bool"),
    "a.words": Held("a.words", "c3", "int32"),
}
BAIT = "x'; drop table samples; --"


def test_a_question_of_nothing_is_the_first_fifty_rows() -> None:
    assert question({}) == Question(limit=50)


def test_values_are_bound_and_never_stand_in_the_condition() -> None:
    found = condition([Filter("a.kind", "=", BAIT), Filter("a.score", ">=", 0.5)], HELD)
    assert found.sql == "c1 = ? and c0 >= cast(? as float)"
    assert found.values == (BAIT, 0.5)


def test_a_column_by_a_name_of_sql_is_no_column() -> None:
    with pytest.raises(QueryError, match="no column 'row; drop table samples'"):
        condition([Filter("row; drop table samples", "=", 1)], HELD)
    with pytest.raises(QueryError, match="no column"):
        ordering([Order("1; drop table samples")], HELD)


def test_an_operator_of_sql_is_no_operator() -> None:
    with pytest.raises(QueryError, match="no operator '= 1 or 1'"):
        condition([Filter("a.score", "= 1 or 1", 1)], HELD)


def test_pages_never_overlap_as_the_row_number_breaks_ties() -> None:
    assert ordering([Order("a.score", descending=True)], HELD) == "c0 desc nulls last, row"


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (Filter("a.score", ">", "much"), "holds numbers"),
        (Filter("a.score", ">", True), "holds numbers"),
        (Filter("a.score", ">", float("nan")), "holds numbers"),
        (Filter("a.kind", "=", 3), "holds texts"),
        (Filter("a.kind", "<", "b"), "has no order"),
        (Filter("a.fine", "=", 1), "holds true and false"),
        (Filter("a.score", "contains", "1"), "only texts contain"),
        (Filter("a.kind", "in", "abc"), "a list"),
        (Filter("a.kind", "in", ["a"] * 1001), "at most 1000"),
        (Filter("a.kind", "=", "a" * 1001), "1,001 characters, the limit is 1,000"),
    ],
)
def test_a_value_of_another_kind_is_refused(one: Filter, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        condition([one], HELD)


def test_null_among_the_values_asks_for_rows_without_one() -> None:
    found = condition([Filter("a.kind", "in", ["a", None])], HELD)
    assert found.sql == "coalesce((c1 is null or c1 in (?)), false)"
    assert found.values == ("a",)


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 201},
        {"limit": 0},
        {"limit": 10**9},
        {"limit": "50"},
        {"limit": True},
        {"offset": -1},
        {"filters": "a"},
        {"filters": [1]},
        {"filters": [{"column": 1, "op": "="}]},
        {"sort": [7]},
        {"search": 5},
        {"columns": [1]},
    ],
)
def test_what_is_no_question_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(NoQuestion):
        question(asked)


@pytest.mark.parametrize("asked", [{"filters": [{"column": "a", "op": "null"}] * 51}, {"search": "a" * 1001}])
def test_what_a_person_may_ask_too_much_of_is_told(asked: dict[str, Any]) -> None:
    with pytest.raises(QueryError, match="the limit is"):
        question(asked)
