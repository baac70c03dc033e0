"""One training record: an id, a source, zero or more images, and turns of human and assistant text.

What is made once or more for every row is a named tuple where it can be: a frozen dataclass takes twice as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from vlitq.schema import Status

Role = Literal["system", "human", "assistant"]
IMAGE_MARKER = "<image>"


class Turn(NamedTuple):
    """What one side says, without image markers, and how many markers were in it."""

    role: Role
    text: str
    markers: int = 0


class Exchange(NamedTuple):
    """An answer and the question before it: the human's turns since the last answer, a line between two; "" if none."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class ImageRef:
    """An image as the record names it: a path relative to the image root."""

    path: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a record, in a status and a sentence."""

    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One record, parsed. `problems` says what is wrong with it; an invalid one has no turns and is never scored."""

    id: str
    source: str | None = None
    images: tuple[ImageRef, ...] = ()
    turns: tuple[Turn, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """False when the record could not be read as a sample."""
        return all(problem.status is not Status.INVALID for problem in self.problems)

    def texts(self, role: Role) -> list[str]:
        """The texts of one side, in order, empty ones left out."""
        return [turn.text for turn in self.turns if turn.role == role and turn.text]

    @property
    def exchanges(self) -> list[Exchange]:
        """Each assistant turn that says something, with what was asked: as many as `texts("assistant")`."""
        found, asked = [], []
        for turn in self.turns:
            if turn.role == "human" and turn.text:
                asked.append(turn.text)
            elif turn.role == "assistant":
                if turn.text:
                    found.append(Exchange("\n".join(asked), turn.text))
                asked = []
        return found

    @property
    def references(self) -> list[str]:
        """The record's own reference answers: the texts of its field `references`, a list or one text."""
        given = self.metadata.get("references", ())
        texts = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        return [text for text in texts if isinstance(text, str) and text]

    @property
    def instruction(self) -> str:
        """The human's turns, a line between two."""
        return "\n".join(self.texts("human"))

    @property
    def response(self) -> str:
        """The assistant's turns, a line between two."""
        return "\n".join(self.texts("assistant"))


class Span(NamedTuple):
    """Where a record lies in its file, in bytes: what makes a subset byte-faithful."""

    offset: int
    length: int


class Row(NamedTuple):
    """A record of the input: its sample and its place. There is one for every record, readable or not."""

    sample: Sample
    span: Span
