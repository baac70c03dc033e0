"""Neighbours, places on the map and pictures: what the explorer computes of vectors and images."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from worlds import colour

from vlitq.images import ImageError
from vlitq.projection import Projection
from vlitq.sample import ImageRef
from vlitq.schema import Array, Column
from vlitq.selection.fields import Field
from vlitq.store import RunError
from vlitq.view.map import at_one_scale, drawn, shaded
from vlitq.view.neighbours import NO_VECTORS, neighbours
from vlitq.view.pictures import Pictures

NAN = float("nan")
VECTORS = np.array([[1, 0], [0.6, 0.8], [0, 1], [1, 0], [NAN, NAN], [0.8, 0.6]], np.float32)


@dataclass(frozen=True)
class Vectors:
    """A run of which nothing but the image vectors is looked at."""

    vectors: Array

    def __len__(self) -> int:
        return len(self.vectors)

    def feature(self, name: str) -> Array:
        if name != "clip_image":
            raise RunError(f"no feature {name!r}")
        return self.vectors


def test_the_nearest_come_first_and_oneself_does_not() -> None:
    near = neighbours(Vectors(VECTORS), 0, 3)
    assert near.rows.tolist() == [3, 5, 1]
    assert near.cosines == pytest.approx([1, 0.8, 0.6])
    assert near.how.endswith("of all 6 samples")


def test_rows_without_vectors_are_nobodys_neighbours() -> None:
    assert sorted(neighbours(Vectors(VECTORS), 0, 10).rows.tolist()) == [1, 2, 3, 5]
    none = neighbours(Vectors(VECTORS), 4, 3)
    assert (none.rows.tolist(), none.cosines.tolist(), none.how) == ([], [], NO_VECTORS)


def test_a_single_sample_has_no_neighbour() -> None:
    assert neighbours(Vectors(VECTORS[:1]), 0, 3).rows.tolist() == []


def test_of_many_rows_some_are_drawn_and_that_is_told() -> None:
    near = neighbours(Vectors(VECTORS), 0, 10, most=2)
    assert len(near.rows) <= 2
    assert "of 2 samples drawn of 6" in near.how
    assert near.rows.tolist() == neighbours(Vectors(VECTORS), 0, 10, most=2).rows.tolist()


def shades(told: str, dtype: str) -> list[int]:
    return np.frombuffer(b64decode(told), dtype).tolist()


def test_places_fill_the_square_at_one_scale() -> None:
    places = at_one_scale(Projection(np.array([-1.0, NAN, 1.0]), np.array([5.0, NAN, 6.0]), "by hand"))
    assert places.x.tolist()[::2] == [0.0, 1.0]
    assert places.y.tolist()[::2] == [0.0, 0.5]
    assert places.placed.tolist() == [0, 2]


def test_a_single_place_is_the_corner() -> None:
    places = at_one_scale(Projection(np.array([3.0]), np.array([-7.0]), "by hand"))
    assert (places.x.tolist(), places.y.tolist()) == ([0.0], [0.0])


def test_places_are_told_in_whole_numbers() -> None:
    told = drawn(np.array([0, 3]), np.array([0.0, 1.0]), np.array([0.0, 0.5]))
    assert shades(told["rows"], "<u4") == [0, 3]
    assert shades(told["x"], "<u2") == [0, 65535]
    assert shades(told["y"], "<u2") == [0, 32768]


def field(values: list[float | None] | list[str | None], dtype: str) -> Field:
    array = np.array(values, dtype=object) if dtype == "string" else np.array(values, dtype=float)
    nothing = np.zeros(len(values), dtype=bool)
    return Field("a.b", Column("b", dtype, "b"), array, nothing, nothing)  # type: ignore[arg-type]  # one of the dtypes


def test_numbers_are_shades_and_null_has_its_own() -> None:
    told = shaded(field([0.0, 5.0, None, 10.0, float("inf")], "float64"), np.array([0, 1, 2, 3, 4]))
    assert (told["low"], told["high"]) == (0.0, 10.0)
    assert shades(told["values"], "u1") == [0, 127, 255, 254, 255]


def test_the_commonest_labels_have_a_colour_each() -> None:
    values = ["b", "a", "b", None, *(f"rare {number}" for number in range(12))]
    told = shaded(field(values, "string"), np.arange(4))
    assert told["names"][:2] == ["b", "a"]
    assert told["names"][-1] == "2 others"
    assert len(told["names"]) == 13
    assert shades(told["values"], "u1") == [0, 1, 0, 255]


def test_thumbnails_are_kept_until_the_image_changes(tmp_path: Path) -> None:
    colour(tmp_path / "a.png", (255, 0, 0))
    pictures = Pictures(tmp_path, tmp_path / "thumbs")
    first = pictures.thumb(ImageRef("a.png"))
    assert pictures.thumb(ImageRef("a.png")) == first
    colour(tmp_path / "a.png", (0, 0, 255))
    assert pictures.thumb(ImageRef("a.png")) != first


def test_thumbnails_stay_below_their_limit(tmp_path: Path) -> None:
    for number in range(10):
        colour(tmp_path / f"{number}.png", (number * 20, 0, 0))
    size = len(Pictures(tmp_path, tmp_path / "other").thumb(ImageRef("0.png")))
    pictures = Pictures(tmp_path, tmp_path / "thumbs", kept_bytes=5 * size)
    for number in range(10):
        pictures.thumb(ImageRef(f"{number}.png"))
    kept = sum(file.stat().st_size for file in (tmp_path / "thumbs").rglob("*.jpg"))
    assert 0 < kept <= 5 * size + 100


def test_a_picture_out_of_the_root_is_refused(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path, tmp_path / "thumbs")
    for path in ("../a.png", "/etc/passwd", "http://a.example/b.png", ""):
        with pytest.raises(ImageError):
            pictures.thumb(ImageRef(path))
        with pytest.raises(ImageError):
            pictures.picture(ImageRef(path))
