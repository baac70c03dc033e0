"""The map of a run: what is near stays near, wherever the rows stand; and it is made once."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from selection_world import World

from vlitq.projection import project
from vlitq.projection.faithful import Nearest, kept_share
from vlitq.projection.layout import laid_out
from vlitq.projection.of_run import FILE
from vlitq.projection.principal import principal_axes
from vlitq.schema import Array

pytest.importorskip("openTSNE", reason="the map needs vlitq[look]")

MANIFEST = {"dataset": {"sha256": "0"}, "roles": {"clip_image": "eye"}, "features": {"eye": {"key": "1"}}}


def three_kinds(each: int, dim: int = 8) -> Array:
    """Unit vectors near one of three axes, `each` of a kind, one kind after the other."""
    rng = np.random.default_rng(0)
    near = np.repeat(np.eye(3, dim), each, axis=0) + 0.05 * rng.standard_normal((3 * each, dim))
    return np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), dtype=np.float32)


def run(path: Path, vectors: Array) -> World:
    """A run with these image vectors, ids in the order of the rows."""
    ids = [f"s{row:05}" for row in range(len(vectors))]
    return World({}, ids=ids, features={"clip_image": vectors}, path=path, manifest=MANIFEST)


def nearest_on(places: Array) -> Array:
    """Of each point the nearest other one."""
    squares = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    return squares.argmin(axis=1)


def test_samples_that_are_alike_lie_near_each_other(tmp_path: Path) -> None:
    found = project(run(tmp_path, three_kinds(20)))
    kinds = np.repeat([0, 1, 2], 20)
    assert (kinds[nearest_on(np.stack([found.x, found.y], axis=1))] == kinds).all()
    assert found.x.dtype == np.float32
    assert "laid out by t-SNE" in found.how
    assert "among its 10 nearest on the map (mean of 60 samples)" in found.how


def test_a_place_does_not_depend_on_where_the_row_stands(tmp_path: Path) -> None:
    vectors, order = three_kinds(10), np.random.default_rng(1).permutation(30)
    first = project(run(tmp_path / "a", vectors))
    shuffled = run(tmp_path / "b", vectors[order])
    second = project(replace(shuffled, ids=[f"s{row:05}" for row in order]))
    assert np.array_equal(first.x[order], second.x)
    assert np.array_equal(first.y[order], second.y)


def test_a_row_without_a_vector_has_no_place(tmp_path: Path) -> None:
    vectors = three_kinds(10)
    vectors[4] = np.nan
    found = project(run(tmp_path, vectors))
    assert np.flatnonzero(np.isnan(found.x)).tolist() == np.flatnonzero(np.isnan(found.y)).tolist() == [4]
    assert len(found.placed) == 29
    assert "1 have no vector and no place" in found.how


def test_a_text_only_row_lies_among_those_with_images(tmp_path: Path) -> None:
    images, texts = three_kinds(10), three_kinds(10)
    images[0], texts[1] = np.nan, np.nan
    manifest = MANIFEST | {"features": {"eye": {"key": "1"}, "clip_text": {"key": "2"}}}
    world = replace(run(tmp_path, images), features={"clip_image": images, "clip_text": texts}, manifest=manifest)
    found = project(world)
    assert len(found.placed) == 30
    assert "(clip_image and clip_text)" in found.how


def test_a_run_without_vectors_has_no_map_and_says_why(tmp_path: Path) -> None:
    found = project(World({"alignment.cosine": [0.1, 0.2]}, path=tmp_path))
    assert np.isnan(found.x).all()
    assert found.how == "The run stores no vectors, so there is no map: score it with duplicates."
    assert "No sample has a vector" in project(run(tmp_path, np.full((2, 3), np.nan, np.float32))).how


@pytest.mark.parametrize("rows", [1, 2, 11])
def test_few_samples_lie_on_their_first_two_axes(tmp_path: Path, rows: int) -> None:
    found = project(run(tmp_path, three_kinds(10)[:rows]))
    assert len(found.placed) == rows
    assert found.how == f"{rows} samples by their vectors (clip_image), laid out by the first two principal components."


def test_copies_lie_in_one_place(tmp_path: Path) -> None:
    found = project(run(tmp_path, np.tile(three_kinds(1)[:1], (30, 1))))
    assert len(set(zip(found.x.tolist(), found.y.tolist(), strict=True))) == 1


def test_the_map_is_kept_and_made_anew_of_other_vectors(tmp_path: Path) -> None:
    world = run(tmp_path, three_kinds(10))
    made = project(world)
    kept = project(replace(world, features={"clip_image": three_kinds(10)[::-1]}))
    assert np.array_equal(made.x, kept.x)
    assert made.how == kept.how
    scored_anew = MANIFEST | {"features": {"eye": {"key": "2"}}}
    again = project(replace(world, features={"clip_image": three_kinds(10)[::-1]}, manifest=scored_anew))
    assert not np.array_equal(made.x, again.x)


def test_a_broken_file_is_made_anew(tmp_path: Path) -> None:
    world = run(tmp_path, three_kinds(10))
    made = project(world)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:100])
    assert np.array_equal(project(world).x, made.x)


def test_a_folder_that_cannot_be_written_to_has_a_map_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert len(project(run(tmp_path / "file", three_kinds(10))).placed) == 30


def test_without_opentsne_the_first_two_axes_are_taken_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openTSNE", None)
    found = project(run(tmp_path, three_kinds(10)))
    assert "openTSNE is not installed (pip install 'vlitq[look]')" in found.how
    assert not (tmp_path / FILE).exists()


def test_points_beyond_the_landmarks_lie_beside_the_nearest() -> None:
    rng = np.random.default_rng(0)
    corners = np.array([[0, 0], [100, 0], [0, 100]], dtype=np.float32)
    kinds = rng.integers(3, size=600)
    places = laid_out(np.asarray(corners[kinds] + rng.standard_normal((len(kinds), 2)), dtype=np.float32), 300)
    assert (kinds[nearest_on(places)] == kinds).all()


def test_the_first_axis_is_the_one_of_most_variance() -> None:
    points = np.array([[0, 0, 0], [4, 0, 0], [0, 1, 0], [4, 1, 0]], dtype=np.float32)
    axes = principal_axes(points, 2, np.random.default_rng(0))
    assert axes.mean.tolist() == [2, 0.5, 0]
    assert np.allclose(axes.directions.T, [[1, 0, 0], [0, 1, 0]], atol=1e-6)
    assert axes.along(points)[0] == pytest.approx([-2, -0.5])


def test_the_share_of_neighbours_kept_is_counted_by_hand() -> None:
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9]], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    asked = np.array([0, 3])
    nearest = Nearest(vectors[asked], asked)
    nearest.meet(0, vectors[:2])
    nearest.meet(2, vectors[2:])
    true = nearest.found[:, :1]
    assert true.tolist() == [[1], [2]]
    places = np.array([[0, 0], [1, 0], [9, 9], [2, 0]], dtype=np.float32)  # the last has left its neighbour
    assert kept_share(true, asked, places) == 0.5
