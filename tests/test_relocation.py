"""A run whose dataset has been moved is told where it is now, and takes no other for it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from worlds import Length, Red, colour, record, run, write

import vlitq
from vlitq.cli.main import main
from vlitq.store import Run, RunError


@pytest.fixture
def moved(tmp_path: Path) -> Run:
    """Two samples with an image each, in `new/`, of a run that knows them in `old/`."""
    old = tmp_path / "old"
    old.mkdir()
    records = []
    for number, name in enumerate(("blue.png", "red.png")):
        colour(old / name, (255 * number, 0, 255))
        records.append(record(number, images=[name]))
    made = run(write(old / "data.json", records), tmp_path / "run", Red(), Length())
    os.rename(old, tmp_path / "new")
    return Run(made.path)


def test_images_are_looked_for_where_they_lay_beside_the_dataset(moved: Run, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"vlitq relocate .*run --data FILE"):
        moved.check_data_unchanged()
    before = moved.table()
    found = vlitq.relocate(moved.path, tmp_path / "new" / "data.json")
    assert found.images == tmp_path / "new"
    found.check_data_unchanged()
    again = vlitq.open(moved.path)
    assert again.data == tmp_path / "new" / "data.json"
    assert again.table() == before
    assert len(vlitq.select(again, method="random", budget=1).ids) == 1


def test_selections_made_before_still_fit(moved: Run, tmp_path: Path) -> None:
    vlitq.relocate(moved.path, tmp_path / "new" / "data.json")
    vlitq.select(moved.path, method="random", budget=1).write(tmp_path / "subset.json")
    shutil.move(tmp_path / "new", tmp_path / "newer")
    vlitq.relocate(moved.path, tmp_path / "newer" / "data.json")
    comparison = vlitq.compare(moved.path, {"one": tmp_path / "subset.json"}, seeds=1)
    assert "one" in comparison._repr_html_()


def test_scoring_goes_on_where_the_dataset_is_now(moved: Run, tmp_path: Path) -> None:
    data = tmp_path / "new" / "data.json"
    with pytest.raises(RunError, match=r"image folder was .* `vlitq relocate"):
        run(data, moved.path, Red(), Length())
    vlitq.relocate(moved.path, data)
    assert run(data, moved.path, Red(), Length()).complete


def test_another_file_is_not_taken_for_the_dataset(moved: Run, tmp_path: Path) -> None:
    other = tmp_path / "new" / "data.json"
    other.write_text(other.read_text().replace("number 1", "number 2"))
    with pytest.raises(RunError, match="is not the file that was scored: it has sha256"):
        vlitq.relocate(moved, other)
    other.write_text("[]")
    with pytest.raises(RunError, match="it has 2 bytes"):
        vlitq.relocate(moved, other)
    with pytest.raises(RunError, match="is not a file: name the dataset that was"):
        vlitq.relocate(moved, tmp_path / "nowhere.json")
    assert vlitq.open(moved.path).data == moved.data


def test_a_folder_without_the_images_is_refused_and_one_that_lacks_some_is_told(moved: Run, tmp_path: Path) -> None:
    data, empty = tmp_path / "new" / "data.json", tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(RunError, match=r"of 2 rows looked at, 2 lack an image below .*empty, as row 0"):
        vlitq.relocate(moved, data, images=empty)
    with pytest.raises(RunError, match="is not a folder"):
        vlitq.relocate(moved, data, images=tmp_path / "nowhere")
    (tmp_path / "new" / "red.png").unlink()
    with pytest.warns(UserWarning, match="of 2 rows looked at, 1 lack"):
        vlitq.relocate(moved, data)


def test_the_command_says_from_where_samples_are_read(
    moved: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "new" / "data.json"
    assert main(["relocate", str(moved.path), "--data", str(data)]) == 0
    assert capsys.readouterr().out == (f"{moved.path}: samples are read from {data}, images from {tmp_path / 'new'}\n")
    assert main(["relocate", str(moved.path), "--data", str(data), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"] == str(data)
    assert main(["relocate", str(moved.path), "--data", str(tmp_path)]) == 2


def test_a_subset_is_written_though_the_run_cannot_take_note_of_it(moved: Run, tmp_path: Path) -> None:
    vlitq.relocate(moved.path, tmp_path / "new" / "data.json")
    (moved.path / "selections.json.partial").mkdir()  # as unwritable as a folder of another user
    with pytest.warns(UserWarning, match=r"subset.json is written; the run does not know of it"):
        vlitq.select(moved.path, method="random", budget=1).write(tmp_path / "subset.json")
    assert (tmp_path / "subset.json").is_file()


def test_a_run_in_a_format_of_a_plugin_that_is_gone_keeps_its_scores(moved: Run, tmp_path: Path) -> None:
    vlitq.relocate(moved.path, tmp_path / "new" / "data.json")
    manifest = json.loads((moved.path / "manifest.json").read_text())
    manifest["dataset"]["format"] = "tabs"
    (moved.path / "manifest.json").write_text(json.dumps(manifest))
    run = vlitq.open(moved.path)
    assert run.table().num_rows == 2
    told = "cannot be read: no format 'tabs'.* If a plugin is gone, install it again"
    with pytest.raises(RunError, match=told):
        run.check_data_unchanged()
    assert len(vlitq.select(run, method="random", budget=1).ids) == 1
