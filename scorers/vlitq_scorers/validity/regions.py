"""regions: whether boxes and points in the text are well-formed, plausible and inside the image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, NamedTuple

import numpy as np

from vlitq.hookspecs import hookimpl
from vlitq.node import Columns, Ragged, Samples, SampleScorer, Scorer, View
from vlitq.sample import Sample
from vlitq.schema import Column, Direction
from vlitq_scorers.features.image_size import ImageSize
from vlitq_scorers.maths.boxes import iou, is_inside, is_possible
from vlitq_scorers.maths.region_syntax import Region, regions, speaks_of_places

WholeNumbers = Literal["auto", "permille", "percent", "pixels"]

COMPARED = 32  # boxes of a turn that are compared with each other
SLACK = 0.002  # of the frame: what rounding may put beyond it
_FRAME = {"normalised": 1.0, "tokens": 1.0, "percent": 100.0, "permille": 1000.0}
_FAR = 1000.0  # numbers above are pixels
_NONE = "no turn has a box or a point"


def _count(name: str, description: str, unit: str = "regions", direction: Direction = "lower") -> Column:
    return Column(name, "int32", description, unit=unit, bounds=(0, None), direction=direction)


@dataclass(frozen=True)
class Regions(SampleScorer):
    """Boxes and points in the turns of the human and of the assistant.

    Read are `[x1, y1, x2, y2]` and `[x, y]` (LLaVA, Shikra, with `;` between several), `[[…]]` (CogVLM), `<box>` and
    `<|box_start|>` tags (Qwen-VL, InternVL), `{<25><30><60><70>}` (MiniGPT-v2), `<loc_…>` and `<patch_index_…>` tokens
    (Florence-2, PaliGemma, Kosmos-2) and `<point x="…" y="…">` tags (Molmo). Numbers without a tag count where the
    sample speaks of places ("box", "where", "coordinates"), and decimals in [0, 1] everywhere.

    `whole_numbers` says what numbers without decimals and tag are. "auto" decides for each sample: pixels if all fit
    into an image or one is above 1000, else per mille.
    """

    name = "regions"
    version = 1
    cost = "pixels"
    known_failures = (
        "Of the 23 wrong orders of a box's numbers 5 leave a possible box: those are not found.",
        "Four decimals in brackets that are probabilities read as a box, four whole numbers in a sample that speaks of "
        "places likewise.",
        "A per-mille box without a tag that fits into the image reads as pixels, unless whole_numbers is 'permille'.",
        "COCO's [x, y, width, height] reads as corners: implausible where the width is not above x, else unnoticed.",
        "Pixel boxes that leave a small image by less than 1000 read as per mille unless whole_numbers is 'pixels'.",
        "A box that is right in form may show something else: that takes a grounding model.",
    )
    columns = (
        _count("boxes", "Boxes that could be read.", "boxes", "neutral"),
        _count("points", "Points that could be read.", "points", "neutral"),
        Column(
            "convention",
            "string",
            "What the coordinates are: normalised (0 to 1), permille, percent, pixels, tokens, mixed (several).",
            null="no box or point could be read",
        ),
        _count("malformed", "Regions that are begun and cannot be read: a tag left open, three numbers, two points."),
        _count("outside", "Regions that leave the image; pixels count only where the image's size is known."),
        _count("implausible", "Boxes without an area or with corners in the wrong order, and numbers of mixed kinds."),
        Column(
            "duplicate_iou",
            "float32",
            "Largest intersection over union of two boxes of one turn that are said of different things.",
            unit="IoU",
            bounds=(0, 1),
            direction="lower",
            null="no turn has two boxes of different things",
            formula="max over pairs of |A ∩ B| / |A ∪ B|",
        ),
        Column(
            "valid_share",
            "float32",
            "Regions that are well-formed, inside the image as far as known, and plausible.",
            unit="share",
            bounds=(0, 1),
            direction="higher",
            null=_NONE,
        ),
    )

    whole_numbers: WholeNumbers = "auto"

    def __post_init__(self) -> None:
        if self.whole_numbers not in {"auto", "permille", "percent", "pixels"}:
            raise ValueError(
                f"regions: whole_numbers is 'auto', 'permille', 'percent' or 'pixels', not {self.whole_numbers!r}"
            )

    def needs(self) -> tuple[Samples | View, ...]:
        """The samples, and the size of each image."""
        return Samples(), ImageSize().each("images")

    def score(self, *features: Any) -> Columns:
        """From a sequence of `Sample` and `Ragged` sizes."""
        samples: Sequence[Sample] = features[0]
        sizes: Ragged = features[1]
        rows = [self._row(sample, sizes, row) for row, sample in enumerate(samples)]
        values = list(zip(*rows, strict=True)) if rows else [()] * len(self.columns)
        return {
            column.name: list(value) if column.dtype == "string" else np.array(value, column.dtype)
            for column, value in zip(self.columns, values, strict=True)
        }

    def _row(self, sample: Sample, sizes: Ragged, row: int) -> tuple[Any, ...]:
        """The columns of a sample, in their order."""
        turns = _regions_of(sample)
        if not turns:
            return _NOTHING
        frames = [(width, height) for width, height in sizes[row].tolist() if width > 0]  # NaN is not
        found = [region for turn in turns for region in turn]
        convention = self._whole(found, frames)
        judged = [_judge(region, convention, frames) for region in found]
        valid = sum(not (j.malformed or j.outside or j.implausible) for j in judged)
        return (
            sum(len(region.numbers) == 4 for region in found),
            sum(len(region.numbers) == 2 for region in found),
            _one({j.convention for j in judged if not j.malformed}),
            sum(j.malformed for j in judged),
            sum(j.outside for j in judged),
            sum(j.implausible for j in judged),
            max(map(_duplicate_iou, turns), key=lambda value: -1.0 if np.isnan(value) else value),
            valid / len(judged),
        )

    def _whole(self, found: list[Region], frames: list[tuple[float, float]]) -> str:
        """What the sample's whole numbers are."""
        if self.whole_numbers != "auto":
            return self.whole_numbers
        whole = [region.numbers for region in found if region.scale == "whole" and region.numbers]
        far = any(max(numbers) > _FAR for numbers in whole)
        fit = any(all(is_inside(numbers, *frame, slack=1) for numbers in whole) for frame in frames)
        return "pixels" if far or fit else "permille"


_NOTHING = (0, 0, None, 0, 0, 0, float("nan"), float("nan"))


class _Judged(NamedTuple):
    convention: str
    malformed: bool = False
    outside: bool = False
    implausible: bool = False


def _regions_of(sample: Sample) -> list[list[Region]]:
    """The regions of each turn that has some; the uncertain ones only where the sample speaks of places."""
    turns = [regions(turn.text) for turn in sample.turns if turn.role != "system"]
    found = [turn for turn in turns if turn]
    if all(region.certain for turn in found for region in turn):
        return found
    if any(speaks_of_places(turn.text) for turn in sample.turns):
        return found
    certain = ([region for region in turn if region.certain] for turn in found)
    return [turn for turn in certain if turn]


def _judge(region: Region, whole: str, frames: list[tuple[float, float]]) -> _Judged:
    convention = whole if region.scale == "whole" else region.scale
    if not region.numbers:
        return _Judged(convention, malformed=True)
    if convention == "mixed":
        return _Judged(convention, implausible=True)
    return _Judged(
        convention,
        outside=not _is_inside(region.numbers, convention, frames),
        implausible=not is_possible(region.numbers),
    )


def _is_inside(numbers: tuple[float, ...], convention: str, frames: list[tuple[float, float]]) -> bool:
    if convention == "pixels":
        fits = [is_inside(numbers, *frame, slack=1) for frame in frames]
        return min(numbers) >= -1 and (not frames or any(fits))
    end = _FRAME[convention]
    return is_inside(numbers, end, end, SLACK * end)


def _one(conventions: set[str]) -> str | None:
    if not conventions:
        return None
    return conventions.pop() if len(conventions) == 1 else "mixed"


def _duplicate_iou(turn: list[Region]) -> float:
    """The largest IoU of two boxes with different labels on one scale; NaN where there are none."""
    boxes = [region for region in turn if len(region.numbers) == 4][:COMPARED]
    pairs = [iou(a.numbers, b.numbers) for a, b in combinations(boxes, 2) if a.label != b.label and a.scale == b.scale]
    return max(pairs, default=float("nan"))


@hookimpl
def vlitq_register_scorers() -> list[type[Scorer]]:
    """Offers `regions`."""
    return [Regions]
