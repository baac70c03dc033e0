"""Perceptual hashes: bits worked out by hand, cosines that are Hamming distances, and copies that stay near."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from worlds import column, record, run, write

from vlitq.images import ImageError, Thumbnail
from vlitq.node import Runtime
from vlitq.schema import Array
from vlitq_scorers.features.perceptual_hash import Method, PerceptualHash
from vlitq_scorers.maths.perceptual_hash import dhash, phash, signs
from vlitq_scorers.redundancy.duplicates import Duplicates

METHODS: tuple[Method, ...] = ("phash", "dhash")


def picture(seed: int = 0) -> Image.Image:
    """Smooth colour, 1200 × 900."""
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((1200, 900), Image.Resampling.BICUBIC)


def stored(image: Image.Image, form: str = "JPEG", **options: int) -> Thumbnail:
    data = io.BytesIO()
    image.save(data, form, **options)
    return Thumbnail(data.getvalue())


def hashed(method: Method, *thumbnails: Thumbnail) -> Array:
    with PerceptualHash(method).open(Runtime()) as encoder:
        return encoder.encode([encoder.prepare(thumbnail) for thumbnail in thumbnails])


@pytest.mark.parametrize("method", METHODS)
def test_a_hash_is_a_unit_vector_of_64_signs(method: Method) -> None:
    vectors = hashed(method, stored(picture()))
    assert vectors.shape == (1, 64)
    assert vectors.dtype == np.float32
    assert set(np.abs(vectors).ravel().tolist()) == {0.125}


def test_the_cosine_tells_the_hamming_distance() -> None:
    left, right = np.zeros(64, bool), np.zeros(64, bool)
    right[:5] = True
    assert signs(left) @ signs(right) == 1 - 2 * 5 / 64


def test_dhash_marks_where_a_pixel_is_brighter_than_its_left_neighbour() -> None:
    grey = np.tile(np.array([0, 9, 9, 3, 4, 4, 4, 200, 100], np.uint8), (8, 1))
    assert dhash(grey)[3].tolist() == [True, False, False, True, False, False, True, False]


def test_phash_of_one_wave_has_its_frequency_and_the_constant() -> None:
    wave = np.cos(np.pi * 3 * (2 * np.arange(32) + 1) / 64)
    bits = phash(np.tile(128 + 100 * wave, (32, 1)))
    assert np.argwhere(bits).tolist() == [[0, 0], [0, 3]]


def test_phash_of_one_grey_has_the_constant_alone() -> None:
    for level in (1, 77, 255):
        assert np.argwhere(phash(np.full((32, 32), level, np.uint8))).tolist() == [[0, 0]]


def test_half_of_the_bits_of_a_picture_are_set() -> None:
    assert (hashed("phash", stored(picture())) > 0).sum() == 32


@pytest.mark.parametrize("method", METHODS)
def test_a_copy_that_is_stored_again_smaller_or_softened_stays_near_and_another_picture_is_far(method: Method) -> None:
    original = picture()
    copies = [
        stored(original, quality=30),
        stored(original.resize((500, 375))),
        stored(original, "PNG"),
        stored(original.filter(ImageFilter.GaussianBlur(4))),
    ]
    cosines = hashed(method, *copies, stored(picture(1))) @ hashed(method, stored(original))[0]
    assert (cosines[:-1] >= 1 - 2 * 4 / 64).all()
    assert cosines[-1] < 0.6


def test_the_hash_does_not_depend_on_what_else_is_computed() -> None:
    alone, after = stored(picture()), stored(picture())
    after.picture.load()
    assert (hashed("phash", alone) == hashed("phash", after)).all()


@pytest.mark.parametrize("keep_rgb", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_the_grey_thumbnail_is_as_large_as_the_picture_whatever_the_jpeg_stores(mode: str, keep_rgb: bool) -> None:
    thumbnail = stored(picture().convert(mode), keep_rgb=keep_rgb)
    assert thumbnail.grey.mode == "L"
    assert thumbnail.grey.size == thumbnail.picture.size == (300, 225)
    difference = np.asarray(thumbnail.grey, np.int16) - np.asarray(thumbnail.picture.convert("L"), np.int16)
    assert np.abs(difference).max() <= 6
    assert np.abs(difference).mean() < 1


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [(1, 1), (1, 700), (9, 8), (5000, 2)])
def test_pictures_of_any_shape_have_a_hash(method: Method, size: tuple[int, int]) -> None:
    assert np.isfinite(hashed(method, stored(Image.new("RGB", size, "teal"), "PNG"))).all()


def test_what_is_no_image_is_refused() -> None:
    with pytest.raises(ImageError):
        hashed("phash", Thumbnail(b"no image"))


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ValueError, match=r"method is 'phash' or 'dhash', not 'ahash'"):
        PerceptualHash("ahash")  # type: ignore[arg-type]  # the wrong value is the test


def test_duplicates_compare_images_by_hash_if_asked(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    pictures = [Image.fromarray(rng.integers(0, 256, (9, 12, 3), np.uint8)).resize((360, 270)) for _ in range(3)]
    for name, picture in zip("abc", pictures, strict=True):
        picture.save(tmp_path / f"{name}.png")
    pictures[0].resize((300, 225)).save(tmp_path / "again.jpg", quality=60)
    names = ["a.png", "b.png", "c.png", "again.jpg"]
    records = [record(number, images=[name], answer="A picture of noise.") for number, name in enumerate(names)]
    duplicates = Duplicates(image_hash="phash", threshold=0.9)
    scored = run(write(tmp_path / "data.json", records), tmp_path / "run", duplicates)
    assert column(scored, "duplicates.group") == [0, 1, 2, 0]
    assert min(column(scored, "duplicates.image_similarity")[::3]) > 1 - 6 / 32
