"""The chat schema: `messages` of `role` and `content`, text or typed parts, and `images`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vlitq.formats.json_format import Dialogue, JsonFormat
from vlitq.formats.json_value import type_name
from vlitq.formats.record import Fields, Malformed, image_paths, image_problems, path_of, turn
from vlitq.sample import IMAGE_MARKER, Problem, Turn

IMAGE_PARTS = ("image", "image_url")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text with its markers, and for each marker the path of its image, or None where `images` has it."""

    text: str
    shown: list[str | None]


class Messages(JsonFormat):
    """Chat messages: `{"id", "images": [...], "messages": [{"role": "user", "content": ...}, ...]}`.

    `content` is text, or a list of parts such as `{"type": "text", "text": ...}` and `{"type": "image"}`. A part may
    name its image; one that does not, and an `<image>` in the text, stand for the next entry of `images`. Images
    without any marker are in order: chat templates put them first.
    """

    name = "messages"
    turns_field = "messages"

    def dialogue(self, record: Fields) -> Dialogue:
        """The turns and images of a record. Raises `Malformed`."""
        turns: list[Turn] = []
        shown: list[str | None] = []
        for number, entry in enumerate(self.turns_of(record), 1):
            piece = _content(number, entry.get("content"))
            turns.append(turn(number, entry.get("role"), piece.text))
            shown += piece.shown
        return Dialogue(tuple(turns), _filled(shown, image_paths(record)))

    def image_problems(self, markers: int, images: int) -> tuple[Problem, ...]:
        """A problem where there are markers, and not one an image."""
        return image_problems(markers, images) if markers else ()


def _content(number: int, content: Any) -> _Piece:
    if isinstance(content, str):
        return _plain(content)
    if not isinstance(content, list):
        raise Malformed(f"turn {number} has no text: its 'content' is {type_name(content)}, not a string or a list")
    pieces = [_part(number, part) for part in content]
    return _Piece("\n".join([piece.text for piece in pieces]), [path for piece in pieces for path in piece.shown])


def _part(number: int, part: Any) -> _Piece:
    if isinstance(part, str):
        return _plain(part)
    kind = part.get("type") if isinstance(part, dict) else type_name(part)
    if kind == "text" and isinstance(part.get("text"), str):
        return _plain(part["text"])
    if kind in IMAGE_PARTS:
        # The path lies in the part itself, or under its type: {"type": "image_url", "image_url": {"url": ...}}.
        return _Piece(IMAGE_MARKER, [path_of(part) or path_of(part.get(kind))])
    raise Malformed(f"turn {number} has a part that is neither text nor an image: {part!r:.60}")


def _plain(text: str) -> _Piece:
    return _Piece(text, [None] * text.count(IMAGE_MARKER))


def _filled(shown: Sequence[str | None], listed: Sequence[str]) -> list[str]:
    """The images in the order they are shown: the gaps filled from `images`, what is left of it at the end."""
    rest = iter(listed)
    filled = [path if path is not None else next(rest, None) for path in shown]
    return [path for path in filled if path is not None] + list(rest)
