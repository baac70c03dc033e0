"""Corpus scorers see all rows, or one part at a time, and fail without harm to any other scorer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from worlds import Colour, Length, Rank, Ranks, colour, column, cost, record, run, write

from vlitq.plugin import Array, Columns, Content, CorpusFeature, Need
from vlitq.store import Run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Red, redder, red again, text alone, no sample at all, and a missing image."""
    colour(tmp_path / "red.png", (51, 0, 0))
    colour(tmp_path / "redder.png", (204, 0, 0))
    records = [
        record(0, "One.", ["red.png"]),
        record(1, "One.", ["redder.png"]),
        record(2, "One.", ["red.png"]),
        record(3, "Text."),
        "no sample",
        record(5, "One.", ["gone.png"]),
    ]
    return write(tmp_path / "data.json", records)


def test_all_rows_are_scored_together(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Rank())
    assert column(scored, "rank.rank")[:3] == [1, 0, 1]
    assert column(scored, "rank.copies")[:4] == [1, 0, 1, 0], "the same image and turns, whatever the id"
    assert scored.summary() == {"rank.rows": 6}


def test_a_record_that_is_no_sample_has_no_score_in_the_corpus_either(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Rank())
    assert column(scored, "rank.rank")[4] is None
    assert column(scored, "rank.copies")[4] is None
    assert scored.status("rank")[4] == "invalid"


def test_a_part_is_scored_by_itself_and_a_row_without_a_label_by_none(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Rank(parted=True))
    assert column(scored, "rank.copies") == [1, 0, 1, None, None, None]
    assert scored.status("rank").tolist() == ["ok", "ok", "ok", "not_applicable", "invalid", "missing_image"]


def test_a_part_that_fails_costs_its_own_rows(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Rank(parted=True, broken=0.8))
    assert scored.status("rank").tolist()[:3] == ["ok", "error", "ok"]
    assert scored.scores("rank")["reason"][1].as_py().endswith("ValueError: this part cannot be ranked")


@dataclass(frozen=True)
class Failing(Rank):
    name = "failing"
    by: str = "raising"

    def score(self, *features: Any) -> Columns:
        if self.by == "raising":
            raise RuntimeError("no ranking today")
        return {"rank": np.full(len(features[0]), -1), "copies": np.zeros(len(features[0]), np.int64)}


@pytest.mark.parametrize(
    ("by", "told"), [("raising", "RuntimeError: no ranking today"), ("bounds", "-1 in row 0 is outside [0, …]")]
)
def test_a_corpus_scorer_that_fails_loses_only_its_own_columns(data: Path, tmp_path: Path, by: str, told: str) -> None:
    scored = run(data, tmp_path / "run", Failing(by=by), Rank(), Length())
    assert column(scored, "failing.rank") == [None] * 6
    assert set(scored.status("failing")) == {"error", "invalid", "missing_image"}
    assert told in scored.scores("failing")["reason"][0].as_py()
    assert column(scored, "rank.rank")[:3] == [1, 0, 1]
    assert scored.status("length")[0] == "ok"


@dataclass(frozen=True)
class Odd(CorpusFeature):
    """A corpus feature that returns what no file can hold, or too little."""

    name = "odd"
    as_objects: bool = False

    def needs(self) -> tuple[Need, ...]:
        return (Colour(),)

    def compute(self, *arrays: Array) -> Array:
        return np.array([None] * len(arrays[0]), object) if self.as_objects else arrays[0][:-1]


@dataclass(frozen=True)
class NeedsOdd(Rank):
    name = "needs_odd"
    odd: CorpusFeature = Odd()

    def needs(self) -> tuple[Need, ...]:
        return (self.odd, Ranks())


@pytest.mark.parametrize(
    ("as_objects", "told"),
    [
        (False, "shape (5, 3), expected numbers of 6 rows"),
        (True, "feature 'odd': object, shape (6,), expected numbers"),
    ],
)
def test_a_corpus_feature_that_fails_is_the_failure_of_the_scorers_that_need_it(
    data: Path, tmp_path: Path, as_objects: bool, told: str
) -> None:
    scored = run(data, tmp_path / "run", NeedsOdd(odd=Odd(as_objects)), Rank())
    assert told in scored.scores("needs_odd")["reason"][0].as_py()
    assert scored.status("rank")[0] == "ok"


def test_a_corpus_feature_is_computed_once_for_all_who_need_it(data: Path, tmp_path: Path) -> None:
    scored = run(data, tmp_path / "run", Needing(), NeedingToo())
    assert CountedRanks.times == 1
    assert column(scored, "needing.rank") == column(scored, "needing_too.rank")
    assert "ranks" in cost(scored)["scorers"]
    assert scored.feature("ranks").tolist()[:3] == [1, 0, 1]


@dataclass(frozen=True)
class CountedRanks(Ranks):
    times: ClassVar[int] = 0

    def compute(self, *arrays: Array) -> Array:
        CountedRanks.times += 1
        return super().compute(*arrays)


@dataclass(frozen=True)
class Needing(Rank):
    name = "needing"

    def needs(self) -> tuple[Need, ...]:
        return (CountedRanks(), Content())


@dataclass(frozen=True)
class NeedingToo(Needing):
    name = "needing_too"


def test_the_vectors_of_a_run_are_read_by_row(data: Path, tmp_path: Path) -> None:
    run(data, tmp_path / "run", Rank())
    vectors = Run(tmp_path / "run").feature("colour")
    assert vectors.shape == (6, 3)
    np.testing.assert_allclose(vectors[:3, 0], [0.2, 0.8, 0.2])
    assert np.isnan(vectors[3:]).all(), "no image, no sample, a missing image"
