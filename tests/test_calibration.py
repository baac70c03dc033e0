"""Quantiles of a reference set: percentiles, drift, and files that are no calibration."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import vlitq
from vlitq.calibration import Calibration, CalibrationError, Quantiles, drift, measured, read
from vlitq.cli import main
from vlitq.schema import Array


def quantiles_of(numbers: Array) -> Quantiles:
    found = measured("a.b", "key", numbers)
    assert found is not None
    return found


def test_the_median_of_the_reference_is_its_fiftieth_percentile() -> None:
    quantiles = quantiles_of(np.arange(1001.0))
    expected = [0.0, 25.0, 50.0, 100.0, 0.0, 100.0]
    assert quantiles.percentiles(np.array([0, 250, 500, 1000, -9, 5000.0])) == pytest.approx(expected, abs=0.5)


def test_a_value_that_most_have_lies_in_the_middle_of_them() -> None:
    quantiles = quantiles_of(np.array([0.0] * 80 + [1.0] * 20))
    assert quantiles.percentiles(np.array([0.0, 1.0])) == pytest.approx([40, 90], abs=0.5)


def test_null_stays_null() -> None:
    assert np.isnan(quantiles_of(np.arange(20.0)).percentiles(np.array([np.nan]))).all()


def test_percentiles_rise_with_the_values() -> None:
    rng = np.random.default_rng(0)
    percentiles = quantiles_of(rng.normal(size=500)).percentiles(np.sort(rng.normal(size=300) * 2))
    assert (np.diff(percentiles) >= 0).all()
    assert percentiles.min() >= 0
    assert percentiles.max() <= 100


def test_nineteen_values_make_no_quantiles() -> None:
    assert measured("a.b", "key", np.array([*range(19), np.nan])) is None


def test_data_like_the_reference_has_not_drifted() -> None:
    rng = np.random.default_rng(1)
    for draw in (rng.normal, lambda size: rng.integers(0, 3, size).astype(float)):
        quantiles = quantiles_of(draw(size=2000))
        assert drift(quantiles, draw(size=1000)) is None


def test_a_shift_is_told_with_its_distance_and_both_medians() -> None:
    found = drift(quantiles_of(np.arange(100.0)), np.arange(100.0) + 50)
    assert found is not None
    assert found.distance == pytest.approx(0.5, abs=0.02)
    assert (found.median, found.reference_median) == pytest.approx((99.5, 49.5), abs=1)


def test_other_shares_of_the_same_few_values_are_a_drift() -> None:
    reference = quantiles_of(np.array([0.0] * 90 + [1.0] * 10))
    found = drift(reference, np.array([0.0] * 50 + [1.0] * 50))
    assert found is not None
    assert found.distance == pytest.approx(0.4, abs=0.01)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nothing", "cannot be read"),
        ("[]", "holds no calibration"),
        ('{"layout": 2, "quantiles": []}', "holds no calibration"),
        ('{"layout": 1, "quantiles": [3]}', "is no entry"),
        (
            '{"layout": 1, "quantiles": [{"column": "a.b", "key": "k", "rows": 9, "values": [2, 1]}]}',
            "not finite and in",
        ),
        ('{"layout": 1, "quantiles": [{"column": "a.b", "key": "k", "rows": 9, "values": [1, NaN]}]}', "not finite"),
        ('{"layout": 1, "quantiles": [{"column": "a.b", "key": "k", "rows": 9, "values": ["x", {}]}]}', "is no entry"),
    ],
)
def test_a_file_that_is_no_calibration_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "file.json").write_text(text)
    with pytest.raises(CalibrationError, match=complaint):
        read(tmp_path / "file.json")


def dataset(folder: Path, longest: int) -> Path:
    def record(number: int) -> dict[str, object]:
        answer = " ".join(["word"] * (1 + number % longest))
        turns = [{"from": "human", "value": "What?"}, {"from": "gpt", "value": answer}]
        return {"id": str(number), "conversations": turns}

    folder.mkdir(parents=True)
    (folder / "data.json").write_text(json.dumps([record(number) for number in range(60)]))
    return folder / "data.json"


def scored(folder: Path, longest: int, **more: object) -> vlitq.Run:
    data = dataset(folder, longest)
    return vlitq.score(data, out=folder / "run", scorers=["complexity"], cache=False, quiet=True, **more)  # type: ignore[arg-type]  # options by name


def test_a_run_read_by_a_reference_has_percentiles_that_select_and_gate(tmp_path: Path) -> None:
    reference = tmp_path / "reference.json"
    vlitq.calibrate([scored(tmp_path / "good", 60)], reference)
    run = scored(tmp_path / "new", 30, calibration=reference)
    percentiles = run.table()["complexity.response_words_percentile"].to_numpy()
    assert percentiles[:30] == pytest.approx(100 * (np.arange(30) + 0.5) / 60, abs=1)
    chosen = vlitq.select(run, budget=5, by="complexity.response_words_percentile",
                          gates=["complexity.response_words_percentile <= 20"])  # fmt: skip
    assert sorted(int(one) % 30 for one in chosen.ids) == [9, 10, 10, 11, 11]


def test_a_drift_is_printed_when_the_run_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference = tmp_path / "reference.json"
    vlitq.calibrate([scored(tmp_path / "good", 60)], reference)
    data = dataset(tmp_path / "new", 5)
    out = str(tmp_path / "out")
    assert main(["score", str(data), "--out", out, "--scorers", "complexity", "--calibration", str(reference)]) == 0
    printed = capsys.readouterr().out
    assert "lies elsewhere than the reference set" in printed
    assert "complexity.response_words: median 3, in the reference 30" in printed


def test_the_command_line_makes_and_applies_a_calibration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = scored(tmp_path / "good", 60)
    file = str(tmp_path / "reference.json")
    assert main(["calibrate", str(run.path), "--out", file, "--json"]) == 0
    assert "complexity.response_words" in json.loads(capsys.readouterr().out)["columns"]
    assert main(["calibrate", str(run.path), "--with", file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["drift"] == []


def test_a_calibration_of_other_scorers_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = scored(tmp_path / "good", 60)
    Calibration((quantiles_of(np.arange(30.0)),)).write(tmp_path / "other.json")
    assert main(["calibrate", str(run.path), "--with", str(tmp_path / "other.json")]) == 2
    assert "holds no column of this run's scorers" in capsys.readouterr().err
