"""The demo dataset is what it says: about 200 samples, truthful where no fault is planted, the same for a seed."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image, ImageColor

from vlitq.demo import DemoData, account, write_demo
from vlitq.demo.account import tallies
from vlitq.demo.charts import charts
from vlitq.demo.drawings import COLOURS
from vlitq.demo.edits import reworded
from vlitq.demo.faults import COUNTS, Fault
from vlitq.demo.photographs import LONGEST_SIDE, PHOTOGRAPHS, Photograph, load
from vlitq.demo.scenes import scenes
from vlitq.formats.llava import Llava
from vlitq.node import Unavailable

pytest.importorskip("skimage", reason="the demo's photographs come with scikit-image")
pytest.importorskip("sklearn", reason="the demo's photographs come with scikit-learn")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoData:
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def records(demo: DemoData) -> dict[str, dict[str, Any]]:
    return {record["id"]: record for record in json.loads(demo.data.read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def planted(demo: DemoData) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(demo.planted.read_text(encoding="utf-8"))
    return found


def test_two_hundred_samples_of_four_sources(records: Mapping[str, Any]) -> None:
    assert len(records) == 200
    assert {record["source"] for record in records.values()} == {"photographs", "charts", "scenes", "text"}


def test_every_kind_of_fault_is_planted_as_often_as_it_says(planted: Mapping[str, Mapping[str, str]]) -> None:
    assert Counter(entry["fault"] for entry in planted.values()) == {f.value: n for f, n in COUNTS.items()}


def test_the_same_seed_writes_the_same_bytes(demo: DemoData, tmp_path: Path) -> None:
    again = write_demo(tmp_path)
    assert _digests(again.data.parent) == _digests(demo.data.parent)


def test_another_seed_draws_other_charts(demo: DemoData, tmp_path: Path) -> None:
    other = write_demo(tmp_path, seed=1)
    assert (other.images / "chart_00.png").read_bytes() != (demo.images / "chart_00.png").read_bytes()


def test_a_record_without_fault_has_a_marker_for_each_image_that_opens(
    demo: DemoData, records: Mapping[str, Any], planted: Mapping[str, Any]
) -> None:
    for identifier in records.keys() - planted.keys():
        names = _images(records[identifier])
        assert _text(records[identifier]).count("<image>") == len(names)
        for name in names:
            with Image.open(demo.images / name) as image:
                assert max(image.size) <= LONGEST_SIDE
                image.load()


def test_broken_images_do_not_open_and_missing_ones_do_not_exist(
    demo: DemoData, records: Mapping[str, Any], planted: Mapping[str, Mapping[str, str]]
) -> None:
    for identifier in _with(planted, Fault.BROKEN_IMAGE):
        with (
            pytest.raises(OSError, match=r"truncated|cannot identify"),
            Image.open(_path(demo, records[identifier])) as im,
        ):
            im.load()
    for identifier in _with(planted, Fault.MISSING_IMAGE):
        assert not _path(demo, records[identifier]).exists()


def test_a_swapped_answer_is_word_for_word_that_of_another_picture(
    records: Mapping[str, Any], planted: Mapping[str, Mapping[str, str]]
) -> None:
    swapped = _with(planted, Fault.SWAPPED_ANSWER)
    assert {planted[i]["of"] for i in swapped} == set(swapped)
    assert all(_images(records[i]) != _images(records[planted[i]["of"]]) for i in swapped)


def test_a_truncated_answer_stops_before_its_full_stop(
    records: Mapping[str, Any], planted: Mapping[str, Mapping[str, str]]
) -> None:
    for identifier in _with(planted, Fault.TRUNCATED_ANSWER):
        answer = records[identifier]["conversations"][-1]["value"]
        assert answer[-1] not in ".!?"
        assert len(answer.split()) > 5


def test_a_copy_says_the_same_under_another_id(
    records: Mapping[str, Any], planted: Mapping[str, Mapping[str, str]]
) -> None:
    for identifier in _with(planted, Fault.EXACT_COPY):
        assert _text(records[identifier]) == _text(records[planted[identifier]["of"]])


def test_a_near_duplicate_differs_in_every_picture_and_some_words(
    demo: DemoData, records: Mapping[str, Any], planted: Mapping[str, Mapping[str, str]]
) -> None:
    for identifier in _with(planted, Fault.NEAR_DUPLICATE):
        copy, original = records[identifier], records[planted[identifier]["of"]]
        assert _text(copy) != _text(original)
        for new, old in zip(_images(copy), _images(original), strict=True):
            assert (demo.images / new).read_bytes() != (demo.images / old).read_bytes()


def test_vlitq_reads_every_record_and_finds_the_wrong_marker_counts(
    demo: DemoData, planted: Mapping[str, Mapping[str, str]]
) -> None:
    samples = [row.sample for row in Llava().read(demo.data)]
    assert len(samples) == 200
    assert {s.id for s in samples if s.problems} == set(_with(planted, Fault.MARKER_COUNT))
    assert all(s.turns and s.source for s in samples)


def test_rewording_replaces_whole_words_only() -> None:
    assert reworded("A larger picture", otherwise="!") == "A bigger image"
    assert reworded("Two cats", otherwise="!") == "Two cats!"


def test_a_bar_chart_answers_from_its_own_values() -> None:
    material = charts(np.random.default_rng(0), count=1)
    described, compared = material.drafts
    values = {name: int(n) for name, n in (p.split() for p in _values(described.exchanges[0].answer))}
    first, second = (word for word in compared.exchanges[0].question.rstrip("?").split() if word in values)
    assert compared.exchanges[0].answer.startswith("Yes" if values[first] > values[second] else "No")


def test_a_scene_shows_each_thing_in_its_colour() -> None:
    material = scenes(np.random.default_rng(0), count=1)
    description = material.drafts[0].exchanges[0].answer
    seen = {colour for _, colour in material.pictures["scene_00.png"].getcolors() or []}
    assert {n for n in COLOURS if n in description} == {n for n, c in COLOURS.items() if ImageColor.getrgb(c) in seen}


def test_every_photograph_is_talked_about(records: Mapping[str, Any]) -> None:
    assert {f"{name}.jpg" for name in PHOTOGRAPHS} <= {n for record in records.values() for n in _images(record)}


def test_a_package_that_is_missing_is_named_with_the_way_out() -> None:
    with pytest.raises(Unavailable, match=r"no_such_package.*pip install 'vlitq\[demo\]'"):
        load(Photograph("no_such_package", "cat.png"))


def test_a_pair_counts_as_dropped_when_either_of_the_two_is() -> None:
    pair = {"copy": {"fault": "exact copy", "of": "original"}}
    assert tallies(pair, {"original"})[Fault.EXACT_COPY].dropped == 1
    assert tallies(pair, {"original", "copy"})[Fault.EXACT_COPY].dropped == 0


@dataclass(frozen=True)
class _Run:
    """What the account reads of a run, in memory."""

    ids: list[str]
    path: Path = Path("run")

    scorers: tuple[str, ...] = ("echo",)

    @property
    def manifest(self) -> Mapping[str, Any]:
        return {"models": {"small_clip.0": {"node": "small_clip"}}}

    def rows(self) -> pa.Table:
        return pa.table({"id": self.ids, "status": ["ok"] * len(self.ids)})

    def summary(self) -> Mapping[str, float]:
        return {"echo.groups": 6}


@dataclass(frozen=True)
class _Selection:
    every: list[str]
    ids: list[str]

    def decisions(self) -> pa.Table:
        kept = [identifier in self.ids for identifier in self.every]
        return pa.table({"id": self.every, "kept": kept, "stage": ["budget"] * len(kept)})


def test_the_account_names_models_faults_and_places_in_a_few_lines(
    demo: DemoData, records: Mapping[str, Any], planted: Mapping[str, Any]
) -> None:
    ids = list(records)
    clean = [identifier for identifier in ids if identifier not in planted]
    lines = account(demo, _Run(ids), _Selection(ids, clean), Path("subset.json"))
    text = "\n".join(lines)
    assert len(lines) <= 16
    assert "scored 200 samples" in text
    assert "models: small_clip" in text
    assert "echo.groups 6" in text
    assert "dropped 12 of 12" in text
    assert "kept 144 of 144 (100%)" in text
    assert "subset.json" in text


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _with(planted: Mapping[str, Mapping[str, str]], fault: Fault) -> list[str]:
    return [identifier for identifier, entry in planted.items() if entry["fault"] == fault]


def _images(record: Mapping[str, Any]) -> list[str]:
    image = record.get("image", [])
    return [image] if isinstance(image, str) else list(image)


def _path(demo: DemoData, record: Mapping[str, Any]) -> Path:
    return demo.images / _images(record)[0]


def _text(record: Mapping[str, Any]) -> str:
    return "\n".join(turn["value"] for turn in record["conversations"])


def _values(answer: str) -> list[str]:
    return answer.split(" are ")[1].split(". ", maxsplit=1)[0].split(", ")
