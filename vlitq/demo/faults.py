"""Plants the faults that real data has: drafts in, drafts with faults out, each fault on record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from vlitq.demo.conversations import Draft, Material
from vlitq.demo.edits import answering, broken, cut_answer, empty_answer, encode, encode_again, last_answer, paraphrased


class Fault(StrEnum):
    """What is wrong with a sample."""

    SWAPPED_ANSWER = "swapped answer"
    ONE_WORD_ANSWER = "one-word answer"
    TRUNCATED_ANSWER = "truncated answer"
    NEAR_DUPLICATE = "near-duplicate"
    EXACT_COPY = "exact copy"
    BROKEN_IMAGE = "broken image"
    MISSING_IMAGE = "missing image"
    MARKER_COUNT = "wrong <image> count"


COUNTS = {
    Fault.SWAPPED_ANSWER: 12,
    Fault.ONE_WORD_ANSWER: 8,
    Fault.TRUNCATED_ANSWER: 8,
    Fault.BROKEN_IMAGE: 3,
    Fault.MISSING_IMAGE: 3,
    Fault.MARKER_COUNT: 2,
    Fault.NEAR_DUPLICATE: 14,
    Fault.EXACT_COPY: 6,
}


@dataclass(frozen=True)
class Plant:
    """A fault, and the place of the other draft that it copies or whose answer it bears."""

    fault: Fault
    of: int | None = None


@dataclass
class Planted:
    """Drafts, which `plant` spoils one after the other; the faults by place; every image as the bytes of its file."""

    drafts: list[Draft]
    files: dict[str, bytes]
    plants: dict[int, Plant] = field(default_factory=dict)

    def spoil(self, place: int, draft: Draft, fault: Fault, of: int | None = None) -> None:
        """Put a spoilt draft in a place."""
        self.drafts[place] = draft
        self.plants[place] = Plant(fault, of)

    def append(self, draft: Draft, fault: Fault, of: int) -> None:
        """Add a copy of the draft in a place."""
        self.plants[len(self.drafts)] = Plant(fault, of)
        self.drafts.append(draft)


def plant(material: Material, rng: np.random.Generator) -> Planted:
    """The drafts with `COUNTS` faults, at most one a draft; copies come at the end and copy faultless drafts."""
    planted = Planted(list(material.drafts), {name: encode(name, p) for name, p in material.pictures.items()})
    free = [int(place) for place in rng.permutation(len(material.drafts))]
    _swap_answers(planted, _take(free, planted, Fault.SWAPPED_ANSWER))
    for fault, spoilt in _SPOILT.items():
        for number, place in enumerate(_take(free, planted, fault)):
            planted.spoil(place, spoilt(planted.drafts[place], number), fault)
    _break_images(planted, _take(free, planted, Fault.BROKEN_IMAGE))
    for place in _take(free, planted, Fault.NEAR_DUPLICATE):
        planted.append(_near_duplicate(planted, place, material), Fault.NEAR_DUPLICATE, of=place)
    for place in _take(free, planted, Fault.EXACT_COPY):
        planted.append(planted.drafts[place], Fault.EXACT_COPY, of=place)
    return planted


def _take(free: list[int], planted: Planted, fault: Fault) -> list[int]:
    """The first places still free that can bear the fault; they are free no longer. No subject comes twice."""
    taken: list[int] = []
    subjects: set[str] = set()
    for place in free:
        draft = planted.drafts[place]
        if len(taken) < COUNTS[fault] and _FITS[fault](draft) and not subjects & set(_subjects(draft)):
            taken.append(place)
            subjects.update(_subjects(draft))
    free[:] = [place for place in free if place not in taken]
    return taken


def _subjects(draft: Draft) -> Iterator[str]:
    # Parts of one photograph share its first word, charts and scenes are one each.
    for name in draft.images:
        yield name if name.endswith(".png") else name.removesuffix(".jpg").split("_")[0]


def _swap_answers(planted: Planted, places: list[int]) -> None:
    drafts = [planted.drafts[place] for place in places]
    for number, place in enumerate(places):
        donor = (number + 1) % len(places)
        swapped = answering(drafts[number], last_answer(drafts[donor]))
        planted.spoil(place, swapped, Fault.SWAPPED_ANSWER, of=places[donor])


def _break_images(planted: Planted, places: list[int]) -> None:
    for number, place in enumerate(places):
        draft, name = planted.drafts[place], f"broken_{number}.jpg"
        planted.files[name] = broken(planted.files[draft.images[0]], number)
        planted.spoil(place, replace(draft, images=(name,)), Fault.BROKEN_IMAGE)


def _near_duplicate(planted: Planted, place: int, material: Material) -> Draft:
    draft = planted.drafts[place]
    names = tuple(f"{name.rpartition('.')[0]}_again_{place}.jpg" for name in draft.images)
    planted.files |= {new: encode_again(material.pictures[old]) for old, new in zip(draft.images, names, strict=True)}
    return paraphrased(replace(draft, images=names))


def _lose_image(draft: Draft, number: int) -> Draft:
    return replace(draft, images=(f"missing_{number}.jpg",))


def _miscount(draft: Draft, _: int) -> Draft:
    return replace(draft, markers=draft.markers + 1)


def _open_answer(words: int) -> Callable[[Draft], bool]:
    return lambda draft: len(draft.exchanges) == len(draft.images) == 1 and _words(draft) >= words


def _one_image(draft: Draft) -> bool:
    return len(draft.images) == 1


def _illustrated(draft: Draft) -> bool:
    return bool(draft.images) and _words(draft) >= 8


def _words(draft: Draft) -> int:
    return len(last_answer(draft).split())


_FITS: dict[Fault, Callable[[Draft], bool]] = {
    Fault.SWAPPED_ANSWER: _open_answer(words=8),
    Fault.ONE_WORD_ANSWER: _open_answer(words=12),
    Fault.TRUNCATED_ANSWER: _open_answer(words=16),
    Fault.BROKEN_IMAGE: _one_image,
    Fault.MISSING_IMAGE: _one_image,
    Fault.MARKER_COUNT: _one_image,
    Fault.NEAR_DUPLICATE: _illustrated,
    Fault.EXACT_COPY: lambda _: True,
}
_SPOILT: dict[Fault, Callable[[Draft, int], Draft]] = {
    Fault.ONE_WORD_ANSWER: empty_answer,
    Fault.TRUNCATED_ANSWER: cut_answer,
    Fault.MISSING_IMAGE: _lose_image,
    Fault.MARKER_COUNT: _miscount,
}
