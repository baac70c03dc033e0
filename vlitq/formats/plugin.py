"""Offers the formats that vlitq reads itself; a plugin like any other."""

from __future__ import annotations

from collections.abc import Iterable

from vlitq.format import Format
from vlitq.formats.llava import Llava
from vlitq.formats.messages import Messages
from vlitq.hookspecs import hookimpl


@hookimpl
def vlitq_register_formats() -> Iterable[Format]:
    """LLaVA and chat messages, in JSON arrays and JSON lines."""
    return [Llava(), Messages()]
