"""What a demo sample is before it has an id: pictures by name, questions and answers, and its LLaVA record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from PIL import Image

from vlitq.sample import IMAGE_MARKER


@dataclass(frozen=True)
class Exchange:
    """One question and its answer."""

    question: str
    answer: str


@dataclass(frozen=True)
class Draft:
    """A sample without an id. `images` are file names below the image folder; `markers` is how often `<image>` stands
    in the first question."""

    source: str
    images: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    markers: int

    def record(self, identifier: str) -> dict[str, Any]:
        """The sample as LLaVA writes it: no `image` for text alone, a string for one image, a list for several."""
        turns = []
        for number, exchange in enumerate(self.exchanges):
            markers = f"{IMAGE_MARKER}\n" * self.markers if number == 0 else ""
            turns.append({"from": "human", "value": markers + exchange.question})
            turns.append({"from": "gpt", "value": exchange.answer})
        image = {"image": self.images[0] if len(self.images) == 1 else list(self.images)} if self.images else {}
        return {"id": identifier, **image, "source": self.source, "conversations": turns}


@dataclass(frozen=True)
class Material:
    """Drafts, and the pictures that they name, by file name."""

    pictures: dict[str, Image.Image]
    drafts: list[Draft]


def draft(source: str, images: tuple[str, ...], *exchanges: Exchange) -> Draft:
    """A faultless draft: one marker an image."""
    return Draft(source, images, exchanges, markers=len(images))


def written_texts() -> list[Draft]:
    """The conversations without an image."""
    return [draft("text", (), *exchanges_of(entry)) for entry in read_entries("texts.json")]


def read_entries(name: str) -> list[dict[str, Any]]:
    """The hand-written conversations of a file of this package."""
    entries: list[dict[str, Any]] = json.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return entries


def exchanges_of(entry: dict[str, Any]) -> list[Exchange]:
    """The turns of an entry, which alternate, in pairs."""
    turns = entry["turns"]
    return [Exchange(question, answer) for question, answer in zip(turns[::2], turns[1::2], strict=True)]
