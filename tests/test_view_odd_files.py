"""Files of a run that somebody replaced: nothing is waited for, and nothing is written outside the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from explored import world
from starlette.testclient import TestClient

from vlitq.view.app import app
from vlitq.view.explorer import Explorer

MARK = {"row": 1, "label": "keep"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return world(tmp_path).path


@pytest.fixture
def client(run: Path) -> Iterator[TestClient]:
    explorer = Explorer(run)
    yield TestClient(app(explorer, "token"), base_url="http://127.0.0.1:8000/token/")
    explorer.close()


def test_labels_are_not_written_into_a_pipe_nor_through_a_link_and_the_next_mark_is(
    client: TestClient, run: Path, tmp_path: Path
) -> None:
    labels, outside = run / "labels.jsonl", tmp_path / "outside.txt"
    outside.write_text("")
    os.mkfifo(labels)
    assert "is not a regular file" in client.post("api/mark", json=MARK).json()["error"]
    labels.unlink()
    labels.symlink_to(outside)
    assert "is not a regular file" in client.post("api/mark", json=MARK).json()["error"]
    assert outside.read_text() == ""
    labels.unlink()
    assert client.post("api/mark", json=MARK).json()["labels"] == {"keep": 1, "drop": 0}


def test_a_mark_that_a_full_disk_refuses_is_told(
    client: TestClient, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert client.post("api/mark", json=MARK).json()["error"] == (
        f"nothing is marked: {run} cannot be written to: No space left on device"
    )


@pytest.mark.parametrize("link", ["view", "view/thumbs", "view/thumbs/00"])
def test_what_the_explorer_makes_is_not_written_through_a_link(run: Path, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (run / link).parent.mkdir(parents=True, exist_ok=True)
    (run / link).symlink_to(outside)
    explorer = Explorer(run)
    explorer.texts.build()
    explorer.thumb(0, 0)
    assert list(outside.iterdir()) == []
    assert explorer.notes[-1].startswith(f"{run / 'view'} cannot be written to, or holds a link")
    assert explorer.texts.find("red").tolist() == [0]
    explorer.close()
