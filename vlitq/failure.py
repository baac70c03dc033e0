"""Says what went wrong in words that every table can hold."""

from __future__ import annotations

from vlitq.sample import Problem
from vlitq.schema import Status

MOST_CHARACTERS = 1000  # of a reason: an error that quotes its whole input would swell every row's


def described(error: BaseException) -> str:
    """The kind of error and its message; short, and encodable whatever the message quotes."""
    text = f"{type(error).__name__}: {error}".encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"


def failure_of(feature: str, error: BaseException) -> Problem:
    """Why an item has no vector of a feature, by the feature's name."""
    return Problem(Status.ERROR, f"{feature}: {described(error)}")
