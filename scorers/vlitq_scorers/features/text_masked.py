"""Images with their text masked, and how much of an image is text."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from vlitq.node import Encoder, Feature, Runtime, Weights
from vlitq.schema import Array
from vlitq_scorers.features.embedded import ConseImage
from vlitq_scorers.features.whole import pinned, whole
from vlitq_scorers.maths.text_regions import covered, text_lines

SIDE = 640  # pixels of the longer side at which text is looked for
MARGIN = 0.2  # of a line's height, on all sides: outlines, dots and feet of letters
RING = 0.5  # of a line's height: how far around it the colour is taken that it is filled with


@dataclass(frozen=True)
class TextMasked(Feature):
    """What `image` makes of an image whose text is filled with the colour around it, float32 of shape (images, dim).

    Zeros for an image without text: it is as it was, so that nothing is computed again.
    """

    name = "text_masked"
    over = "image"
    unit_length = False  # of the zeros

    image: Feature = ConseImage()  # noqa: RUF009  # features are frozen, a shared default is safe

    def weights(self) -> Weights | None:
        """Those of the image model. Raises `Unavailable`."""
        return pinned(self.image)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Load the image model, or share it."""
        with whole(self.image, runtime) as inner:

            def prepare(image: Image.Image) -> object:
                boxes = text_boxes(image)
                return inner.prepare(without(image, boxes)) if len(boxes) else None

            def encode(batch: list[object]) -> Array:
                vectors = np.zeros((len(batch), inner.dim), np.float32)
                masked = [place for place, item in enumerate(batch) if item is not None]
                if masked:
                    vectors[masked] = inner.encode([batch[place] for place in masked])
                return vectors

            yield Encoder(encode, inner.dim, prepare)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """As the image model's, and zeros for a third of the images."""
        vectors = self.image.examples(items, rng)
        vectors[rng.random(items) < 1 / 3] = 0
        return vectors


@dataclass(frozen=True)
class TextArea(Feature):
    """Share of an image's area that looks like text, float32 of shape (images, 1)."""

    name = "text_area"
    over = "image"
    unit_length = False

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:  # noqa: ARG002  # no model
        """Nothing is loaded."""
        yield Encoder(lambda shares: np.array(shares, np.float32)[:, None], 1, text_share)


def text_share(image: Image.Image) -> float:
    """Share of the area that looks like text."""
    width, height = _looked_at(image)
    return float(covered(text_boxes(image), height, width).mean())


def text_boxes(image: Image.Image) -> Array:
    """Where an image has text, as `text_lines` gives it with a margin, in the picture of at most `SIDE` pixels.

    Remembered for the last image of a thread: two features ask for it one after the other.
    """
    last = getattr(_last, "image", None)
    if last is None or last() is not image:
        _last.boxes, _last.image = _find(image), weakref.ref(image)
    boxes: Array = _last.boxes
    return boxes


_last = threading.local()


def without(image: Image.Image, boxes: Array) -> Image.Image:
    """A copy of the image with each box filled with the mean colour of what is around it and no text."""
    filled = image.copy()
    draw = ImageDraw.Draw(filled)
    small = np.asarray(image.resize(_looked_at(image), Image.Resampling.BILINEAR, reducing_gap=2.0))
    plain = ~covered(boxes, *small.shape[:2])
    across, down = image.width / small.shape[1], image.height / small.shape[0]
    fallback = small[plain].mean(axis=0) if plain.any() else small.mean(axis=(0, 1))
    for left, top, right, bottom in boxes:
        wider = _widened(np.array([[left, top, right, bottom]]), RING, *small.shape[:2])[0]
        around = np.s_[wider[1] : wider[3], wider[0] : wider[2]]
        ring = small[around][plain[around]]
        colour = ring.mean(axis=0) if len(ring) else fallback
        corners = [left * across, top * down, right * across - 1, bottom * down - 1]
        draw.rectangle([round(corner) for corner in corners], fill=tuple(int(level) for level in np.rint(colour)))
    return filled


def _find(image: Image.Image) -> Array:
    width, height = size = _looked_at(image)
    grey = image.convert("L").resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
    return _widened(text_lines(np.asarray(grey)), MARGIN, height, width)


def _looked_at(image: Image.Image) -> tuple[int, int]:
    """Width and height of the picture in which text is looked for."""
    scale = min(1.0, SIDE / max(image.size))
    return max(1, round(image.width * scale)), max(1, round(image.height * scale))


def _widened(boxes: Array, share: float, height: int, width: int) -> Array:
    """Boxes with a margin that is a share of their height, inside the picture."""
    margin = np.maximum(1, np.rint(share * (boxes[:, 3] - boxes[:, 1]))).astype(np.int64)[:, None]
    wider = boxes + margin * np.array([-1, -1, 1, 1])
    return np.asarray(np.clip(wider, 0, [width, height, width, height]))
