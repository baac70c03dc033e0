"""Tells a run where its dataset and images are now, after they or the run have been moved."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from vlitq.counted import counted
from vlitq.files import sha256_of, write_whole
from vlitq.images import ImageError, locate
from vlitq.opening import is_being_written
from vlitq.sample import ImageRef
from vlitq.schema import Status
from vlitq.store import MANIFEST, Run, RunError

LOOKED_AT = 200  # rows, spread over the run, whose images are looked for


def relocate(run: Run, data: Path, images: Path | None = None) -> Run:
    """The run, whose manifest now says that its dataset is `data`; scores and selections stay as they are.

    images: the folder that image paths start from; by default where it lay beside the dataset before. Warns of images
    that are not there. Raises `RunError` where `data` is not the file that was scored, byte for byte, where none of the
    images are in the folder, and while the run is being scored.
    """
    if is_being_written(run.path):
        raise RunError(f"{run.path} is being scored by another process: wait until that is done")
    _check_same(run, data)
    root = _image_folder(run, data) if images is None else images
    if not root.is_dir():
        raise RunError(f"image folder {root} is not a folder: name the one that the images are in now")
    moved = Run(run.path)
    places = {"path": str(data.resolve()), "images": str(root.resolve())}
    moved.manifest = {**moved.manifest, "dataset": {**moved.manifest["dataset"], **places}}
    _check_images(moved, root)
    text = json.dumps(moved.manifest, indent=1, ensure_ascii=False)
    write_whole(run.path / MANIFEST, lambda file: file.write(text.encode("utf-8", "backslashreplace")))
    return moved


def _check_same(run: Run, data: Path) -> None:
    """Raise `RunError` unless the file is the one that was scored."""
    if not data.is_file():
        raise RunError(f"{data} is not a file: name the dataset that was {run.data}")
    known = run.manifest["dataset"]
    if data.stat().st_size != known["bytes"] or (found := sha256_of(data)) != known["sha256"]:
        told = f"{data.stat().st_size:,} bytes" if data.stat().st_size != known["bytes"] else f"sha256 {found[:12]}"
        was = f"{known['bytes']:,} bytes and sha256 {known['sha256'][:12]}"
        way_out = "Name that one, or score this one into another folder"
        raise RunError(f"{data} is not the file that was scored: it has {told}; that had {was}. {way_out}")


def _image_folder(run: Run, data: Path) -> Path:
    """The folder that lies to the dataset as the images' did before it was moved."""
    return Path(os.path.normpath(data.resolve().parent / os.path.relpath(run.images, run.data.parent)))


def _check_images(run: Run, root: Path) -> None:
    """Warn of images that some rows had and that are not below `root` now; raise `RunError` where none is."""
    rows = run.rows()
    had = np.flatnonzero(pc.and_(pc.equal(rows["status"], Status.OK.value), pc.greater(rows["images"], 0)))
    some = had[np.unique(np.linspace(0, len(had) - 1, min(LOOKED_AT, len(had))).astype(int))] if len(had) else had
    absent = [row for row, sample in run.samples(some.tolist()).items() if not _has_images(root, sample.images)]
    if not absent:
        return
    told = f"of {counted(len(some), 'row')} looked at, {len(absent)} lack an image below {root}, as row {absent[0]}"
    if len(absent) == len(some):
        raise RunError(f"{told}: name the folder that the images are in now")
    warnings.warn(told, stacklevel=3)


def _has_images(root: Path, images: tuple[ImageRef, ...]) -> bool:
    try:
        return all(locate(root, image).is_file() for image in images)
    except ImageError:
        return False
