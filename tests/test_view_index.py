"""The index answers what a person asks of the rows, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest
from explored import world
from worlds import Length, record, run, write

from vlitq.view.histogram import histogram
from vlitq.view.index import Index
from vlitq.view.kept import KeptRun
from vlitq.view.query import Filter, Order, QueryError, Question


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    made = Index(KeptRun(world(tmp_path).path), {"best": np.array([True, False, False, True, False, False])})
    yield made
    made.close()


def rows(index: Index, *filters: Filter, sort: tuple[Order, ...] = ()) -> list[int]:
    return [row["row"] for row in index.page(Question(filters, sort=sort, columns=())).rows]


def test_every_row_is_there_the_unreadable_one_too(index: Index) -> None:
    page = index.page(Question())
    assert page.total == 6
    assert [row["status"] for row in page.rows] == ["ok", "ok", "ok", "missing_image", "ok", "invalid"]
    assert page.rows[1]["red.mean"] == 0.0
    assert page.rows[2]["red.mean"] is None


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (Filter("source", "=", "web"), [0, 1, 4]),
        (Filter("source", "!=", "web"), [2, 3, 5]),
        (Filter("source", "in", ["books", None]), [2, 3, 5]),
        (Filter("source", "in", []), []),
        (Filter("id", "contains", "S"), [0, 1, 2, 3, 4]),
        (Filter("id", "contains", "%"), []),
        (Filter("red.mean", "null"), [2, 3, 4, 5]),
        (Filter("red.mean", "notnull"), [0, 1]),
        (Filter("red.mean", ">", 0.5), [0]),
        (Filter("length.mean", "<=", 12), [0, 3]),
        (Filter("turns", "<", 1.5), [5]),
        (Filter("selection:best", "=", True), [0, 3]),
        (Filter("row", ">=", 4), [4, 5]),
    ],
)
def test_filters(index: Index, one: Filter, found: list[int]) -> None:
    assert rows(index, one) == found


def test_filters_add_up(index: Index) -> None:
    assert rows(index, Filter("source", "=", "web"), Filter("length.mean", ">", 20)) == [1, 4]


def test_nulls_come_last_either_way(index: Index) -> None:
    assert rows(index, sort=(Order("red.mean"),)) == [1, 0, 2, 3, 4, 5]
    assert rows(index, sort=(Order("red.mean", descending=True),)) == [0, 1, 2, 3, 4, 5]


def test_pages_follow_each_other(index: Index) -> None:
    sort = (Order("source"), Order("length.mean", descending=True))
    pages = [index.page(Question(sort=sort, offset=at, limit=2, columns=("source",))) for at in (0, 2, 4)]
    assert [[row["row"] for row in page.rows] for page in pages] == [[2, 3], [4, 1], [0, 5]]
    assert {page.total for page in pages} == {6}


def test_found_rows_alone_are_shown(index: Index) -> None:
    found = np.array([1, 2, 4])
    assert index.page(Question((Filter("source", "=", "web"),), columns=()), found).total == 2
    assert index.matching(Question(), found).tolist() == [1, 2, 4]
    assert index.matching(Question(), np.zeros(0, dtype=np.int64)).tolist() == []


def test_the_selection_being_tried_is_a_column(index: Index) -> None:
    assert rows(index, Filter("live", "=", True)) == []
    index.choose_live(np.array([False, True, True, False, False, False]))
    assert rows(index, Filter("live", "=", True)) == [1, 2]
    assert [row["live"] for row in index.page(Question(columns=("live",))).rows] == [False, True, True] + 3 * [False]


def test_labels_are_there_at_once(index: Index) -> None:
    index.relabel([1, 4], ["keep", "drop"])
    assert rows(index, Filter("label", "=", "drop")) == [4]
    index.relabel([4], [None])
    assert rows(index, Filter("label", "notnull")) == [1]


def test_the_share_of_smaller_values(index: Index) -> None:
    below = index.below(1)
    assert below["length.mean"] == 3 / 5
    assert below["red.mean"] == 0.0
    assert "red.mean" not in index.below(2)


def test_the_commonest_values_come_first(index: Index) -> None:
    assert index.values("source") == ["web", "books"]
    assert index.values("source", most=1) == ["web"]


def test_a_histogram_of_numbers_has_all_rows_and_those_shown(index: Index) -> None:
    told = histogram(index, "turns", Question((Filter("source", "=", "web"),)), None)
    assert told["bins"] == [
        {"low": 0.0, "high": 0.0, "all": 1, "shown": 0},
        {"low": 1.0, "high": 1.0, "all": 0, "shown": 0},
        {"low": 2.0, "high": 2.0, "all": 5, "shown": 3},
    ]
    assert told["nulls"] == {"all": 0, "shown": 0}


def test_a_histogram_counts_the_nulls_apart(index: Index) -> None:
    told = histogram(index, "red.mean", Question(), np.array([0, 5]))
    assert told["nulls"] == {"all": 4, "shown": 1}
    assert sum(one["all"] for one in told["bins"]) == 2
    assert (told["bins"][0]["all"], told["bins"][-1]["shown"]) == (1, 1)


def test_a_histogram_of_labels_tells_the_commonest(index: Index) -> None:
    told = histogram(index, "source", Question((Filter("source", "=", "books"),)), None)
    assert told["values"] == [{"value": "web", "all": 3, "shown": 0}, {"value": "books", "all": 2, "shown": 2}]
    assert told["others"] is None
    assert told["nulls"] == {"all": 1, "shown": 0}


def test_a_histogram_of_many_labels_counts_the_others(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(number, source=f"source {number}") for number in range(40)])
    made = Index(KeptRun(run(data, tmp_path / "run", Length()).path), {})
    told = histogram(made, "source", Question(), None)
    assert len(told["values"]) == 30
    assert told["others"] == {"values": 10, "all": 10, "shown": 10}
    made.close()


def test_one_row_and_no_value_at_all(tmp_path: Path) -> None:
    made = Index(KeptRun(run(write(tmp_path / "data.json", [["none"]]), tmp_path / "run", Length()).path), {})
    assert histogram(made, "length.mean", Question(), None)["bins"] == []
    assert made.page(Question()).total == 1
    made.close()


def test_the_database_reads_no_file_and_lets_nothing_change_that(index: Index) -> None:
    database = index._database.cursor()
    with pytest.raises(duckdb.PermissionException):
        database.execute("select * from read_csv('/etc/passwd')")
    with pytest.raises(duckdb.Error):
        database.execute("set enable_external_access=true")


def test_rows_of_a_column_named_like_sql(tmp_path: Path) -> None:
    chosen = {'"; drop table samples; --': np.array([True])}
    made = Index(KeptRun(run(write(tmp_path / "data.json", [record(0)]), tmp_path / "run", Length()).path), chosen)
    assert rows(made, Filter('selection:"; drop table samples; --', "=", True)) == [0]
    made.close()


def test_the_places_of_the_map_are_columns_as_soon_as_they_are_told(index: Index) -> None:
    assert "map.x" not in index.columns
    with pytest.raises(QueryError, match=r"no column 'map\.x'"):
        rows(index, Filter("map.x", ">=", 0.5))
    index.place(np.array([0.0, 0.25, 0.5, 0.75, 1.0, np.nan]), np.array([0.5, 0.4, 0.3, 0.2, 0.1, np.nan]))
    assert rows(index, Filter("map.x", ">=", 0.25), Filter("map.y", ">=", 0.2)) == [1, 2, 3]
    assert rows(index, Filter("map.x", "null")) == [5]
    assert rows(index, sort=(Order("map.x", descending=True),)) == [4, 3, 2, 1, 0, 5]
    told = index.page(Question((Filter("row", ">=", 4),), columns=("map.x", "live"))).rows
    assert told == [{"row": 4, "map.x": 1.0, "live": False}, {"row": 5, "map.x": None, "live": False}]
    told = histogram(index, "map.y", Question((Filter("source", "=", "web"),)), None)
    assert (sum(one["shown"] for one in told["bins"]), told["nulls"]) == (3, {"all": 1, "shown": 0})
    assert "map.x" not in index.below(1)
