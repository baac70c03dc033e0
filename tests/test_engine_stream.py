"""The stream computes every image, text and derived vector once, and loses no row whatever its scorers do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import (
    Blue,
    Colour,
    Judge,
    Length,
    Letters,
    Red,
    Vivid,
    colour,
    column,
    computed,
    cost,
    record,
    run,
    write,
)

from vlitq.engine import images as image_stream
from vlitq.engine.shard import SHARD_ROWS
from vlitq.store import RunError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four samples: two of one image, one of its copy and a blue one, one of text alone; two answers are equal."""
    colour(tmp_path / "red.png", (255, 0, 0))
    shutil.copy(tmp_path / "red.png", tmp_path / "copy.png")
    colour(tmp_path / "blue.png", (0, 0, 102))
    return write(
        tmp_path / "data.json",
        [
            record(0, "It is red.", ["red.png"]),
            record(1, "It is red.", ["red.png"]),
            record(2, "Two of them.", ["copy.png", "blue.png"]),
            record(3, "Text alone."),
        ],
    )


def test_an_image_is_decoded_and_encoded_once_whoever_names_it_by_whatever_name(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Red(), Blue())
    assert cost(scored)["images"] == {"read": 3, "decoded": 2}
    assert computed(scored) == {"colour": 2}
    assert column(scored, "red.mean") == [1.0, 1.0, 0.5, None]
    assert column(scored, "blue.mean") == pytest.approx([0, 0, 0.2, None])


def test_an_image_of_two_shards_is_decoded_once_even_when_its_path_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_stream, "REMEMBERED_PATHS", 0)
    colour(tmp_path / "red.png", (255, 0, 0))
    rows = SHARD_ROWS + 1
    data = write(tmp_path / "data.json", [record(i, images=["red.png"]) for i in range(rows)])
    scored = run(data, tmp_path / "run", Red())
    assert cost(scored)["images"] == {"read": 2, "decoded": 1}
    assert column(scored, "red.mean") == [1.0] * rows


def test_a_text_is_encoded_once(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Length())
    assert computed(scored) == {"letters": 3}
    assert column(scored, "length.mean") == [10, 10, 12, 11]
    assert cost(scored)["images"]["decoded"] == 0, "nobody asked for an image"


def test_a_derived_feature_reads_no_image_again(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Red(), Vivid())
    assert computed(scored) == {"colour": 2, "contrast": 2}
    assert cost(scored)["images"]["decoded"] == 2
    assert column(scored, "vivid.mean") == pytest.approx([1, 1, 0.7, None])


def test_a_row_of_text_alone_does_not_apply_to_an_image_scorer_and_is_no_zero(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Red())
    assert scored.status("red").tolist() == ["ok", "ok", "ok", "not_applicable"]
    assert scored.scores("red")["reason"].to_pylist()[3] == "the sample has no image"


def test_a_record_that_is_no_sample_is_scored_by_none_and_stays_in_its_place(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(0), "what is this", {"id": "no turns"}, record(3)])
    scored = run(data, tmp_path / "run", Length(), Judge(_full_marks))
    assert column(scored, "id") == ["s0", "row-000001", "no turns", "s3"]
    for scorer in scored.scorers:
        assert scored.status(scorer).tolist() == ["ok", "invalid", "invalid", "ok"]
    assert column(scored, "judge.mark") == [10, None, None, 10]
    assert column(scored, "length.mean")[1:3] == [None, None]


def test_an_image_that_cannot_be_encoded_costs_its_own_rows_with_feature_and_cause(data: Path, tmp_path: Path) -> None:
    colour(tmp_path / "bad.png", (77, 0, 0))
    records = [record(i, images=["bad.png" if i == 5 else "red.png" if i % 2 else "blue.png"]) for i in range(9)]
    scored = run(write(data, records), tmp_path / "run", Red(Colour(bad=77)), Length())
    assert scored.status("red").tolist() == ["ok"] * 5 + ["error"] + ["ok"] * 3
    (failed,) = scored.unscored().filter(_is(scored.unscored(), "node", "red")).to_pylist()
    assert (failed["row"], failed["id"]) == (5, "s5")
    assert failed["reason"] == "colour: ValueError: a colour nobody can see"
    assert set(scored.status("length")) == {"ok"}
    assert column(scored, "status")[5] == "error"


def test_an_image_that_one_feature_cannot_prepare_is_scored_by_the_others(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Red(Colour(bad_to_prepare=255)), Vivid())
    assert scored.status("red").tolist() == ["error", "error", "error", "not_applicable"]
    assert column(scored, "vivid.mean") == pytest.approx([1, 1, 0.7, None])


def test_a_vector_that_is_not_finite_costs_its_own_row(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(0), record(1, "nan"), record(2)])
    scored = run(data, tmp_path / "run", Length())
    assert scored.status("length").tolist() == ["ok", "error", "ok"]
    assert scored.scores("length")["reason"][1].as_py() == (
        "letters: ContractError: feature 'letters': values that are not finite"
    )


def test_a_text_that_fails_is_tried_once(tmp_path: Path) -> None:
    answers = ["bad", *[""] * (SHARD_ROWS - 1), "bad"]
    data = write(tmp_path / "data.json", [record(i, answer) for i, answer in enumerate(answers)])
    scored = run(data, tmp_path / "run", Length(Letters(bad="bad")))
    assert cost(scored)["features"]["letters"]["failed"] == 1
    assert list(np.flatnonzero(scored.status("length") == "error")) == [0, SHARD_ROWS]


def test_out_of_memory_halves_the_batch_and_changes_no_score(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(data, [record(i, "x" * i) for i in range(1, 40)])
    roomy = run(data, tmp_path / "roomy", Length(), batch_size=16)
    tight = run(data, tmp_path / "tight", Length(Letters(room=3)), batch_size=16)
    assert column(tight, "length.mean") == column(roomy, "length.mean")
    assert caplog.messages == [
        "out of memory in letters with a batch of 16: going on with 8",
        "out of memory in letters with a batch of 8: going on with 4",
        "out of memory in letters with a batch of 4: going on with 2",
    ]


def test_a_scorer_that_raises_loses_only_the_rows_at_fault_with_plugin_scorer_and_cause(
    data: Path, tmp_path: Path
) -> None:
    scored = run(data, tmp_path / "run", Judge(_afraid_of_two), Length())
    assert scored.status("judge").tolist() == ["ok", "ok", "error", "ok"]
    assert column(scored, "judge.mark") == [1, 1, None, 1]
    assert scored.scores("judge")["reason"][2].as_py() == "judge of plugin toys (vlitq-toys 1.0): ValueError: two!"
    assert set(scored.status("length")) == {"ok"}


def _full_marks(responses: list[str]) -> Any:
    return np.full(len(responses), 10, np.int32)


def _afraid_of_two(responses: list[str]) -> Any:
    if any("Two" in response for response in responses):
        raise ValueError("two!")
    return np.ones(len(responses), np.int32)


def _out_of_bounds(responses: list[str]) -> Any:
    return np.array([11 if "Two" in response else 3 for response in responses], np.int32)


def _floats(responses: list[str]) -> Any:
    return np.ones(len(responses))


def _too_few(responses: list[str]) -> Any:
    return np.ones(len(responses) - 1, np.int32)


def _no_column(responses: list[str]) -> Any:
    return {"note": np.ones(len(responses), np.int32)}


def _nothing(responses: list[str]) -> Any:
    return {}


def _surrogates(responses: list[str]) -> Any:
    raise ValueError("\ud800 is no character" + "!" * 10_000)


def test_a_value_out_of_bounds_is_an_error_of_its_row_with_the_bounds(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Judge(_out_of_bounds))
    assert column(scored, "judge.mark") == [3, 3, None, 3]
    reason = scored.scores("judge")["reason"][2].as_py()
    assert reason.endswith("ContractError: column 'mark': 11 in row 2 is outside [0, 10]")


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (_floats, "column 'mark': dtype float64, declared int32"),
        (_too_few, "column 'mark': shape (0,), expected (1,)"),
        (_no_column, "scorer 'judge' returned ['note'], declared ['mark']"),
        (_nothing, "scorer 'judge' returned [], declared ['mark']"),
        (_surrogates, r"ValueError: \ud800 is no character!!!"),
    ],
)
def test_a_broken_contract_is_told_for_every_row_and_the_others_score(
    data: Path, tmp_path: Path, by: Any, told: str
) -> None:
    scored = run(data, tmp_path / "run", Judge(by), Length())
    assert scored.status("judge").tolist() == ["error"] * 4
    assert all(told in reason for reason in scored.scores("judge")["reason"].to_pylist())
    assert set(scored.status("length")) == {"ok"}


def test_a_feature_that_cannot_be_loaded_stops_the_run_by_name(data: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"feature 'letters' cannot be loaded: KeyError: 'the weights'"):
        run(data, tmp_path / "run", Length(_Unloadable()))


class _Unloadable(Letters):
    def open(self, runtime: Any) -> Any:
        raise KeyError("the weights")


def test_a_feature_whose_length_changed_without_its_version_is_told(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Length())
    write(data, [record(9)])
    with pytest.raises(RunError, match=r"'letters' makes vectors of length 3, and 2 when .* raise its version"):
        run(data, tmp_path / "other", Length(_Grown(dim=3)))


class _Grown(Letters):
    def key(self, weights: Any = None) -> str:
        return Letters().key()


def test_rows_come_out_as_they_went_in(tmp_path: Path) -> None:
    rows = 2 * SHARD_ROWS + 5
    data = write(tmp_path / "data.json", [record(i, "x" * (i % 7 + 1)) for i in range(rows)])
    scored = run(data, tmp_path / "run", Length())
    assert len(scored) == rows
    assert column(scored, "id") == [f"s{i}" for i in range(rows)]
    assert column(scored, "length.mean") == [i % 7 + 1 for i in range(rows)]


def test_repeated_ids_are_rows_of_their_own_and_are_counted(tmp_path: Path) -> None:
    data = write(tmp_path / "data.json", [record(0), record(1), record(0, "Another."), record(0, "A third.")])
    scored = run(data, tmp_path / "run", Length())
    assert column(scored, "id") == ["s0", "s1", "s0", "s0"]
    assert scored.manifest["repeated_ids"] == 2


def test_a_limit_scores_the_first_rows_only(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Red(), limit=2)
    assert column(scored, "id") == ["s0", "s1"]
    assert computed(scored) == {"colour": 1}


def test_a_dataset_without_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no records"):
        run(write(tmp_path / "data.json", []), tmp_path / "run", Length())


def _is(table: Any, name: str, value: str) -> Any:
    return np.array(table[name].to_pylist()) == value
