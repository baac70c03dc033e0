"""What the command line says to somebody who is new to it, and makes mistakes."""

from __future__ import annotations

import fcntl
import json
from pathlib import Path

import pyarrow as pa
import pytest

import vlitq
from vlitq.cli import main
from vlitq.selection.settle import in_stratum
from vlitq.selection.summary import left_out

ANSWERS = ("One.", "One two three.", "One two three four five.", "One two.")
RECIPE = """
[scorers.complexity]
[select]
budget = "50%"
method = "stratified"
stratify = "source, complexity.question_type"
gates = ["complexity.response_words >= 2"]
[select.options]
within = "random"
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Four samples of two sources, scored by a recipe that draws within strata."""
    samples = [
        {
            "id": f"s{row}",
            "source": "ab"[row % 2],
            "conversations": [{"from": "human", "value": "What is it?"}, {"from": "gpt", "value": answer}],
        }
        for row, answer in enumerate(ANSWERS)
    ]
    (tmp_path / "data.json").write_text(json.dumps(samples), encoding="utf-8")
    (tmp_path / "mine.toml").write_text(RECIPE, encoding="utf-8")
    vlitq.score(
        tmp_path / "data.json",
        out=tmp_path / "run",
        recipe=tmp_path / "mine.toml",
        device="cpu",
        cache=False,
        quiet=True,
    )
    return tmp_path / "run"


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path, status: int = 2) -> str:
    """What a command says: on stderr where it fails, on one line."""
    capsys.readouterr()
    assert main([str(one) for one in arguments]) == status
    seen = capsys.readouterr()
    return " ".join((seen.err if status else seen.out).split())


def select(capsys: pytest.CaptureFixture[str], run: Path, *more: str | Path, status: int = 2) -> str:
    return told(capsys, "select", run, "--out", run.parent / "subset.json", *more, status=status)


def unfinish(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps({**manifest, "complete": False}))


@pytest.mark.parametrize(
    "option",
    [
        ("--gate", "complexity.respons_words > 1"),
        ("--stratify", "complexity.respons_words"),
        ("--one-per", "complexity.respons_words"),
    ],
)
def test_a_misspelt_column_is_told_before_that_the_method_needs_a_score(
    run: Path, capsys: pytest.CaptureFixture[str], option: tuple[str, str]
) -> None:
    said = select(capsys, run, *option)
    assert "no column 'complexity.respons_words'. Did you mean 'complexity.response_words'?" in said


def test_a_gate_alone_says_that_it_sets_the_recipe_aside_and_what_to_give_then(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = select(capsys, run, "--gate", "complexity.response_words > 1")
    assert "method 'top', which is used where none is named, ranks by a score, and nothing says by which" in said
    assert "with gates given, recipe 'mine' is set aside" in said
    assert "Give --by EXPR (by=EXPR in Python), or --method random, or name the recipe (--recipe)" in said


def test_a_run_without_a_recipe_is_not_told_of_one(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps({**manifest, "recipe": None}))
    said = select(capsys, run, "--budget", "1")
    assert "which is used where none is named" in said
    assert "recipe" not in said


def test_what_of_a_recipe_is_taken_and_what_is_not_is_told(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = select(capsys, run, "--method", "random", status=0)
    aside = "recipe 'mine' is set aside, with method given; not taken from it: gates, options, stratify; taken from it"
    assert f"{aside}: budget" in said
    assert "how: method 'random', drawn at random, seed 0" in said
    recipe = run.parent / "mine.toml"
    said = select(capsys, run, "--recipe", recipe, "--gate", "complexity.response_words >= 3", status=0)
    assert "given in place of what recipe 'mine' has: gates" in said


def test_a_selection_says_in_one_line_how_it_was_made(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = select(capsys, run, "--seed", "3", status=0)
    how = (
        "how: recipe 'mine', method 'stratified' (quota=proportional), drawn at random, "
        "within 2 strata of source and complexity.question_type, seed 3"
    )
    assert how in said
    words = "complexity.response_words"
    said = select(capsys, run, "--by", words, "--stratify", "source", "--quota", "equal", "--budget", "1", status=0)
    assert f"how: method 'top', the best by {words}, within 2 strata of source, the budget shared by equal" in said


def test_the_summary_counts_each_cause_by_itself(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["mark", str(run), "s3", "drop"])
    words = "complexity.response_words"
    options = ["--by", words, "--gate", f"{words} >= 2", "--one-per", "complexity.question_type", "--budget", "2"]
    said = select(capsys, run, *options, status=0)
    assert "kept 1 of 4 rows" in said  # s2; s0 fails the gate, s1 asks the same kind of question
    assert "1 dropped: marked drop by hand" in said
    assert "1 dropped: a gate" in said
    assert "1 dropped: another row of its complexity.question_type" in said
    assert "is dropped because one of its group is enough: one per" in told(capsys, "explain", run, "s1", status=0)


def test_a_stratum_of_several_columns_is_told_column_by_column(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    select(capsys, run, "--budget", "100%", status=0)
    said = told(capsys, "explain", run, "s2", status=0)
    assert "is kept: number" in said
    assert "taken, source 'a', complexity.question_type 'what'." in said


def test_a_value_that_all_rows_share_is_the_same_in_all_rows_and_the_lowest_is_told_with_its_share(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, "explain", run, "#0", status=0)
    assert "complexity.turns 2 the same in all rows" in said
    assert "complexity.response_words 1 the lowest, as in 25% of the rows" in said
    assert "above 0%" not in said
    assert "2 turns, about" in said
    assert ", 0 images" in said
    assert "complexity.response_words 5 above 75% of the rows" in told(capsys, "explain", run, "#2", status=0)


@pytest.mark.parametrize(
    ("budget", "answer"),
    [
        ("-3", "budget '-3' is negative"),
        ("", "the budget is empty; write a share"),
        ("150%", "budget '150%' is not a share: the run holds no more than 100%"),
        ("1e9", "if a number is meant, write 1000000000;"),
        ("12.5", "nor a whole number; if per cent are meant, write '12.5%'"),
        ("1000.5", "nor a whole number; write a share"),
        ("1e999999999", "is not a budget; write a share"),
        ("9" * 5000, "9'… is not a budget; write a share"),
    ],
)
def test_a_budget_that_is_none_is_told_what_is_wrong_with_it(
    run: Path, capsys: pytest.CaptureFixture[str], budget: str, answer: str
) -> None:
    assert answer in select(capsys, run, f"--budget={budget}")


@pytest.mark.parametrize("budget", ["0", "0%"])
def test_a_budget_of_nothing_writes_nothing_and_says_so(
    run: Path, capsys: pytest.CaptureFixture[str], budget: str
) -> None:
    said = select(capsys, run, "--budget", budget, status=0)
    assert "kept 0 of 4 rows" in said
    assert f"a budget of {budget} buys nothing: ask for more" in said
    assert "others" not in said


@pytest.mark.parametrize(
    "command", [["select", "RUN", "--out", "x.json"], ["explain", "RUN", "s0"], ["calibrate", "RUN", "--out", "c.json"]]
)
def test_what_is_no_run_is_told_what_it_is(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]
) -> None:
    select(capsys, run, status=0)

    def said_of(name: str) -> str:
        return told(capsys, *[str(tmp_path / name) if one == "RUN" else one for one in command])

    assert "nowhere is not there: name the folder of a run" in said_of("nowhere")
    assert f"{tmp_path} holds no run: did you mean {run}?" in said_of(".")
    assert "data.json is a file, and a run is a folder: `vlitq score" in said_of("data.json")
    for name in ("subset.json", "subset.json.manifest.json"):
        assert f"is a subset that `vlitq select` wrote, or beside one: name the run it is of, {run}" in said_of(name)


def test_a_run_that_is_not_finished_is_told_once_and_one_that_is_being_scored_is_waited_for(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unfinish(run)
    assert select(capsys, run, "--budget", "1").count("is not finished") == 1
    assert "is not finished" in told(capsys, "calibrate", run, "--out", run.parent / "quantiles.json")
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "is being scored by another process: wait" in select(capsys, run, "--budget", "1")


def test_no_file_of_somebody_else_is_written_over(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = run.parent
    before = {name: (folder / name).read_bytes() for name in ("run/manifest.json", "data.json", "mine.toml")}
    for out in before:
        said = told(capsys, "select", run, "--out", folder / out)
        assert f"{out} is there already, and is no subset of vlitq's" in said
    assert "is no calibration of vlitq's" in told(capsys, "calibrate", run, "--out", folder / "data.json")
    (folder / "README.md").write_text("mine")
    select(capsys, run, status=0)
    assert "is no comparison of vlitq's" in told(capsys, "compare", run, "--out", folder / "README.md")
    (folder / "page.html").write_text("mine")
    assert "is no report of vlitq's" in told(capsys, "report", run, "--out", folder / "page.html")
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert (folder / "page.html").read_text() == "mine"


def test_what_vlitq_wrote_is_written_over_and_missing_folders_are_made(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = run.parent / "some" / "where" / "subset.json"
    for _ in range(2):
        assert "kept 2 of 4" in told(capsys, "select", run, "--out", deep, status=0)
    page = run.parent / "other" / "report.html"
    for _ in range(2):
        assert "report.html: " in told(capsys, "report", run, "--out", page, status=0)


def test_a_folder_in_place_of_a_file_and_a_file_in_place_of_a_folder_are_told(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run.parent / "file").write_text("x")
    assert "is a folder: name a file" in told(capsys, "select", run, "--out", run.parent)
    assert "is a folder: name a file" in told(capsys, "calibrate", run, "--out", run.parent)
    assert "file is a file, where a folder is needed" in told(
        capsys, "select", run, "--out", run.parent / "file/x.json"
    )
    plot: list[str | Path] = ["scorers", "show", "complexity", "--plot", run, "--out", run.parent / "file"]
    assert "file is a file, where a folder is needed" in told(capsys, *plot)


def test_the_charts_of_a_scorer_go_to_a_folder_of_their_own_that_is_told(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.parent)
    said = told(capsys, "scorers", "show", "complexity", "--plot", run, status=0)
    assert f"plots: {len(list(Path('plots').iterdir()))} charts of complexity plots/column-complexity." in said
    assert "Did you mean 'complexity'?" in told(capsys, "scorers", "show", "complexty", "--plot", run)
    lacking = told(capsys, "scorers", "show", "schema", "--plot", run)
    assert "has no scores of 'schema'; it has: complexity. `vlitq score" in lacking
    assert "--out x: it says where --plot RUN draws to" in told(capsys, "scorers", "show", "complexity", "--out", "x")


def test_options_without_their_method_are_told_that_the_recipe_no_longer_names_it(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = select(capsys, run, "--option", "within=score")
    assert "options are given, and no method that has them: name it (--method): with options given, recipe" in said


def test_a_subset_with_the_ending_of_another_format_is_told(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "select", run, "--out", run.parent / "subset.jsonl", status=0)
    assert "note: subset.jsonl has the format of data.json: end its name in .json too" in said
    assert "has the format of" not in select(capsys, run, status=0)


def test_a_row_number_without_its_sign_is_told_with_it(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no sample '2' in" in (said := told(capsys, "explain", run, "2"))
    assert "Did you mean '#2', the row of that number?" in said
    assert "Did you mean" not in told(capsys, "mark", run, "4", "keep")


def test_texts_of_the_data_neither_steer_the_terminal_nor_fill_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = [{"from": "human", "value": "Why?"}, {"from": "gpt", "value": "So."}]
    records = [{"id": "red\x1b[31m", "source": "s" * 5000, "conversations": turns}]
    (tmp_path / "data.json").write_text(json.dumps(records), encoding="utf-8")
    vlitq.score(tmp_path / "data.json", out=tmp_path / "run", scorers=["complexity"], device="cpu", quiet=True)
    said = told(capsys, "explain", tmp_path / "run", "#0", status=0)
    assert said.startswith("'red\\x1b[31m' (row 0, source sss")
    assert "s… (5,000 characters)): ok" in said
    assert len(said) < 3000


def test_the_parameters_that_a_recipe_gives_a_scorer_are_told_beside_its_scores(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = run.parent / "hashed.toml"
    recipe.write_text('[scorers.copies]\n[scorers.duplicates]\nimage_hash = "phash"\n', encoding="utf-8")
    vlitq.score(run.parent / "data.json", out=run.parent / "hashed", recipe=recipe, device="cpu", quiet=True)
    said = told(capsys, "explain", run.parent / "hashed", "s0", status=0)
    assert "duplicates was scored with image_hash = 'phash'" in said
    assert "copies was scored with" not in said


def test_a_stratum_whose_value_holds_a_comma_is_told_whole() -> None:
    assert in_stratum("source", "web") == "source 'web'"
    assert in_stratum("source, turns", "web, 2") == "source 'web', turns '2'"
    assert in_stratum("source, turns", "web, old, 2") == "source, turns 'web, old, 2'"
    assert in_stratum("source", "web, old") == "source 'web, old'"


def test_what_left_rows_out_is_counted_over_all_and_what_left_out_none_is_not_told() -> None:
    reasons = {
        "kept": "number 1 of 1 taken",
        "human": "marked drop by hand",
        "missing": "a.b is missing: error",
        "budget": "ranked 2 of 2",
    }
    gated = [
        "validity gate: invalid",
        "gate a.b > 1: 0.5",
        "gate a.b > 1: 0.7",
        "one per a.c: 's1' stands for the group",
    ]
    table = pa.table({"stage": [*reasons, *["gate"] * 4], "reason": [*reasons.values(), *gated]})
    counts = {"human": 1, "validity": 1, "missing": 1, "gate": 2, "one_per": 1, "budget": 1}
    assert left_out(table) == counts
    assert list(left_out(table)) == list(counts)
    assert left_out(table.slice(0, 1)) == {}
