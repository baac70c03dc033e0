"""Questions with numbers that no column holds, and addresses with numbers that no row has, are answered in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from explored import world
from starlette.testclient import TestClient

from vlitq.view.app import app
from vlitq.view.explorer import Explorer

HUGE = int("9" * 400)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    explorer = Explorer(world(tmp_path).path)
    yield TestClient(app(explorer, "token"), base_url="http://127.0.0.1:8000/token/")
    explorer.close()


@pytest.mark.parametrize(
    ("column", "op", "value", "count"),
    [
        ("tokens", "<", HUGE, 6),
        ("tokens", ">", -HUGE, 6),
        ("tokens", "in", [HUGE], 0),
        ("red.mean", "<=", 1e300, 2),
        ("red.mean", ">=", 1e300, 0),
        ("red.mean", "in", [1e300, 1e-300, None], 5),
        ("tokens", ">=", 6.5, 3),
        ("tokens", "=", 6.5, 0),
    ],
)
def test_a_number_beyond_all_that_a_column_holds_is_compared_all_the_same(
    client: TestClient, column: str, op: str, value: Any, count: int
) -> None:
    answer = client.post("api/rows", json={"filters": [{"column": column, "op": op, "value": value}]})
    assert answer.json().get("total") == count, answer.text


@pytest.mark.parametrize("path", ["api/sample/{}", "api/neighbours/{}", "image/0/{}", "thumb/{}/0"])
@pytest.mark.parametrize("number", ["9" * 5000, "9" * 19, "1e3", "-1", "%F0%9D%9F%99%C2%B2"])
def test_what_is_no_number_of_a_row_is_not_there(client: TestClient, path: str, number: str) -> None:
    assert client.get(path.format(number)).status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"budget": 1, "by": "-" * 5000 + "tokens"},
        {"budget": 1, "by": "+".join(["tokens"] * 5000)},
        {"budget": 1, "by": "+tokens", "gates": ["-" * 5000 + "tokens > 1"]},
        {"budget": 1, "by": "+tokens", "gates": [f"tokens < {HUGE}"]},
        {"budget": 1, "by": "+tokens", "method": "threshold", "options": {"column": "tokens", "at_most": HUGE}},
    ],
)
def test_a_selection_of_numbers_or_sums_without_end_is_answered(client: TestClient, asked: dict[str, Any]) -> None:
    answer = client.post("api/select", json=asked)
    assert answer.status_code == 200
    assert "cannot read" in answer.json().get("error", "") or answer.json()["kept"] == 1
