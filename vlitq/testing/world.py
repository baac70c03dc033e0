"""A small seeded world of hostile and ordinary records, and what the engine would make of them: the laws' test data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.engine.gather import one_a_row
from vlitq.engine.parts import TEXTS
from vlitq.node import Content, CorpusFeature, Need, Part, Ragged, Samples, Scorer, View, view_of
from vlitq.sample import ImageRef, Sample, Turn
from vlitq.schema import Array


@dataclass(frozen=True)
class World:
    """Rows that stand for hostile and ordinary records: `origin[row]` is the record a row is a copy of.

    Record 0 has nothing at all, 1 only text, 2 only images, 3 an image and 4 a turn that could not be encoded.
    """

    origin: Array

    RECORDS = 16

    def __len__(self) -> int:
        return len(self.origin)

    def inputs(self, scorer: Scorer) -> list[Any]:
        """What the scorer's `score` receives."""
        return [self.value(need) for need in scorer.needs()]

    def value(self, need: Need) -> Any:
        """A need's value for these rows, as the engine would give it."""
        if isinstance(need, CorpusFeature):
            return need.compute(*(self.value(upstream) for upstream in need.needs()))
        if isinstance(need, Samples):
            return [_sample(int(record), row) for row, record in enumerate(self.origin)]
        if isinstance(need, Content):
            digests = np.random.default_rng(0).integers(2**63, size=(self.RECORDS, 2), dtype=np.uint64)
            return digests[self.origin]
        view = view_of(need)
        items = _records(view).take(self.origin)
        return items if view.each else one_a_row(view.feature, items)


WORLD = World(np.array([5, 0, 6, 1, 7, 5, 2, 8, 3, 9, 10, 4, 6, 11, 1, 12, 13, 0, 14, 15, 5]))

_TEXTS = (
    "What is on the left of the red chair?",
    "A cat sits next to the window, because it is warm. In Paris, 3 of 4 do.",
    "😀🎉",
    "שלום עולם",
    "这是什么？",
    "\0\x1b[0m\u202e",
    "\ud800",
    "yes",
    "Which is it?\nA. a cat\nB. a dog",
    "B",
    "word another " * 500,
)


def _sample(record: int, row: int) -> Sample:
    if record == 0:
        return Sample(f"row-{row}")
    images = () if record == 1 else tuple(ImageRef(f"{record}-{number}.png") for number in range(1 + record % 3))
    if record == 2:
        return Sample(f"row-{row}", images=images)
    asked, answered = _TEXTS[record % len(_TEXTS)], _TEXTS[(record + 1) % len(_TEXTS)]
    turns = (Turn("human", asked, len(images)), Turn("assistant", answered))
    references = {"references": [answered, asked]} if record % 2 else {}
    return Sample(f"row-{row}", "source", images, turns * (1 + record % 3), references)


def _records(view: View) -> Ragged:
    """The vectors of each record's items, seeded by the feature's name: equal features give equal vectors."""
    rng = np.random.default_rng(list(view.feature.name.encode()))
    counts = np.array([len(list(_ITEMS[view.part](_sample(record, 0)))) for record in range(World.RECORDS)])
    offsets = np.concatenate([[0], np.cumsum(counts)])
    values = view.feature.examples(int(offsets[-1]), rng)
    unencoded = _UNENCODED.get(view.part, 4)
    values[offsets[unencoded] : offsets[unencoded + 1]][:1] = np.nan
    return Ragged(values, offsets)


_UNENCODED: Mapping[Part, int] = {"images": 3, "sample": 0}  # the record whose first item is NaN, if not 4
_ITEMS: Mapping[Part, Callable[[Sample], Iterable[Any]]] = {
    **TEXTS,
    "images": lambda sample: sample.images,
    "exchanges": lambda sample: sample.exchanges,
    "sample": lambda sample: [sample],
}
