"""Why the explorer has no answer, beside questions that cannot be answered as asked."""

from __future__ import annotations

from vlitq.errors import VlitqError


class NotThere(VlitqError, LookupError):
    """What is asked for does not exist. The message says what."""


class NotYet(VlitqError):
    """What is asked for is still being made. The message says how far it is."""


class NoQuestion(VlitqError, ValueError):
    """What is asked is none that the page puts. The message says what is wrong with it."""
