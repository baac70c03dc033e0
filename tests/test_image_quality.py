"""Image quality: synthetic pictures are flagged as by CleanVision, and a blurred or dark photograph is found."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

import vlitq
from vlitq.images import ImageError, Thumbnail
from vlitq.node import Ragged, Runtime
from vlitq.schema import Array
from vlitq_scorers.features.image_statistics import ImageStatistics, Statistics, measured
from vlitq_scorers.images.image_quality import ImageQuality
from vlitq_scorers.images.image_sizes import ImageSizes
from vlitq_scorers.maths import image_statistics as maths

PHOTOGRAPHS = Path(__file__).parents[1] / ".." / "shared" / "data" / "photos" / "images"
FEW_PHOTOGRAPHS = 60


def noise(width: int, height: int) -> Array:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def thumbnail(image: Image.Image, form: str = "PNG") -> Thumbnail:
    stored = io.BytesIO()
    image.save(stored, form, quality=90)
    return Thumbnail(stored.getvalue())


def statistics(image: Image.Image) -> Statistics:
    return Statistics(*measured(thumbnail(image)))


def scores(*rows: Sequence[Image.Image]) -> dict[str, Any]:
    items = [measured(thumbnail(image)) for row in rows for image in row]
    values = np.array(items, np.float32).reshape(-1, len(Statistics._fields))
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return dict(ImageQuality().score(Ragged(values, offsets)))


def flags(image: Image.Image) -> set[str]:
    columns = scores([image])
    return {column.name for column in ImageQuality.columns if column.dtype == "bool" and columns[column.name][0]}


def page() -> Image.Image:
    paper = Image.new("RGB", (600, 800), "white")
    pen = ImageDraw.Draw(paper)
    for line in range(20, 780, 20):
        pen.text((30, line), "The quick brown fox jumps over the lazy dog. " * 2, fill="black")
    return paper


def bars() -> Image.Image:
    chart = Image.new("RGB", (600, 400), "white")
    pen = ImageDraw.Draw(chart)
    for place, colour in enumerate(["red", "blue", "green", "orange"]):
        pen.rectangle((60 + 130 * place, 40 + 60 * place, 150 + 130 * place, 380), fill=colour)
    return chart


GREY_NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 400), dtype=np.uint8))
SYNTHETIC = {
    "black": Image.new("RGB", (400, 300), "black"),
    "white": Image.new("RGB", (400, 300), "white"),
    "constant": Image.new("RGB", (400, 300), (120, 60, 200)),
    "noise": Image.fromarray(noise(400, 300)),
    "strip": Image.fromarray(noise(1024, 64)),
    "dark": Image.fromarray((noise(400, 300) * 0.25).astype(np.uint8)),
    "grey": GREY_NOISE,
}
# What CleanVision 0.3.7 flags of these pictures, by `Imagelab.find_issues` on them stored as PNG.
CLEANVISION = {
    "black": {"too_dark", "low_information"},
    "white": {"too_light", "low_information"},
    "constant": {"low_information"},
    "noise": set[str](),
    "strip": {"odd_aspect"},
    "dark": {"too_dark"},
    "grey": {"greyscale"},
}
CLEANVISION_FLAGS = {"too_dark", "too_light", "low_information", "odd_aspect", "blurred"}


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_pictures_are_flagged_as_cleanvision_flags_them(name: str) -> None:
    assert flags(SYNTHETIC[name]) & CLEANVISION_FLAGS == CLEANVISION[name] & CLEANVISION_FLAGS


def test_black_and_white_have_no_colour_though_they_are_stored_with_three_channels() -> None:
    assert {name for name, image in SYNTHETIC.items() if "greyscale" in flags(image)} == {"black", "white", "grey"}


def test_one_colour_is_near_constant_also_after_jpeg() -> None:
    assert {name for name, image in SYNTHETIC.items() if "near_constant" in flags(image)} == {
        "black",
        "white",
        "constant",
    }
    jpeg = measured(thumbnail(SYNTHETIC["constant"], "JPEG"))
    assert ImageQuality().score(Ragged(jpeg[None], np.array([0, 1])))["near_constant"][0]


COARSE = np.random.default_rng(1).integers(0, 256, (9, 12, 3), dtype=np.uint8)
SMALL = {  # 200 × 150: no smaller when they are thumbnails
    "dark": Image.fromarray((noise(200, 150) * 0.25).astype(np.uint8)),
    "noise": Image.fromarray(noise(200, 150)),
    "smooth": Image.fromarray(COARSE).resize((200, 150), Image.Resampling.BICUBIC),
}
# CleanVision 0.3.7's dark, light, low_information and blurry scores of them, computed by its own `Imagelab`.
CLEANVISION_SCORES = {
    "dark": (0.2283, 0.9475, 0.7584, 0.5705),
    "noise": (0.9191, 0.7855, 0.9579, 0.6861),
    "smooth": (0.9114, 0.7651, 0.9469, 0.3264),
}


@pytest.mark.parametrize("name", SMALL)
def test_cleanvisions_scores_are_reproduced(name: str) -> None:
    of = statistics(SMALL[name])
    found = (of.brightness_p99, 1 - of.brightness_p5, 0.1 * (of.entropy + np.log2(3)), of.edge_score)
    assert found == pytest.approx(CLEANVISION_SCORES[name], abs=0.006)


@pytest.mark.parametrize(("name", "dark", "blurry"), [("black", 0, 0.8528), ("constant", 0.3653, 1), ("white", 1, 1)])
def test_cleanvisions_scores_of_one_colour_are_reproduced(name: str, dark: float, blurry: float) -> None:
    of = statistics(SYNTHETIC[name])
    assert (of.brightness_p99, of.edge_score) == pytest.approx((dark, blurry), abs=0.002)


def test_the_brightness_of_a_pixel_is_the_weighted_root_of_its_squares() -> None:
    red = maths.brightness_histogram(np.array([[[255, 0, 0]]], np.uint8))
    assert np.flatnonzero(red).tolist() == [round(255 * np.sqrt(0.241))]


def test_percentile_deviation_entropy_and_background_of_four_pixels() -> None:
    histogram = np.bincount([10, 10, 12, 200], minlength=256)
    assert [maths.percentile(histogram, percent) for percent in (5, 50, 75, 99)] == [10, 10, 12, 200]
    assert maths.deviation(histogram) == pytest.approx(np.std([10, 10, 12, 200]))
    assert maths.entropy(histogram) == pytest.approx(1.5)
    level, share = maths.background(histogram)
    assert abs(level - 10) <= 4
    assert share == 0.75


def test_steps_go_right_and_down() -> None:
    grey = np.array([[0, 0, 100], [0, 3, 100], [0, 0, 0]], np.uint8)
    found = maths.steps(grey)  # the larger steps: 0, 100; 3, 100
    assert (found.flat, found.edge) == (0.25, 0.5)
    assert found.mean == (0 + 100 + 3 + 97 + 0 + 3 + 0 + 3) / 8


def test_a_ramp_is_as_blurred_as_can_be_and_noise_is_sharp() -> None:
    ramp = Image.merge("RGB", [Image.linear_gradient("L")] * 3)
    assert statistics(ramp).sharpness == pytest.approx(0.5, abs=0.02)
    assert statistics(SYNTHETIC["noise"]).sharpness > 1.2


def test_a_picture_without_a_step_has_no_sharpness() -> None:
    columns = scores([SYNTHETIC["black"]])
    assert np.isnan(columns["sharpness"][0])
    assert not columns["blurred"][0]


def test_size_is_that_of_the_file_and_the_worst_image_decides() -> None:
    columns = scores([SYNTHETIC["strip"], SYNTHETIC["dark"]], [], [SYNTHETIC["noise"]])
    assert columns["min_side"].tolist()[::2] == [64, 300]
    assert columns["aspect"][0] == 1 / 16
    assert columns["too_dark"].tolist() == [True, None, False]
    assert columns["kind"] == ["photo", None, "photo"]
    assert np.isnan(columns["entropy"][1])


def test_an_image_that_could_not_be_read_is_left_out() -> None:
    values = np.stack([np.full(len(Statistics._fields), np.nan, np.float32), measured(thumbnail(SYNTHETIC["dark"]))])
    columns = ImageQuality().score(Ragged(values, np.array([0, 1, 2])))
    assert columns["kind"] == [None, "photo"]
    assert columns["too_dark"].tolist() == [None, True]


def test_a_page_is_not_too_light_and_a_chart_is_not_of_low_information() -> None:
    columns = scores([page()], [bars()], [bars(), page()])
    assert columns["kind"] == ["document", "graphic", "mixed"]
    for flag in CLEANVISION_FLAGS - {"odd_aspect"}:
        assert not columns[flag].any()
    assert columns["entropy"][1] < 3 - np.log2(3)  # it would be, were it a photograph


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (3, 2), (129, 1)])
def test_the_smallest_pictures_are_measured(size: tuple[int, int]) -> None:
    columns = scores([Image.new("RGB", size, "red")])
    assert columns["min_side"][0] == min(size)
    for column in ImageQuality.columns:
        column.check(columns[column.name], 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_pictures_of_any_mode_are_measured(mode: str) -> None:
    picture = Image.fromarray(noise(40, 30)).convert("L").convert(mode) if mode != "I;16" else Image.new(mode, (40, 30))
    values = measured(thumbnail(picture, "TIFF"))
    assert values.dtype == np.float32
    assert values.shape == (len(Statistics._fields),)


def test_what_is_no_image_is_refused_by_the_feature() -> None:
    with ImageStatistics().open(Runtime()) as encoder, pytest.raises(ImageError):
        encoder.prepare(Thumbnail(b"no image"))


def test_an_odd_size_is_three_widths_outside_the_middle_half() -> None:
    sides = [100.0, 100, 110, 120, 120, 181, 180]  # quartiles 105 and 150 … 3 · 45 reaches to 285
    assert odd(sides) == [False] * 7
    assert odd([*sides, 1000]) == [False] * 7 + [True]


def test_where_more_than_half_have_one_size_every_other_size_is_odd() -> None:
    assert odd([100.0] * 8 + [101]) == [False] * 8 + [True]


def odd(sides: list[float]) -> list[bool]:
    found: list[bool] = ImageSizes().score(np.array([sides, sides], np.float32).T)["odd_size"].tolist()
    return found


def test_a_row_without_an_image_has_no_size() -> None:
    columns = ImageSizes().score(np.array([[100, 100], [110, 110], [np.nan, np.nan], [120, 120]], np.float32))
    assert columns["odd_size"].tolist() == [False, False, None, False]
    assert np.isnan(columns["side"]).tolist() == [False, False, True, False]


def blurred(image: Image.Image) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(0.01 * min(image.size)))


def darkened(image: Image.Image) -> Image.Image:
    return image.point(lambda level: level * 0.3)


@pytest.fixture(scope="module")
def photographs() -> list[Image.Image]:
    return [Image.open(path).convert("RGB") for path in sorted(PHOTOGRAPHS.iterdir())[:FEW_PHOTOGRAPHS]]


@pytest.fixture(scope="module")
def clean(photographs: list[Image.Image]) -> dict[str, Any]:
    return scores(*([image] for image in photographs))


@pytest.mark.skipif(not PHOTOGRAPHS.exists(), reason="needs the shared photographs")
@pytest.mark.parametrize(
    ("spoil", "column", "flag"), [(blurred, "sharpness", "blurred"), (darkened, "brightness_p99", "too_dark")]
)
def test_a_spoilt_photograph_is_found(
    photographs: list[Image.Image],
    clean: dict[str, Any],
    spoil: Callable[[Image.Image], Image.Image],
    column: str,
    flag: str,
) -> None:
    spoilt = scores(*([spoil(image)] for image in photographs))
    wins = (spoilt[column][:, None] < clean[column][None, :]).mean()
    assert wins > 0.97  # the AUROC; on all 300 it is 1.00 for the blur and 1.00 for the dark
    assert spoilt[flag].mean() > 0.9
    assert clean[flag].mean() < 0.05


def test_a_run_over_a_picture_of_one_colour_says_so(tmp_path: Path) -> None:
    Image.new("RGB", (300, 200), "red").save(tmp_path / "red.png")
    turns = [{"from": "human", "value": "<image>\nWhat?"}, {"from": "gpt", "value": "Red."}]
    (tmp_path / "data.json").write_text(json.dumps([{"id": "1", "image": "red.png", "conversations": turns}]))
    run = vlitq.score(tmp_path / "data.json", out=tmp_path / "run", scorers=["image_quality"], cache=False, quiet=True)
    row = run.scores("image_quality").to_pylist()[0]
    assert (row["status"], row["near_constant"], row["blurred"], row["sharpness"]) == ("ok", True, False, None)
