"""Samples are grouped by what the user says they are: images, questions about images, dialogues; and by cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from test_duplicates import directions

from vlitq.node import Content, CorpusFeature, feature_of, view_of
from vlitq.schema import Array
from vlitq.testing import check_scorer
from vlitq_scorers.redundancy.duplicates import Duplicates, Search, Unit
from vlitq_scorers.redundancy.neighbours import EXACT_VECTORS, Neighbours, by_cells


def inputs(scorer: Duplicates, parts: dict[str, Array]) -> list[Any]:
    """What the engine would hand over; no two samples have the same content."""
    rows = len(next(iter(parts.values())))
    given: list[Any] = []
    for need in scorer.needs():
        if isinstance(need, CorpusFeature):
            given.append(need.compute(*(parts[view_of(view).part] for view in need.needs())))
        elif isinstance(feature_of(need), Content):
            given.append(np.array([[7, row] for row in range(rows)], np.uint64))
        else:
            given.append(parts[view_of(need).part])
    return given


# Samples 0 and 1 share the image, 1 and 2 the dialogue, 0 and 3 image and question; 4 shares nothing.
PARTS = {
    "images": directions(0, 0, 90, 0, 180),
    "instruction": directions(0, 90, 90, 0, 180),
    "dialogue": directions(0, 90, 90, 180, 270),
}


@pytest.mark.parametrize(
    ("unit", "group"),
    [
        ("sample", [0, 1, 2, 3, 4]),
        ("image", [0, 0, 2, 0, 4]),
        ("image and question", [0, 1, 2, 0, 4]),
        ("dialogue", [0, 1, 1, 3, 4]),
    ],
)
@pytest.mark.parametrize("search", ["exact", "partitions"])
def test_the_unit_says_what_is_compared(unit: Unit, group: list[int], search: Search) -> None:
    scorer = Duplicates(unit=unit, search=search)
    assert scorer.score(*inputs(scorer, PARTS))["group"].tolist() == group


def test_the_nearest_is_that_of_the_unit() -> None:
    scorer = Duplicates(unit="dialogue", search="exact")
    assert scorer.score(*inputs(scorer, PARTS))["nearest"][1] == 2
    scorer = Duplicates(unit="image and question", search="exact")
    assert scorer.score(*inputs(scorer, PARTS))["nearest"][3] == 0


def many(rows: int = 900, seed: int = 0) -> dict[str, Array]:
    """Random directions in 16 dimensions, a third of them copies of others, at cosine 0.98 or more."""
    rng = np.random.default_rng(seed)
    parts = {}
    for part in ("images", "dialogue"):
        x = rng.standard_normal((rows, 16))
        x[rows // 3 : 2 * (rows // 3)] = x[: rows // 3] + 0.05 * x[rows // 3 : 2 * (rows // 3)]
        parts[part] = (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)
    return parts


def test_a_search_by_cells_tells_its_recall_and_finds_the_groups() -> None:
    exact, cells = Duplicates(search="exact"), Duplicates(search="partitions")
    parts = many()
    wanted, found = exact.score(*inputs(exact, parts)), cells.score(*inputs(cells, parts))
    assert (found["group"] == wanted["group"]).mean() >= 0.99
    summary = cells.summarize(*inputs(cells, parts))
    assert summary["recall"] >= 0.98
    assert 0 < summary["recall_low"] <= summary["recall"] <= summary["recall_high"] <= 1
    assert "recall" not in exact.summarize(*inputs(exact, parts))


def test_the_neighbours_met_in_cells_are_true_and_those_above_the_threshold_are_all_but_few() -> None:
    parts = many()
    views = Duplicates().needs()[1].needs()  # type: ignore[union-attr]  # neighbours by image
    exact = Neighbours(views).compute(parts["images"])
    cells = Neighbours(views, search="partitions", threshold=0.95).compute(parts["images"])
    near = exact["similarity"][:, 0] >= 0.95
    assert (exact["row"][near, 0] == cells["row"][near, 0]).mean() >= 0.98
    listed = cells["row"] >= 0
    row, rank = np.nonzero(listed)
    cosine = (parts["images"][row] * parts["images"][cells["row"][row, rank]]).sum(axis=1)
    np.testing.assert_allclose(cells["similarity"][listed], cosine, atol=1e-5)
    assert all(len(set(some[some >= 0].tolist())) == (some >= 0).sum() for some in cells["row"])


def test_auto_is_exact_until_there_are_many() -> None:
    assert not by_cells("auto", EXACT_VECTORS)
    assert by_cells("auto", EXACT_VECTORS + 1)
    assert not by_cells("exact", 10**9)


@pytest.mark.parametrize("unit", ["image", "image and question", "dialogue"])
@pytest.mark.parametrize("search", ["exact", "partitions"])
def test_every_unit_and_search_keeps_the_laws(unit: Unit, search: Search) -> None:
    check_scorer(Duplicates(unit=unit, search=search))


def test_what_is_no_unit_or_search_is_refused() -> None:
    with pytest.raises(ValueError, match="unit is 'sample', 'image', 'image and question', 'dialogue', not 'text'"):
        Duplicates(unit="text")  # type: ignore[arg-type]  # what a recipe may say
    with pytest.raises(ValueError, match="search is 'exact', 'auto', 'partitions', not 'fast'"):
        Duplicates(search="fast")  # type: ignore[arg-type]  # what a recipe may say
