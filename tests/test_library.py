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


def score(data: Path) -> Run:
    out = data.parent / "run"
    return vlitq.score(data, out=out, scorers=ABLE, device="cpu", cache=False, quiet=True, max_unscored=100)


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
