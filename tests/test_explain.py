"""Explanations: the gates a row passed, and the nearest kept sample, worked out by hand and by all cosines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from selection_world import World

import vlitq
from vlitq.cli import main
from vlitq.selection import explanation
from vlitq.selection.explanation import nearest_kept
from vlitq.selection.select import select

A = "alignment.cosine"
VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [np.nan, np.nan]], dtype=np.float32)


def world(**more: object) -> World:
    """Four rows, the better the later; the last has no vector."""
    values = {A: [0.1, 0.2, 0.3, 0.4], "duplicates.similarity": [0.5, 0.5, 0.9, 0.5]}
    return World(values, features={"clip_image": VECTORS}, **more)  # type: ignore[arg-type]  # fields of the world


def test_a_dropped_row_is_told_the_nearest_row_that_is_kept() -> None:
    selection = select(world(), budget=3, by=A)
    assert sorted(selection.ids) == ["s1", "s2", "s3"]
    assert selection.explain("s0").splitlines()[1:] == [
        "The nearest kept sample is 's1' (row 1), at a cosine of 0.600 between joint vectors (of clip_image)."
    ]


def test_a_kept_row_is_told_the_nearest_of_the_others() -> None:
    selection = select(world(), budget="100%", by=A)
    assert selection.explanation(2).nearest == explanation.Nearest("s1", 1, pytest.approx(0.8), ("clip_image",))
    assert "The nearest other kept sample is 's1' (row 1), at a cosine of 0.800" in selection.explain("s2")


@pytest.mark.parametrize("row", [3, 0])
def test_a_row_without_a_vector_or_without_another_that_is_kept_has_no_nearest(row: int) -> None:
    kept = np.array([0, 3])
    assert nearest_kept(world(), row, kept) is None


def test_a_run_without_vectors_explains_without_them() -> None:
    selection = select(World({A: [0.1, 0.2]}), budget=1, by=A)
    assert selection.explanation(0).nearest is None
    assert len(selection.explain("s0").splitlines()) == 1


def test_the_nearest_is_that_of_all_cosines_and_the_first_of_equals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explanation, "BLOCK", 7)
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((60, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[50] = vectors[41] = vectors[40]
    run = World({A: [0.5] * 60}, features={"clip_image": vectors})
    kept = rng.permutation(60)[:40]
    for row in range(60):
        others = np.sort(kept[kept != row])
        cosines = vectors[others].astype(np.float64) @ vectors[row].astype(np.float64)
        found = nearest_kept(run, row, kept)
        assert found is not None
        assert found[1] == pytest.approx(cosines.max(), abs=1e-6)
        assert cosines[others.tolist().index(found[0])] == pytest.approx(cosines.max(), abs=1e-6)
    assert nearest_kept(run, 50, np.array([50, 41, 40, 3])) == (40, pytest.approx(1))


def test_the_gates_a_row_passed_are_those_before_the_one_that_stopped_it() -> None:
    gates = [f"{A} >= 0.2", "duplicates.similarity < 0.8"]
    run = world(statuses=["ok", "ok", "ok", "invalid"])
    selection = select(run, budget=4, by=A, gates=gates)
    passed = [selection.explanation(row).gates for row in range(4)]
    assert passed == [(), tuple(gates), (gates[0],), ()]
    assert f"It passed the gate {gates[0]}." in selection.explain("s2")
    assert f"It passed the gates {gates[0]} and {gates[1]}." in selection.explain("s1")


def test_rows_that_share_an_id_are_each_explained() -> None:
    selection = select(World({A: [0.1, 0.2]}, ids=["x", "x"]), budget=1, by=A)
    assert [line.split()[2] for line in selection.explain("x").splitlines()] == ["dropped", "kept:"]


def test_the_command_tells_decision_rank_stratum_and_gates_of_each_selection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = [
        {
            "id": f"s{i}",
            "source": "a",
            "conversations": [{"from": "human", "value": "Why?"}, {"from": "gpt", "value": t}],
        }
        for i, t in enumerate(["One.", "One two three.", "One two three four five."])
    ]
    (tmp_path / "data.json").write_text(json.dumps(samples))
    run, out = tmp_path / "run", tmp_path / "subset.json"
    vlitq.score(tmp_path / "data.json", out=run, scorers=["complexity"], device="cpu", quiet=True)
    gate = "complexity.response_words >= 2"
    vlitq.select(run, budget=1, by="complexity.response_words", stratify="source", gates=[gate]).write(out)
    assert main(["explain", str(run), "s2", "--json"]) == 0
    (fact,) = json.loads(capsys.readouterr().out)
    told = fact["selections"][str(out)]
    assert (told["kept"], told["rank"], told["stratum"], told["gates_passed"]) == (True, 1, "a", [gate])
    assert told["nearest"] is None
    assert main(["explain", str(run), "s0"]) == 0
    assert "'s0' is dropped because it does not pass: gate complexity.response_words >= 2: 1" in capsys.readouterr().out
