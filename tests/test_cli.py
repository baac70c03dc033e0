"""The command line as a user types it: what it prints, and the status it ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image

from vlitq.cli import main
from vlitq.cli.methods import taken

ANSWERS = ("Two brown dogs run over a green field.", "A red car stands next to the house.", "Yes.", "A blue sky.")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four samples, the last of which names an image that is not there."""
    (tmp_path / "images").mkdir()
    for i in range(3):
        Image.new("RGB", (32, 32), (80 * i, 90, 100)).save(tmp_path / "images" / f"{i}.png")
    samples = [
        {
            "id": f"s{i}",
            "image": f"{i}.png",
            "source": "even" if i % 2 == 0 else "odd",
            "conversations": [
                {"from": "human", "value": "<image>\nWhat is this?"},
                {"from": "gpt", "value": answer},
            ],
        }
        for i, answer in enumerate(ANSWERS)
    ]
    path = tmp_path / "data.json"
    path.write_text(json.dumps(samples), encoding="utf-8")
    return path


def score(data: Path, *more: str) -> int:
    """Score with the model-free scorer, into `run` beside the data."""
    images, out = str(data.parent / "images"), str(data.parent / "run")
    return main(["score", str(data), "--images", images, "--out", out, "--scorers", "complexity", *more])


def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_score_says_what_came_of_it_and_a_missing_image_is_a_status(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert score(data, "--json", "--max-unscored", "25") == 0
    facts = printed(capsys)
    assert facts["rows"] == 4
    assert facts["statuses"] == {"missing_image": 1, "ok": 3}
    assert facts["scorers"]["complexity"] == {"ok": 4}
    assert facts["columns"]["complexity.response_words"]["rows"] == 4


def test_too_many_unscored_rows_end_with_3_and_a_complete_run(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score(data) == 3
    seen = capsys.readouterr()
    assert "25.0 % of the rows could not be scored fully" in seen.err
    assert "3.png is missing" in seen.out
    assert main(["explain", str(data.parent / "run"), "s3"]) == 0


def test_what_is_not_data_ends_with_2_and_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data.json"
    path.write_text("this is no JSON", encoding="utf-8")
    assert main(["score", str(path), "--out", str(tmp_path / "run")]) == 2
    assert capsys.readouterr().err.startswith(f"vlitq: {path}")
    assert not (tmp_path / "run" / "manifest.json").exists()


def test_an_unknown_scorer_names_the_nearest(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(data), "--out", str(data.parent / "run"), "--scorers", "aligment"]) == 2
    assert "Did you mean 'alignment'?" in capsys.readouterr().err


def test_select_writes_the_subset_and_prints_what_was_dropped(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score(data)
    capsys.readouterr()
    out = data.parent / "subset.json"
    arguments = ["--by", "complexity.response_words", "--budget", "50%", "--out", str(out)]
    assert main(["select", str(data.parent / "run"), *arguments]) == 0
    seen = capsys.readouterr().out
    assert "kept 2 of 4 rows" in seen
    assert "dropped by the validity gate: 1 missing_image" in seen
    assert "1 dropped: not a sample to train on (the validity gate)\n" in seen
    assert "1 not taken: the budget did not reach them\n" in seen
    assert [sample["id"] for sample in json.loads(out.read_text())] == ["s0", "s1"]


def test_explain_tells_scores_and_every_decision(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score(data)
    run, out = str(data.parent / "run"), str(data.parent / "subset.json")
    main(["select", run, "--by", "complexity.response_words", "--budget", "1", "--out", out])
    capsys.readouterr()
    assert main(["explain", run, "s2", "--json"]) == 0
    (fact,) = printed(capsys)
    assert fact["row"] == 2
    assert fact["scores"]["complexity.response_words"]["value"] == 1
    assert "'s2' is dropped because" in fact["selections"][out]["sentence"]


def test_explain_of_an_unknown_id_says_so(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score(data)
    assert main(["explain", str(data.parent / "run"), "s9"]) == 2
    told = capsys.readouterr().err
    assert "no sample 's9'" in told
    assert "Ids are such as 's0', 's1', 's2'; '#0' to '#3' are the rows by number" in told


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["select", str(tmp_path), "--out", str(tmp_path / "x.json"), "--budget", "1"]) == 2
    assert "holds no run" in capsys.readouterr().err


def test_scorers_are_listed_and_shown_with_their_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scorers", "list", "--json"]) == 0
    assert {"alignment", "complexity", "diversity", "duplicates"} <= {entry["name"] for entry in printed(capsys)}
    assert main(["scorers", "show", "alignment"]) == 0
    assert "arXiv 2104.08718" in capsys.readouterr().out


def test_plugins_are_listed_and_checked_against_the_laws(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugins", "list", "--json"]) == 0
    assert {plugin["status"] for plugin in printed(capsys)} == {"active"}
    assert main(["plugins", "check", "complexity", "--json"]) == 0
    assert printed(capsys)["holds"] is True


def test_doctor_says_what_can_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    facts = printed(capsys)
    assert facts["broken plugins"] == []
    assert facts["device"].startswith(("cpu", "cuda"))


@pytest.mark.parametrize("arguments", [["score"], ["select", "run"], ["nonsense"], ["score", "x", "--workers", "0"]])
def test_a_wrong_command_line_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_device_that_is_not_there_is_one_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score(data, "--device", "cuda:63") == 2
    assert "--device cpu" in capsys.readouterr().err


def test_methods_are_listed_and_one_is_shown_with_its_options(capsys) -> None:
    assert main(["methods", "list"]) == 0
    assert "facility_location" in capsys.readouterr().out
    assert main(["methods", "show", "k-center"]) == 0
    assert "--option start=best-ranked|central  (default: best-ranked)" in capsys.readouterr().out
    assert main(["methods", "show", "deita", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["options"]["threshold"] == 0.9
    assert main(["methods", "show", "deitta"]) == 2
    assert "no selection method 'deitta'. Did you mean 'deita'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("things", "known"), [("methods", "deita"), ("scorers", "alignment"), ("plugins", "selection")]
)
def test_a_listing_needs_no_word_more(capsys, things: str, known: str) -> None:
    assert main([things]) == 0
    listed = capsys.readouterr().out
    assert known in listed
    assert main([things, "list"]) == 0
    assert capsys.readouterr().out == listed
    assert main([things, "--json"]) == 0
    assert known in json.dumps(json.loads(capsys.readouterr().out))


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (Literal["a", "b"], "a|b"),
        (Literal["a"] | float, "a|NUMBER"),
        (int | None, "N"),
        (bool, "true|false"),
        (str, "TEXT"),
    ],
)
def test_what_an_option_takes_reads_like_a_usage_line(hint: Any, told: str) -> None:
    assert taken(hint) == told
