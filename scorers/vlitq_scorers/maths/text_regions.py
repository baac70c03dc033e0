"""Where text stands in a picture: chains of strokes of like height, thickness and shade. No model.

Letters are connected components that are darker or lighter than what is around them, at two scales; a line of text is
a chain of them side by side that is more like text than like texture. Time is linear in the pixels, but for sorting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from vlitq.schema import Array
from vlitq.selection.maths.components import alone, joined
from vlitq_scorers.maths.strokes import Strokes, letter_like, strokes_of

WINDOWS = (8, 30)  # half-widths in pixels of the surroundings with which a pixel is compared
CONTRAST = 24  # grey levels between a stroke and its surroundings, at least
LETTERS = 3  # in a line, at least
SUCCESSORS = 4  # strokes to the right that are looked at in each band
LETTER_HEIGHT, LETTER_SHADE = 2.2, 60  # how unlike two letters of a line may be: a ratio, grey levels
LINE_HEIGHT, LINE_SHADE = 1.4, 30  # how unlike a line in doubt may be to one beyond doubt


@dataclass(frozen=True)
class Weights:
    """Of what makes a chain of strokes text: a logistic regression, rounded, without its constant."""

    letters: float  # of the logarithm of their number
    contrast: float  # of the logarithm of grey levels
    uneven: float  # of the variation of thickness between letters
    mottled: float  # of the variation of grey within a letter, to its contrast


# Fitted to text drawn on 150 photographs (JPEG, six fonts, letters of 14 to 64 pixels) against all other chains there.
WEIGHTS = Weights(letters=1.5, contrast=4.5, uneven=-7.0, mottled=-12.0)
SURE = 20.2  # 88 % of the area of drawn text is above, and 1.5 % of the chains of texture
LIKELY = 17.5  # above which a line counts beside a sure one that is like it


def text_lines(grey: Array) -> Array:
    """Boxes of what looks like text, int64 of shape (boxes, 4): left, top, and right and bottom, which are outside.

    `grey` is uint8 of shape (height, width). Boxes may overlap. Letters lower than six pixels are not found.
    """
    picture = Image.fromarray(grey)
    boxes = [np.empty((0, 4), np.int64)]
    for window in WINDOWS:
        around = picture.filter(ImageFilter.BoxBlur(window))
        restless = ImageChops.difference(picture, around).filter(ImageFilter.BoxBlur(window))
        mean, margin = np.asarray(around, np.int16), np.maximum(CONTRAST, np.asarray(restless, np.int16))
        step = grey - mean
        masks = step > margin, step < -margin
        boxes.extend(_lines(letter_like(strokes_of(mask, grey, mean), len(grey))) for mask in masks)
    return np.concatenate(boxes)


def covered(boxes: Array, height: int, width: int) -> Array:
    """Which pixels lie in a box, bool of shape (height, width)."""
    mask = np.zeros((height, width), bool)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = True
    return mask


def _lines(strokes: Strokes) -> Array:
    """Boxes of the chains that look like lines of text."""
    if not len(strokes):
        return np.empty((0, 4), np.int64)
    _, line = np.unique(joined(alone(len(strokes)), *_neighbours(strokes)), return_inverse=True)
    order = np.argsort(line, kind="stable")
    members, line = strokes[order], line[order]
    wanted = _accepted(members, line)[line]
    members, line = members[wanted], line[wanted]
    if not len(members):
        return np.empty((0, 4), np.int64)
    firsts = np.flatnonzero(np.diff(line, prepend=-1))
    left, top = np.minimum.reduceat(members.left, firsts), np.minimum.reduceat(members.top, firsts)
    right, bottom = np.maximum.reduceat(members.right, firsts), np.maximum.reduceat(members.bottom, firsts)
    return np.column_stack([left, top, right, bottom]).astype(np.int64)


def _accepted(members: Strokes, line: Array) -> Array:
    """The lines that are text beyond doubt, and less certain ones of like height and shade."""
    likeness = _likeness(members, line)
    sure = np.flatnonzero(likeness >= SURE)
    if not len(sure):
        return np.zeros(len(likeness), bool)
    count = np.bincount(line)
    height, shade = np.log(np.bincount(line, members.height) / count), np.bincount(line, members.shade) / count
    sure = sure[np.argsort(height[sure], kind="stable")]
    place = np.searchsorted(height[sure], height).clip(1, max(len(sure) - 1, 1))
    below, above = sure[place - 1], sure[np.minimum(place, len(sure) - 1)]
    model = np.where(np.abs(height - height[below]) <= np.abs(height - height[above]), below, above)
    alike = (np.abs(height - height[model]) <= np.log(LINE_HEIGHT)) & (np.abs(shade - shade[model]) <= LINE_SHADE)
    return np.asarray((likeness >= SURE) | (alike & (likeness >= LIKELY)))


def _likeness(members: Strokes, line: Array) -> Array:
    """How much each line is like text: many letters, in strong contrast, each of one shade, all of one thickness."""
    count = np.bincount(line)

    def mean(values: Array) -> Array:
        return np.asarray(np.bincount(line, values) / count)

    letters, contrast, thickness = np.bincount(line, _letters(members)), mean(members.contrast), mean(members.thickness)
    uneven = np.sqrt(np.maximum(mean(members.thickness**2) - thickness**2, 0)) / thickness
    mottled = mean(members.spread / members.contrast)
    weighed = WEIGHTS.letters * np.log(letters) + WEIGHTS.contrast * np.log(contrast)
    likeness = weighed + WEIGHTS.uneven * uneven + WEIGHTS.mottled * mottled
    return np.where(letters >= LETTERS, likeness, -np.inf)


def _letters(strokes: Strokes) -> Array:
    """How many letters a component may hold: of touching ones both width and strokes crossed tell."""
    return np.maximum(1, np.minimum(strokes.width / (0.7 * strokes.height), strokes.runs / (1.5 * strokes.height)))


def _neighbours(strokes: Strokes) -> tuple[Array, Array]:
    """Pairs of strokes side by side: each with the nearest like it to its right."""
    octave = np.log2(strokes.height).astype(np.int64)
    row = _row(strokes, octave)
    columns, rows = int(strokes.right.max()) + 2, int(strokes.bottom.max()) + 4
    keys = (octave * rows + row) * columns + strokes.left
    order = np.argsort(keys, kind="stable")
    nearest, gaps = np.full(len(strokes), -1), np.full(len(strokes), np.inf)
    everyone = np.arange(len(strokes))
    for other in (-1, 0, 1):
        for shift in (-1, 0, 1):
            wanted = ((octave + other) * rows + _row(strokes, octave + other) + shift) * columns + strokes.left + 1
            place = np.searchsorted(keys[order], wanted)
            for step in range(SUCCESSORS):
                partner = order[np.minimum(place + step, len(order) - 1)]
                gap = strokes.left[partner] - strokes.right
                better = (partner != everyone) & _alike(strokes, strokes[partner]) & (gap < gaps)
                nearest[better], gaps[better] = partner[better], gap[better]
    found = nearest >= 0
    return everyone[found], nearest[found]


def _row(strokes: Strokes, octave: Array) -> Array:
    """The band of the picture, as high as the octave's letters, in which the middle of a stroke lies."""
    return np.asarray((strokes.top + strokes.bottom) // 2 >> np.maximum(octave, 0))


def _alike(one: Strokes, other: Strokes) -> Array:
    """Side by side, of like height, thickness and shade."""
    low, high = np.minimum(one.height, other.height), np.maximum(one.height, other.height)
    gap = other.left - one.right
    overlap = np.minimum(one.bottom, other.bottom) - np.maximum(one.top, other.top)
    thin, thick = np.minimum(one.thickness, other.thickness), np.maximum(one.thickness, other.thickness)
    return np.asarray(
        (high <= LETTER_HEIGHT * low)
        & (overlap >= 0.5 * low)
        & (gap <= 1.0 * high)
        & (gap >= -0.3 * high)
        & (thick <= 2 * thin)
        & (np.abs(one.shade - other.shade) <= LETTER_SHADE)
    )
