"""The whole library on one dataset: what it computes and how often, and what it makes of hostile texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import vlitq
from vlitq.host import Host
from vlitq.plan import PlanError, make_plan
from vlitq.store import Run

HOST = Host()
HOSTILE = {
    "empty": "",
    "one token": "a",
    "a million characters": "word " * 200_000,
    "a million without a space": "x" * 1_000_000,
    "only emoji": "😀🎉👩‍👩‍👧",
    "right to left": "שלום עולם, מה שלומך? مرحبا بالعالم",
    "control characters": "\x01\x02\x1b[31m\x7f",
    "NUL": "a\0b",
    "a lone surrogate": "a \ud800 b",
    "only punctuation": "?!.,;:",
    "brackets": "[" * 5000 + "]" * 5000,
    "option marks": "A. B. C. " * 5000,
}


def able() -> list[str]:
    """vlitq's own scorers that need no file of the user's."""

    def plans(name: str) -> bool:
        try:
            make_plan(HOST, {name: {}}, ["embedded"])
        except PlanError:
            return False
        return True

    names = [o.thing.name for o in HOST.offers("scorers") if o.thing.__module__.startswith("vlitq_scorers")]
    return [name for name in names if plans(name)]


ABLE = able()


def test_only_scorers_that_need_a_file_of_the_users_cannot_run_by_themselves() -> None:
    ours = {o.thing.name for o in HOST.offers("scorers") if o.thing.__module__.startswith("vlitq_scorers")}
    assert ours - set(ABLE) == {"aesthetics", "contamination", "normsim"}


def dataset(folder: Path, answers: Sequence[str], question: str = "What is this?") -> Path:
    rng = np.random.default_rng(0)
    records: list[dict[str, Any]] = []
    for number, answer in enumerate(answers):
        name = f"{number % 3}.jpg"
        Image.fromarray(rng.integers(0, 256, (70, 90, 3), dtype=np.uint8)).save(folder / name)
        turns = [{"from": "human", "value": f"<image>\n{question}"}, {"from": "gpt", "value": answer}]
        records.append({"id": str(number), "image": name, "conversations": turns})
    (folder / "data.json").write_text(json.dumps(records))
    return folder / "data.json"


def score(data: Path, batch_size: int = 8) -> Run:
    out = data.parent / "run"
    return vlitq.score(data, out=out, scorers=ABLE, device="cpu", batch_size=batch_size, cache=False, quiet=True)


def test_each_image_is_decoded_once_and_each_model_runs_once_an_item(tmp_path: Path) -> None:
    answers = ["A dog runs over a field.", "Two cats sleep.", "A red car is parked here.", "Two cats sleep."]
    run = score(dataset(tmp_path, answers))
    cost = run.manifest["passes"][-1]
    assert cost["images"] == {"read": 3, "decoded": 3}
    distinct = {"image": 3, "thumbnail": 3, "text": 4, "exchange": 3, "sample": 4}  # answers and the one question
    plan = make_plan(HOST, {name: {} for name in ABLE}, ["embedded"])
    for feature in plan.features:
        meter = cost["features"][feature.name]
        assert 0 < meter["computed"] <= distinct[feature.over], feature.name
        assert meter["failed"] == 0, feature.name


@pytest.mark.slow
@pytest.mark.parametrize("where", ["answer", "question"])
def test_every_scorer_answers_hostile_text_with_a_value_or_a_status(tmp_path: Path, where: str) -> None:
    texts = list(HOSTILE.values())
    if where == "answer":
        data = dataset(tmp_path, texts)
    else:
        records = json.loads(dataset(tmp_path, ["A dog."] * len(texts)).read_text())
        for record, text in zip(records, texts, strict=True):
            record["conversations"][0]["value"] = text
        data = tmp_path / "data.json"
        data.write_text(json.dumps(records))
    run = score(data)
    assert len(run) == len(texts)
    for scorer in run.scorers:
        told = run.scores(scorer)
        statuses = dict(zip(HOSTILE, told["status"].to_pylist(), strict=True))
        failed = {name: told["reason"][row].as_py() for row, name in enumerate(HOSTILE) if statuses[name] == "error"}
        assert not failed, f"{scorer}: {failed}"


def rows_of(run: Run) -> dict[str, dict[str, Any]]:
    """Every value of every column by id, without those that name rows."""
    columns = [name for name, column in run.columns.items() if column.unit != "row"]
    table = run.table().select(["id", *columns]).to_pylist()
    return {row.pop("id"): row for row in table}


def differing(one: Run, other: Run) -> list[str]:
    """The columns in which the two differ by more than float32 and the order of summation explain."""
    left, right = rows_of(one), rows_of(other)
    assert left.keys() == right.keys()
    found = set()
    for key, row in left.items():
        for name, value in row.items():
            again = right[key][name]
            if isinstance(value, float) and isinstance(again, float):
                if not np.isclose(value, again, rtol=1e-4, atol=1e-4):
                    found.add(f"{name}: {value} and {again}")
            elif value != again:
                found.add(f"{name}: {value} and {again}")
    return sorted(found)


ANSWERS = (
    "Yes.",
    "A dog runs over a green field because it chases a ball. The ball is red, and the sky above it is blue.",
    "Two cats sleep next to the window.",
    "这是一只猫。",
    "B",
    "There are three boats on the left of the bridge, and a fourth one in the distance; all of them are white.",
    "The answer is 42. " * 30,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return score(dataset(tmp_path_factory.mktemp("whole"), ANSWERS))


@pytest.mark.parametrize("size", [1, 3])
def test_no_score_depends_on_the_batch_size(tmp_path: Path, whole: Run, size: int) -> None:
    assert differing(whole, score(dataset(tmp_path, ANSWERS), batch_size=size)) == []


def test_no_score_depends_on_how_the_data_is_sharded(
    tmp_path: Path, whole: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vlitq.engine.shard.SHARD_ROWS", 2)
    run = score(dataset(tmp_path, ANSWERS))
    assert len(list((run.path / "rows").iterdir())) == 4
    assert differing(whole, run) == []


def test_no_score_depends_on_the_order_of_the_rows(tmp_path: Path, whole: Run) -> None:
    data = dataset(tmp_path, ANSWERS)
    data.write_text(json.dumps(json.loads(data.read_text())[::-1]))
    assert differing(whole, score(data)) == []
