"""Width, height, brightness, colour, entropy, sharpness and texture of an image, from its thumbnail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from vlitq.node import Encoder, Feature, Runtime
from vlitq.plugin import Thumbnail
from vlitq.schema import Array
from vlitq_scorers.maths import image_statistics as maths

BLUR_SIDE = 64  # pixels of the longer side at which CleanVision looks for edges
EDGE_SCALE = 0.01  # CleanVision's normalizing_factor of edges
EVEN_HISTOGRAM = 0.18  # CleanVision's color_threshold
WHITE = 255.0
NO_STEP = -1.0  # a feature has no NaN
ENOUGH = 1 << 14  # pixels for a histogram: of a picture with more, every second pixel of every second row counts


class Statistics(NamedTuple):
    """What `ImageStatistics` holds of images, in this order: arrays of shape (images,)."""

    width: Array  # pixels, upright
    height: Array
    brightness_p5: Array  # in [0, 1]
    brightness_p50: Array
    brightness_p99: Array
    entropy: Array  # bits, mean of red, green and blue
    deviation: Array  # grey levels, the largest of red, green and blue
    chroma: Array  # mean of max(R, G, B) − min(R, G, B), in [0, 1]
    chroma_p99: Array
    sharpness: Array  # 0.5 blurred, 1 sharp; NO_STEP where neighbours are all alike
    edge_score: Array  # CleanVision's score of blur, in [0, 1]
    flat: Array  # share of pixels like their neighbours
    edge: Array  # share of pixels that are an edge
    background: Array  # share of pixels of the commonest grey
    background_level: Array  # that grey, in [0, 1]


@dataclass(frozen=True)
class ImageStatistics(Feature):
    """The numbers of `Statistics`, float32 of shape (images, 15).

    Size is the file's; all else is measured on the thumbnail.
    """

    name = "image_statistics"
    over = "thumbnail"
    unit_length = False

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # the contract's
        """Nothing is loaded."""
        yield Encoder(np.stack, len(Statistics._fields), measured)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Images of all kinds: sizes to 2,000 pixels, shares, and the other numbers in their ranges."""
        values = rng.random((items, len(Statistics._fields)), np.float32)
        values *= np.array([2000, 2000, 1, 1, 1, 8, 128, 1, 1, 2, 1, 0.5, 0.5, 1, 1], np.float32)
        values[:, :2] = np.ceil(values[:, :2]) + 1
        return values


def measured(thumbnail: Thumbnail) -> Array:
    """The statistics of an image, float32 of shape (15,). Raises `ImageError`."""
    picture = thumbnail.picture
    some = _some_pixels(picture)
    return np.array([*thumbnail.size, *_brightness(some), *_levels(some), *_texture(picture)], np.float32)


def _some_pixels(picture: Image.Image) -> Image.Image:
    width, height = picture.size
    if width * height <= ENOUGH:
        return picture
    return picture.resize((max(1, width // 2), max(1, height // 2)), Image.Resampling.NEAREST)


def _brightness(picture: Image.Image) -> list[float]:
    histogram = maths.brightness_histogram(np.asarray(picture))
    return [maths.percentile(histogram, percent) / WHITE for percent in (5, 50, 99)]


def _levels(picture: Image.Image) -> tuple[float, float, float, float]:
    """Entropy and largest deviation of the channels, mean and 99th percentile of chroma."""
    channels = np.array(picture.histogram()).reshape(3, maths.LEVELS)
    red, green, blue = picture.split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    least = ImageChops.darker(ImageChops.darker(red, green), blue)
    chroma = np.array(ImageChops.difference(most, least).histogram())
    mean = float(chroma @ np.arange(maths.LEVELS) / chroma.sum())
    entropy = sum(map(maths.entropy, channels)) / 3
    return entropy, max(map(maths.deviation, channels)), mean / WHITE, maths.percentile(chroma, 99) / WHITE


def _texture(picture: Image.Image) -> tuple[float, ...]:
    """Sharpness, CleanVision's score of blur, shares of flat pixels and edges, and the background."""
    grey = picture.convert("L")
    half = grey.reduce(2)
    whole = maths.steps(np.asarray(grey))
    sharpness = maths.sharpness(whole, maths.steps(np.asarray(half)))
    edge_score = _edge_score(half if max(half.size) >= BLUR_SIDE else grey)
    sharpness = NO_STEP if np.isnan(sharpness) else sharpness
    level, share = maths.background(np.array(grey.histogram()))
    return sharpness, edge_score, whole.flat, whole.edge, share, level / WHITE


def _edge_score(image: Image.Image) -> float:
    """1 − exp(−0.01 σ(edges)), plus the same of the histogram's deviation where that is above 0.18; at most 1."""
    ratio = max(image.size) / BLUR_SIDE
    if ratio > 1:
        size = max(1, int(image.width // ratio)), max(1, int(image.height // ratio))
        image = image.resize(size, Image.Resampling.BICUBIC)
    edges = maths.deviation(np.array(image.filter(ImageFilter.FIND_EDGES).histogram()))
    unevenness = _saturated(float(np.std(image.histogram())))
    return min(1.0, _saturated(edges) + (unevenness if unevenness > EVEN_HISTOGRAM else 0.0))


def _saturated(value: float) -> float:
    return 1 - float(np.exp(-EDGE_SCALE * value))
