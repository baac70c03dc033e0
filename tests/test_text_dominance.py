"""Text in images is found by its strokes, masked, and what that takes from the alignment is told."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import worlds
from image_text_world import ragged
from PIL import Image, ImageDraw, ImageFont

from vlitq.node import Encoder, Feature, Ragged, Runtime
from vlitq.schema import Array
from vlitq_scorers.features import ClipImage, TextFeature
from vlitq_scorers.features.chunks import Splitter
from vlitq_scorers.features.text_masked import SIDE, TextArea, TextMasked, text_boxes, text_share, without
from vlitq_scorers.image_text.text_dominance import TextDominance
from vlitq_scorers.maths.strokes import strokes_of
from vlitq_scorers.maths.text_regions import covered, text_lines

Vectors = list[tuple[float, float]]
UP, RIGHT, TILTED, NOTHING = (0.0, 1.0), (1.0, 0.0), (0.6, 0.8), (0.0, 0.0)
MISSING = (math.nan, math.nan)
CAPTION = "When Monday comes again"
PHOTOS = Path(__file__).parents[1] / ".." / "shared" / "data" / "photos"


def scene(width: int = 480, height: int = 360) -> Image.Image:
    """A picture without text: soft hills of colour."""
    y, x = np.mgrid[:height, :width]
    levels = [128 + 80 * np.sin(x / (70 + 20 * c) + c) * np.cos(y / (60 + 15 * c)) for c in range(3)]
    return Image.fromarray(np.stack(levels, axis=-1).astype(np.uint8))


def captioned(picture: Image.Image, text: str = CAPTION, size: int = 32) -> Image.Image:
    """The picture with white, black-edged letters near its top left corner."""
    picture = picture.copy()
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    draw.text((20, 20), text, font=font, fill="white", stroke_width=2, stroke_fill="black")
    return picture


def where(text: str = CAPTION, size: int = 32) -> Array:
    """Left, top, right, bottom of the caption."""
    box = ImageDraw.Draw(scene()).textbbox((20, 20), text, font=ImageFont.load_default(size))
    return np.array(box, int)


def test_components_are_measured_as_by_hand() -> None:
    mask = np.array([[1, 0, 0, 1], [1, 1, 0, 0], [0, 0, 0, 1], [1, 1, 1, 0]], bool)
    grey = np.where(mask, 200, 100).astype(np.uint8)
    strokes = strokes_of(mask, grey, np.full_like(grey, 150))
    names = ("left", "top", "right", "bottom", "area", "runs")
    found = sorted(zip(*(getattr(strokes, name) for name in names), strict=True))
    assert found == [(0, 0, 2, 2, 3, 2), (0, 2, 4, 4, 4, 2), (3, 0, 4, 1, 1, 1)]
    assert strokes.shade.tolist() == [200] * 3
    assert strokes.contrast.tolist() == [50] * 3
    assert sorted(strokes.thickness) == [2 * 1 / 4, 2 * 4 / 12, 2 * 3 / 8]  # twice the area by the perimeter


def test_nothing_is_found_in_a_picture_without_text() -> None:
    assert text_share(scene()) == 0
    assert text_share(Image.new("RGB", (300, 200), "white")) == 0


@pytest.mark.parametrize("size", [18, 32, 60])
def test_a_caption_is_found_and_little_else(size: int) -> None:
    picture = captioned(scene(), "Monday again", size)
    left, top, right, bottom = where("Monday again", size)
    mask = covered(text_boxes(picture), picture.height, picture.width)
    assert mask[top:bottom, left:right].mean() > 0.9
    mask[: bottom + size, : right + size] = False
    assert mask.sum() == 0


def test_dark_letters_on_a_page_are_found_too() -> None:
    page = Image.new("RGB", (400, 300), "white")
    for line in range(5):
        ImageDraw.Draw(page).text((20, 20 + 50 * line), "Line after line of text", "black", ImageFont.load_default(24))
    assert len({int(box[1]) // 25 for box in text_lines(np.asarray(page.convert("L")))}) == 5


def test_masked_text_takes_the_colour_around_it() -> None:
    picture = captioned(Image.new("RGB", (480, 360), (200, 60, 40)))
    masked = np.asarray(without(picture, text_boxes(picture)))
    left, top, right, bottom = where()
    np.testing.assert_allclose(masked[top:bottom, left:right].mean(axis=(0, 1)), (200, 60, 40), atol=6)
    np.testing.assert_array_equal(masked[200:], np.asarray(picture)[200:])
    assert text_share(Image.fromarray(masked)) == 0


def test_a_large_image_is_masked_at_its_own_size() -> None:
    picture = captioned(scene()).resize((1920, 1440))
    masked = without(picture, text_boxes(picture))
    assert masked.size == picture.size
    assert max(picture.size) > SIDE
    assert text_share(masked) == 0


HOSTILE = {
    "one pixel": np.zeros((1, 1), np.uint8),
    "one row": np.arange(3000, dtype=np.uint8)[None] * 97,
    "one column": np.arange(3000, dtype=np.uint8)[:, None] * 97,
    "noise": np.random.default_rng(0).integers(0, 256, (640, 640), np.uint8),
    "checkers": (np.add.outer(np.arange(640), np.arange(640)) % 2 * 255).astype(np.uint8),
    "bars": np.tile((np.arange(640) // 4 % 2 * 255).astype(np.uint8), (640, 1)),
}


@pytest.mark.parametrize("grey", list(HOSTILE.values()), ids=list(HOSTILE))
def test_hostile_pictures_are_looked_at_in_bounded_time(grey: Array) -> None:
    picture = Image.fromarray(grey).convert("RGB")
    began = time.perf_counter()
    boxes = text_boxes(picture)
    masked = without(picture, boxes)
    assert time.perf_counter() - began < 10  # 0.3 s on an idle core
    assert masked.size == picture.size
    assert 0 <= text_share(picture) <= 1


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the photographs are not on this machine")
def test_most_photographs_are_left_alone_and_most_of_a_caption_is_found() -> None:
    paths = sorted(path for path in PHOTOS.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg"})[1::12]
    pictures = [Image.open(path).convert("RGB").resize((480, 360)) for path in paths]
    left, top, right, bottom = where()
    shares = [covered(text_boxes(captioned(one)), 360, 480)[top:bottom, left:right].mean() for one in pictures]
    assert np.mean(shares) > 0.8
    assert np.mean([text_share(picture) == 0 for picture in pictures]) > 0.7


def score(images: list[Vectors], masked: list[Vectors], turns: list[Vectors]) -> dict[str, list[float]]:
    areas = Ragged(np.full((sum(map(len, images)), 1), 0.25, np.float32), ragged(images).offsets)
    values = TextDominance().score(ragged(images), ragged(masked), areas, ragged(turns))
    return {name: [round(float(value), 5) for value in column] for name, column in values.items()}


def test_what_masking_takes_is_the_difference_of_cosines() -> None:
    assert score([[RIGHT]], [[TILTED]], [[RIGHT]]) == {"cosine_masked": [0.6], "lost": [0.4], "text_area": [0.25]}


def test_an_image_without_text_loses_nothing() -> None:
    assert score([[TILTED]], [[NOTHING]], [[RIGHT]]) == {"cosine_masked": [0.6], "lost": [0.0], "text_area": [0.25]}


def test_of_several_images_the_one_left_that_fits_best_counts() -> None:
    scores = score([[RIGHT, TILTED]], [[UP, NOTHING]], [[RIGHT]])
    assert (scores["cosine_masked"], scores["lost"]) == ([0.6], [0.4])


def test_without_image_or_response_there_is_no_score() -> None:
    scores = score([[], [UP], [MISSING], [RIGHT]], [[], [UP], [NOTHING], [UP]], [[UP], [], [UP], [UP]])
    assert [math.isnan(value) for value in scores["lost"]] == [True, True, True, False]
    assert [math.isnan(value) for value in scores["text_area"]] == [True, False, False, False]


@dataclass(frozen=True)
class Legible(Feature):
    """A reader of sorts: how far an image is made of sharp black and white edges, as a unit vector."""

    name = "legible"
    over = "image"

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        yield Encoder(np.stack, 2, self._read)

    def _read(self, image: Image.Image) -> Array:
        steps = np.abs(np.diff(np.asarray(image.convert("L"), np.float32), axis=1)) > 100
        angle = min(40 * float(steps.mean()), 1) * math.pi / 2
        return np.array([math.sin(angle), math.cos(angle)], np.float32)


@dataclass(frozen=True)
class Quoting(TextFeature):
    """RIGHT for a text that repeats the caption, else UP."""

    name = "quoting"

    prefix: str = ""

    def splitter(self, runtime: Runtime) -> AbstractContextManager[Splitter]:
        raise NotImplementedError("no text is split")

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        yield Encoder(lambda texts: np.array([RIGHT if CAPTION in text else UP for text in texts], np.float32), 2)


def test_the_cosine_falls_for_an_answer_that_repeats_the_caption_and_for_no_other(tmp_path: Path) -> None:
    scene().save(tmp_path / "plain.png")
    captioned(scene()).save(tmp_path / "captioned.png")
    records = [
        worlds.record(0, f'It says "{CAPTION}".', ["captioned.png"]),
        worlds.record(1, "Soft hills of colour.", ["captioned.png"]),
        worlds.record(2, "Soft hills of colour.", ["plain.png"]),
        worlds.record(3, "No picture."),
    ]
    data = worlds.write(tmp_path / "data.json", records)
    run = worlds.run(data, tmp_path / "run", TextDominance(Legible(), Quoting()))
    repeated, described, plain, none = worlds.column(run, "text_dominance.lost")
    assert repeated > 0.1
    assert described < 0
    assert plain == 0
    assert none is None
    area = worlds.column(run, "text_dominance.text_area")
    assert area[0] == area[1] > 0.02
    assert area[2:] == [0, None]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ClipImage:
    pytest.importorskip("open_clip", reason="the extra vlitq[clip] is not installed")
    from small_clip import write_small_clip

    clip = write_small_clip(tmp_path_factory.mktemp("clip"))
    return ClipImage(clip.architecture, str(clip.checkpoint))


def encoded(feature: Feature, pictures: list[Image.Image], batch_size: int) -> Array:
    with feature.open(Runtime(batch_size=batch_size)) as encoder:
        items: list[Any] = [encoder.prepare(picture) for picture in pictures]
        batches = [items[at : at + batch_size] for at in range(0, len(items), batch_size)]
        return np.concatenate([encoder.encode(batch) for batch in batches])


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_any_image_model_sees_the_masked_image_whatever_the_batch(small: ClipImage, batch_size: int) -> None:
    pictures = [captioned(scene()), scene(), captioned(scene(), "Another line"), scene(200, 100), captioned(scene())]
    vectors = encoded(TextMasked(small), pictures, batch_size)
    masked = [without(picture, text_boxes(picture)) for picture in pictures]
    expected = encoded(small, masked, 5) * np.array([1, 0, 1, 0, 1])[:, None]
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    shares = encoded(TextArea(), pictures, batch_size)[:, 0]
    assert ((shares > 0) == [True, False, True, False, True]).all()
    np.testing.assert_array_equal(shares[0], shares[4])


def test_another_image_model_is_another_feature(small: ClipImage) -> None:
    one, other = TextMasked(small), TextMasked(ClipImage(small.model, small.pretrained, "bf16"))
    assert one.key({one: one.weights()}) != other.key({other: other.weights()})  # type: ignore[dict-item]  # both load weights
    assert one.weights() == TextMasked(small).weights()
