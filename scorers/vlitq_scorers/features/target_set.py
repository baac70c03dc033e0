"""A target set: unit vectors in a file, or a folder of images; and the similarity of images to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from vlitq import images
from vlitq.node import Encoder, Feature, Runtime, Unavailable, Weights
from vlitq.schema import Array
from vlitq_scorers.features.embedded import ConseImage
from vlitq_scorers.features.weights import file_digest, folder_digest
from vlitq_scorers.features.whole import known_dim, whole
from vlitq_scorers.maths.target_norms import BLOCK, target_norms

UNIT_TOLERANCE = 1e-2  # half precision holds a length of 1 to three digits
SUFFIXES = frozenset(suffix.lower() for suffix in images.EXTENSIONS) | {".bmp", ".tif", ".tiff", ".avif"}
WAY_OUT = (
    'Way out: in the recipe, [scorers.normsim] target = "FILE.npy" (unit vectors of the image model, one a row) '
    'or target = "FOLDER" (images)'
)


@dataclass(frozen=True)
class TargetNorms(Feature):
    """NormSim₂ and NormSim∞ of an image against a target set, float32 of shape (images, 2).

    Derived from `image`. `target` is a .npy file of unit vectors in its space, or a folder, whose images it encodes.
    """

    name = "target_norms"
    over = "image"
    unit_length = False

    image: Feature = ConseImage()  # noqa: RUF009  # features are frozen, a shared default is safe
    target: str = ""

    def needs(self) -> tuple[Feature]:
        """The embedding of the image."""
        return (self.image,)

    def weights(self) -> Weights:
        """The digest of the target's file or folder. Raises `Unavailable` where it is none."""
        path = _located(self.target)
        if path.is_dir():
            _pictures(path)
            return Weights(self.target, folder_digest(path))
        digest = file_digest(path)
        length = _checked_length(path, digest)
        expected = known_dim(self.image)
        if expected not in (None, length):
            raise Unavailable(
                f"normsim: the vectors of {path} have {length} numbers, those of {self.image.name} have {expected}. "
                f"{WAY_OUT}"
            )
        return Weights(self.target, digest)

    @contextmanager
    def open(self, runtime: Runtime) -> Iterator[Encoder]:
        """Map the target's vectors, or encode its images."""
        path = _located(self.target)
        target = _encoded(self.image, _pictures(path), runtime) if path.is_dir() else _mapped(path)
        yield Encoder(lambda batch: target_norms(np.stack([vector for (vector,) in batch]), target), 2)

    def examples(self, items: int, rng: np.random.Generator) -> Array:
        """Norms over ten targets."""
        norms = rng.random((items, 2), np.float32)
        return norms * np.array([np.sqrt(10), 1], np.float32)


def _located(target: str) -> Path:
    if not target:
        raise Unavailable(f"normsim: no target set is named. {WAY_OUT}")
    path = Path(target).expanduser()
    if not path.is_dir() and not (path.is_file() and path.suffix == ".npy"):
        raise Unavailable(f"normsim: target {target!r} is neither a folder nor a .npy file. {WAY_OUT}")
    return path


def _pictures(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    if not found:
        raise Unavailable(f"normsim: target {folder} holds no image. {WAY_OUT}")
    return found


def _mapped(path: Path) -> Array:
    try:
        vectors: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as cause:
        raise Unavailable(f"normsim: target {path} is no array of numbers ({cause}). {WAY_OUT}") from cause
    if vectors.ndim != 2 or not vectors.size or vectors.dtype.kind != "f":
        raise Unavailable(
            f"normsim: target {path} has shape {vectors.shape} and dtype {vectors.dtype}; "
            f"expected floats of shape (images, dim). {WAY_OUT}"
        )
    return vectors


@lru_cache(maxsize=8)
def _checked_length(path: Path, digest: str) -> int:  # noqa: ARG001  # the digest is the cache's key
    """How long the vectors are; all are looked at, a block at a time."""
    vectors = _mapped(path)
    for start in range(0, len(vectors), BLOCK):
        lengths = np.linalg.norm(vectors[start : start + BLOCK].astype(np.float32), axis=1)
        wrong = np.flatnonzero(~(np.abs(lengths - 1) <= UNIT_TOLERANCE))  # true of NaN too
        if len(wrong):
            raise Unavailable(
                f"normsim: target {path}: row {start + wrong[0]} has length {lengths[wrong[0]]:.4g}, expected 1. "
                f"{WAY_OUT}"
            )
    return int(vectors.shape[1])


def _encoded(image: Feature, paths: list[Path], runtime: Runtime) -> Array:
    with whole(image, runtime) as encoder:
        parts = []
        for start in range(0, len(paths), runtime.batch_size):
            some = paths[start : start + runtime.batch_size]
            parts.append(encoder.encode([encoder.prepare(_picture(path)) for path in some]))
    return np.concatenate(parts)


def _picture(path: Path) -> object:
    try:
        return images.decode(images.read(path))
    except images.ImageError as cause:
        raise Unavailable(f"normsim: target image {path}: {cause.reason}. Way out: remove or replace it") from cause
