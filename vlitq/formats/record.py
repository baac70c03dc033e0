"""Turns the fields of a JSON record into the parts of a sample, and says what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from vlitq.counted import counted
from vlitq.formats.json_value import type_name
from vlitq.sample import IMAGE_MARKER, ImageRef, Problem, Role, Turn
from vlitq.schema import Status

Fields = Mapping[str, Any]

ROLES: Mapping[str, Role] = {  # as published datasets spell them
    "system": "system",
    "developer": "system",
    "human": "human",
    "user": "human",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bard": "assistant",
    "bing": "assistant",
    "model": "assistant",
}
SOURCE_FIELDS = ("source", "dataset", "data_source")
IMAGE_FIELDS = ("image", "images")
PATH_FIELDS = ("path", "url", "image")

_OWN = frozenset({"id", *IMAGE_FIELDS})
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKER = re.compile(rf"(\n?){re.escape(IMAGE_MARKER)}(\n?)")


class Malformed(ValueError):
    """The record is not a sample: the message is the reason."""


def clean(text: str) -> str:
    """The text with lone surrogates, which no encoder takes, replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text)
    return text


def identifier(record: Fields, index: int) -> str:
    """The record's `id` as text; `row-` and its index in the file where it has none or an empty one."""
    value = record.get("id")
    if value is None or value == "":
        return f"row-{index:06d}"
    return clean(value if isinstance(value, str) else str(value))


def source(record: Fields, images: Sequence[str]) -> str | None:
    """Where the record comes from: its `source`, `dataset` or `data_source`, else the folder its first image lies in.

    The folder is the first component of a relative path (`coco` of `coco/train2017/1.jpg`): mixtures such as
    LLaVA's keep one folder a dataset. None where there is neither.
    """
    for name in SOURCE_FIELDS:
        value = record.get(name)
        if value and isinstance(value, str):
            return clean(value)
    if not images:
        return None
    folder, slash, _ = images[0].partition("/")
    is_name = slash and folder not in {"", ".", ".."} and ":" not in folder
    return clean(folder) if is_name else None


def metadata(record: Fields, turns_field: str) -> dict[str, Any]:
    """The fields that are neither the id, nor the images, nor the turns."""
    return {name: value for name, value in record.items() if name not in _OWN and name != turns_field}


def turn(number: int, role: Any, text: Any) -> Turn:
    """A turn from what the record gives for its role and text; `number` counts from 1. Raises `Malformed`."""
    known = ROLES.get(role) if isinstance(role, str) else None
    if known is None:
        raise Malformed(f"turn {number} has the unknown role {role!r:.60}; known are {', '.join(ROLES)}")
    if not isinstance(text, str):
        raise Malformed(f"turn {number} has no text: it is {type_name(text)}, not a string")
    text = clean(text)
    if IMAGE_MARKER not in text:
        return Turn(known, text)
    return Turn(known, without_markers(text), text.count(IMAGE_MARKER))


def without_markers(text: str) -> str:
    """The text without its markers and the line each takes; stripped, as LLaVA's own preprocessing does."""
    return _MARKER.sub(lambda found: "\n" if found[1] and found[2] else "", text).strip()


def image_paths(record: Fields) -> list[str]:
    """The paths in `image`, or else in `images`: a string, an object with a path, or a list of these.

    Raises `Malformed`.
    """
    for name in IMAGE_FIELDS:
        value = record.get(name)
        if value:
            entries = value if isinstance(value, list) else [value]
            return [_required_path(name, number, entry) for number, entry in enumerate(entries, 1)]
    return []


def path_of(value: Any) -> str | None:
    """The path or URL that an image entry names, if it names one."""
    if isinstance(value, dict):
        value = next((value[name] for name in PATH_FIELDS if value.get(name)), None)
    return value if value and isinstance(value, str) else None


def _required_path(name: str, number: int, entry: Any) -> str:
    path = path_of(entry)
    if path is None:
        raise Malformed(f"entry {number} of {name!r} is no path: it is {entry!r:.60}")
    return path


def refs(paths: Sequence[str]) -> tuple[ImageRef, ...]:
    """The paths as images. They keep their lone surrogates: these are how Python names files that are not UTF-8."""
    return tuple([ImageRef(path) for path in paths]) if paths else ()


def role_problems(turns: Sequence[Turn]) -> tuple[Problem, ...]:
    """`ROLE_ORDER` where human and assistant do not alternate from a human's turn to an assistant's.

    One system turn may come first.
    """
    roles = [turn.role for turn in turns]
    spoken = roles[1:] if roles[0] == "system" else roles
    pairs = len(spoken) // 2
    if pairs and spoken == ["human", "assistant"] * pairs:
        return ()
    return (Problem(Status.ROLE_ORDER, f"human and assistant do not alternate: {_listed(roles)}"),)


def image_problems(markers: int, images: int) -> tuple[Problem, ...]:
    """`IMAGE_COUNT` where the two differ, with both numbers."""
    if markers == images:
        return ()
    reason = f"{counted(markers, f'{IMAGE_MARKER} marker')}, {counted(images, 'image')}"
    return (Problem(Status.IMAGE_COUNT, reason),)


def _listed(roles: Sequence[str], most: int = 8) -> str:
    return ", ".join(roles[:most]) + (", …" if len(roles) > most else "")
