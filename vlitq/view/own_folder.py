"""The folder of a run in which the explorer keeps what it makes, unless it leads out of the run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

DEPTH = ("*", "*/*")  # below the folder: the text index, and the thumbnails' folders


def is_usable(folder: Path) -> bool:
    """Whether a folder, which is made where there is none, can be written to and nothing in it is a link: a run may
    come from others, and what is written or swept there has to stay in the run."""
    try:
        if folder.is_symlink() or any(map(os.path.islink, _entries(folder))):
            return False
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _entries(folder: Path) -> Iterator[Path]:
    for pattern in DEPTH:
        yield from folder.glob(pattern)
