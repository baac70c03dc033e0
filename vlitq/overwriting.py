"""Refuses to write over what somebody else wrote: one slip of a name must not cost a dataset or a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vlitq.errors import VlitqError


class NotOurs(VlitqError, ValueError):
    """A folder, or a file that vlitq did not write, stands where a file is to be written."""


def refuse(path: Path, what: str, example: str, is_ours: Callable[[Path], bool]) -> None:
    """Raise `NotOurs` where `path` is a folder, or a file that holds something and is not `what` as `is_ours` tells."""
    if path.is_dir():
        raise NotOurs(f"{path} is a folder: name a file, {path / example} say")
    if path.is_file() and path.stat().st_size and not is_ours(path):
        raise NotOurs(f"{path} is there already, and is no {what} of vlitq's: name another file, or remove it first")
