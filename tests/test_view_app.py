"""The explorer answers its own page and nobody else, and nothing in the data is more than text."""

from __future__ import annotations

import io
import json
import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from explored import HOSTILE, world
from PIL import Image
from starlette.testclient import TestClient
from worlds import Length, colour, record, run, write

import vlitq
from vlitq.cli.main import main
from vlitq.view.app import app
from vlitq.view.explorer import Explorer
from vlitq.view.guard import LONGEST_BODY

TOKEN = "the-token"


class Page:
    """What the page's script can do."""

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.client = TestClient(app(explorer, TOKEN), base_url="http://127.0.0.1:8000", follow_redirects=False)

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(f"/{TOKEN}/{address}", headers=headers)

    def post(self, address: str, asked: Any, **headers: str) -> Any:
        return self.client.post(f"/{TOKEN}/{address}", json=asked, headers=headers)

    def rows(self, **asked: Any) -> list[int]:
        return [row["row"] for row in self.post("api/rows", asked).json()["rows"]]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    explorer = Explorer(world(tmp_path).path)
    explorer.source.check()
    explorer.texts.build()
    yield Page(explorer)
    explorer.close()


def test_the_run_is_told_with_all_its_columns(page: Page) -> None:
    told = page.get("api/run").json()
    assert told["rows"] == 6
    names = [column["name"] for column in told["columns"]]
    assert names[:8] == ["row", "id", "source", "status", "turns", "tokens", "images", "label"]
    assert names[-1] == "live"
    (red,) = (column for column in told["columns"] if column["name"] == "red.mean")
    assert red["description"] == "Mean red."
    (source,) = (column for column in told["columns"] if column["name"] == "source")
    assert source["values"] == ["web", "books"]
    assert told["search"] == {"ready": True, "done": 6, "of": 6, "problem": None}
    assert told["labels"] == {"keep": 0, "drop": 0}


def test_rows_are_filtered_searched_and_sorted(page: Page) -> None:
    assert page.rows(filters=[{"column": "source", "op": "=", "value": "web"}]) == [0, 1, 4]
    assert page.rows(search="square", sort=[{"column": "length.mean", "descending": True}]) == [1, 0]
    told = page.post("api/rows", {"limit": 1, "offset": 1, "columns": ["red.mean"]}).json()
    assert told["total"] == 6
    (row,) = told["rows"]
    assert row["text"] == "What is it?\nA blue square, quite blue"
    assert row["values"] == {"red.mean": 0.0}


def test_a_record_that_cannot_be_read_is_listed_with_its_reason(page: Page) -> None:
    told = page.post("api/rows", {"filters": [{"column": "status", "op": "=", "value": "invalid"}]}).json()
    assert told["rows"][0]["text"] == "(cannot be read: the record is a list, not an object)"
    sample = page.get("api/sample/5").json()
    assert (sample["status"], sample["turns"], sample["images"]) == ("invalid", [], [])
    assert sample["reason"] == "the record is a list, not an object"


def test_a_sample_tells_why_it_has_no_score(page: Page) -> None:
    sample = page.get("api/sample/3").json()
    assert sample["images"] == [{"index": 0, "path": "gone.png", "problem": "gone.png is missing"}]
    values = {one["column"]: one for one in sample["values"]}
    assert values["red.mean"]["why"] == "missing_image: gone.png is missing"
    assert page.get("api/sample/2").json()["values"][0]["why"] == "the sample has no image"


def test_long_turns_are_cut_and_told(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(0, "word " * 200_000)])
    explorer = Explorer(run(data, tmp_path / "run", Length()).path)
    turn = Page(explorer).get("api/sample/0").json()["turns"][1]
    assert (len(turn["text"]), turn["cut"]) == (100_000, 1_000_000)
    explorer.close()


def test_hostile_text_comes_as_json_and_as_nothing_else(page: Page) -> None:
    answer = page.get("api/sample/4")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert HOSTILE in answer.json()["turns"][1]["text"]
    answer.content.decode("ascii")


def test_a_mark_is_in_the_list_in_the_run_and_in_the_next_session(page: Page) -> None:
    assert page.post("api/mark", {"row": 2, "label": "keep"}).json()["labels"] == {"keep": 1, "drop": 0}
    assert page.rows(filters=[{"column": "label", "op": "=", "value": "keep"}]) == [2]
    assert dict(vlitq.open(page.explorer.run.path).labels) == {2: "keep"}
    again = Explorer(page.explorer.run.path)
    assert Page(again).get("api/sample/2").json()["label"] == "keep"
    again.close()
    assert page.post("api/mark", {"row": 2, "label": None}).json()["labels"] == {"keep": 0, "drop": 0}


def test_a_mark_made_elsewhere_is_seen(page: Page) -> None:
    vlitq.open(page.explorer.run.path).mark(1, "drop")
    assert page.rows(filters=[{"column": "label", "op": "=", "value": "drop"}]) == [1]


OF_WEB = {"filters": [{"column": "source", "op": "=", "value": "web"}], "search": ""}


def test_markings_are_taken_back_the_last_first_of_one_sample_or_of_many(page: Page) -> None:
    page.post("api/mark", {"row": 0, "label": "keep"})
    told = page.post("api/mark", {**OF_WEB, "label": "drop"}).json()
    assert (told["marked"], told["labels"]) == (3, {"keep": 0, "drop": 3})
    page.post("api/mark", {"row": 1, "label": "keep"})
    page.post("api/mark", {"row": 1, "label": "keep"})  # as it is: no step
    steps = [page.post("api/undo", {}).json() for _ in range(4)]
    told = [(one["step"], one["undone"], one["row"], one["label"], one["labels"]) for one in steps]
    assert told == [
        (1, 1, 1, "drop", {"keep": 0, "drop": 3}),
        (3, 3, None, None, {"keep": 1, "drop": 0}),
        (1, 1, 0, None, {"keep": 0, "drop": 0}),
        (0, 0, None, None, {"keep": 0, "drop": 0}),
    ]


def test_what_was_marked_elsewhere_since_is_not_taken_back(page: Page) -> None:
    page.post("api/mark", {**OF_WEB, "label": "drop"})
    vlitq.open(page.explorer.run.path).mark(1, "keep")
    told = page.post("api/undo", {}).json()
    assert (told["step"], told["undone"], told["labels"]) == (3, 2, {"keep": 1, "drop": 0})
    assert dict(vlitq.open(page.explorer.run.path).labels) == {1: "keep"}


@pytest.mark.parametrize(
    "asked",
    [
        {"row": 6, "label": "keep"},
        {"row": -1, "label": "keep"},
        {"row": "1", "label": "keep"},
        {"row": True, "label": "keep"},
        {"row": 1, "label": "maybe"},
    ],
)
def test_what_is_no_mark_is_refused(page: Page, asked: dict[str, Any]) -> None:
    answer = page.post("api/mark", asked)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]
    assert dict(vlitq.open(page.explorer.run.path).labels) == {}


SELECTION = {"budget": 2, "method": "top", "by": "-length.mean", "gates": ["length.mean > 10"]}


def test_a_selection_is_tried_told_and_filtered_by(page: Page) -> None:
    told = page.post("api/select", SELECTION).json()
    assert told["kept"] == 2
    assert told["stages"] == {"gate": 2, "kept": 2, "budget": 2}
    assert told["strata"] == [
        {"name": "web", "all": 3, "kept": 1},
        {"name": "books", "all": 2, "kept": 1},
        {"name": "(none)", "all": 1, "kept": 0},
    ]
    assert page.rows(filters=[{"column": "live", "op": "=", "value": True}]) == [0, 2]
    (why,) = page.get("api/sample/4").json()["explanations"]
    assert why["text"].startswith("'s4' is dropped because the budget")


def test_the_command_writes_the_same_selection(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = page.post("api/select", SELECTION).json()["command"]
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    kept = [one["id"] for one in json.loads((tmp_path / "subset.json").read_text())]
    assert kept == ["s0", "s2"]
    again = Explorer(page.explorer.run.path)
    assert Page(again).rows(filters=[{"column": "selection:subset", "op": "=", "value": True}]) == [0, 2]
    again.close()


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"budget": "20%", "by": "lenght.mean"}, "no column 'lenght.mean'. Did you mean 'length.mean'"),
        ({"budget": "much"}, "budget"),
        ({"by": "length.mean"}, "how much to keep"),
        ({"budget": 2, "gates": ["length.mean >"]}, "cannot read the gate"),
        ({"budget": 2, "gates": "length.mean > 2"}, "a list of texts"),
        ({"budget": 2, "out": "/etc/passwd"}, "a selection has no 'out'"),
        ({"budget": 2, "method": "tpo"}, "no selection method 'tpo'"),
    ],
)
def test_a_selection_that_cannot_be_is_answered_with_the_way_out(page: Page, asked: dict[str, Any], why: str) -> None:
    answer = page.post("api/select", asked)
    assert answer.status_code == 200, "the browser writes any failure on its console, and these are half-typed"
    assert why in answer.json()["error"]


def test_pictures_are_made_anew(page: Page, tmp_path: Path) -> None:
    (tmp_path / "red.png").write_bytes((tmp_path / "red.png").read_bytes() + b"<script>alert(1)</script>")
    for address in ("image/0/0", "thumb/0/0", "thumb/0/0"):
        answer = page.get(address)
        assert answer.headers["content-type"] == "image/jpeg"
        assert b"script" not in answer.content
        assert Image.open(io.BytesIO(answer.content)).getpixel((4, 4))[0] > 200  # type: ignore[index]  # RGB
    assert len(list((page.explorer.run.path / "view" / "thumbs").rglob("*.jpg"))) == 1


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("image/3/0", "gone.png is missing"),
        ("thumb/0/1", "row 0 has no image 1"),
        ("image/9/0", "no row 9"),
        ("image/5/0", "row 5 has no image 0"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_told(page: Page, address: str, why: str) -> None:
    answer = page.get(address)
    assert answer.status_code == 404
    assert why in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("address", ["image/..%2f..%2fetc/0", "image/0/../../data.json", "image/-1/0", "image/0/0/x"])
def test_pictures_are_asked_for_by_number_alone(page: Page, address: str) -> None:
    answer = page.get(address)
    assert answer.status_code == 404
    assert b"conversations" not in answer.content


@pytest.mark.parametrize(
    "name",
    ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "%2fetc%2fpasswd", "x", "index.html/", "__init__.py"],
)
def test_files_are_served_by_a_fixed_list_of_names(page: Page, name: str) -> None:
    answer = page.get(f"static/{name}")
    assert answer.status_code == 404
    assert b"import" not in answer.content


def test_an_image_that_leads_out_of_the_root_is_refused(tmp_path: Path) -> None:
    colour(tmp_path / "secret.png", (0, 255, 0))
    home = tmp_path / "home"
    home.mkdir()
    (home / "link.png").symlink_to(tmp_path / "secret.png")
    records = [record(0, images=["link.png"]), record(1, images=["../secret.png"]), record(2, images=["/etc/passwd"])]
    explorer = Explorer(run(write(home / "data.json", records), home / "run", Length()).path)
    for row in range(3):
        for kind in ("image", "thumb"):
            answer = Page(explorer).get(f"{kind}/{row}/0")
            assert answer.status_code == 404
            assert "leads out of the image root" in answer.text
    explorer.close()


def test_a_dataset_that_changed_is_told_and_the_scores_still_shown(page: Page) -> None:
    with page.explorer.run.data.open("a") as file:
        file.write(" ")
    told = page.post("api/rows", {"limit": 2}).json()
    assert "has changed since it was scored" in told["problem"]
    assert [row["values"]["length.mean"] for row in told["rows"]] == [12.0, 25.0]
    assert "has changed" in page.get("api/sample/0").json()["problem"]
    assert page.get("image/0/0").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/api/run", "/wrong/", "/wrong/api/run", f"/{TOKEN}x/api/run", "//api/run", "/%00/"]
)
def test_without_the_token_nothing_is_answered(page: Page, path: str) -> None:
    answer = page.client.get(path)
    assert answer.status_code == 404
    assert "rows" not in answer.text


def test_the_address_without_its_last_slash_leads_to_the_page(page: Page) -> None:
    answer = page.client.get(f"/{TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/{TOKEN}/")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "[::1]", ""])
def test_another_host_is_refused(page: Page, host: str) -> None:
    assert page.get("api/run", host=host).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
    ],
)
def test_another_site_is_refused(page: Page, headers: dict[str, str]) -> None:
    assert page.post("api/mark", {"row": 0, "label": "drop"}, **headers).status_code == 403
    assert page.get("api/run", **headers).status_code == 403
    assert dict(vlitq.open(page.explorer.run.path).labels) == {}


def test_the_page_itself_is_answered(page: Page) -> None:
    own = {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}
    assert page.post("api/mark", {"row": 0, "label": "drop"}, **own).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_form_of_another_page_cannot_ask(page: Page, kind: str) -> None:
    body = json.dumps({"row": 0, "label": "drop"}).encode()
    answer = page.client.post(f"/{TOKEN}/api/mark", content=body, headers={"content-type": kind})
    assert answer.status_code == 415
    assert dict(vlitq.open(page.explorer.run.path).labels) == {}


def test_other_methods_are_refused(page: Page) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert page.client.request(method, f"/{TOKEN}/api/run").status_code == 405


def test_a_question_without_end_is_refused(page: Page) -> None:
    answer = page.post("api/rows", {"search": "a" * LONGEST_BODY})
    assert answer.status_code == 413
    deep = page.client.post(f"/{TOKEN}/api/rows", content=b"[" * 100_000, headers={"content-type": "application/json"})
    assert deep.status_code == 400


@pytest.mark.parametrize("asked", [[], 1, "rows", {"limit": 10**6}, {"filters": [1]}, {"filters": 1}, {"sort": ["row"]},
                                   {"search": ["a"]}, {"columns": "row"}])  # fmt: skip
def test_what_is_no_question_is_refused(page: Page, asked: Any) -> None:
    answer = page.post("api/rows", asked)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"filters": [{"column": "row", "op": "or 1=1"}]}, "no operator 'or 1=1'"),
        ({"sort": [{"column": "row; drop table samples"}]}, "no column 'row; drop table samples'"),
        ({"filters": [{"column": "map.x", "op": ">", "value": 0}]}, "no vectors"),
        ({"filters": [{"column": "turns", "op": ">", "value": "many"}]}, "holds numbers"),
        ({"search": "a" * 1001}, "1,001 characters, the limit is 1,000"),
    ],
)
def test_what_can_be_typed_and_has_no_answer_is_told_and_harms_nothing(
    page: Page, asked: dict[str, Any], why: str
) -> None:
    answer = page.post("api/rows", asked)
    assert answer.status_code == (404 if "map.x" in str(asked) else 200)
    assert why in answer.json()["error"]
    assert page.rows() == [0, 1, 2, 3, 4, 5]


def test_every_answer_carries_its_protection(page: Page) -> None:
    answers = [page.get(address) for address in ("", "api/run", "thumb/0/0", "nowhere", "static/x")]
    for answer in [*answers, page.client.get("/"), page.get("api/run", host="evil.example"), page.post("api/rows", [])]:
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "require-trusted-types-for 'script'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert page.get("api/run").headers["cache-control"] == "no-store"
    assert page.get("thumb/0/0").headers["cache-control"].startswith("private")


def test_neighbours_without_vectors_are_told(page: Page) -> None:
    answer = page.get("api/neighbours/0")
    assert answer.status_code == 404
    assert "stores no 'joint' vectors" in answer.json()["error"]


def test_a_run_that_cannot_be_written_to_is_shown_all_the_same(tmp_path: Path) -> None:
    path = world(tmp_path).path
    (path / "view").write_text("a file where the folder would be")
    explorer = Explorer(path)
    explorer.texts.build()
    page = Page(explorer)
    assert page.rows(search="blue") == [1]
    assert page.get("thumb/0/0").status_code == 200
    assert "cannot be written to" in page.get("api/run").json()["notes"][0]
    folder = explorer.texts.file.parent
    explorer.close()
    assert not os.path.exists(folder)


def test_a_run_of_one_row_and_no_scores_is_shown(tmp_path: Path) -> None:
    explorer = Explorer(run(write(tmp_path / "data.json", [["none"]]), tmp_path / "run", Length()).path)
    page = Page(explorer)
    assert page.rows() == [0]
    assert page.get("api/sample/0").status_code == 200
    assert page.post("api/histogram", {"column": "length.mean"}).json()["bins"] == []
    explorer.close()


def test_a_run_that_is_not_finished_says_so_on_its_page(tmp_path: Path) -> None:
    path = world(tmp_path).path
    manifest = path / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "complete": False}))
    explorer = Explorer(path)
    assert "The run is not finished" in Page(explorer).get("api/run").json()["notes"][0]
    explorer.close()
