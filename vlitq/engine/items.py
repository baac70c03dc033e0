"""The item store: one vector for every distinct image or text a feature has seen, in this run or an earlier one."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from vlitq.files import write_array
from vlitq.schema import Array

Digest = bytes  # 16 bytes
KEY = np.dtype("S16")
VECTORS, KEYS = ".vectors.npy", ".keys.npy"
REBUILD_AT = 65_536  # recent keys held in a dict before they are merged into the sorted index
OPEN_SEGMENTS = 8  # memory maps held open: each costs a file descriptor and memory, and a run of millions writes many

log = logging.getLogger("vlitq")


class ItemStore:
    """Digest to vector, on disk, for one feature with one key.

    Vectors live in segments that are written whole, renamed and then only read, memory-mapped; in memory is one
    sorted index of 32 bytes an item. Processes may share a folder: each writes segments of its own. A segment that
    is damaged is passed over, and what it held is computed again.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._segments: list[Path] = []
        self._open = lru_cache(OPEN_SEGMENTS)(_open)
        self._recent: dict[Digest, tuple[int, int]] = {}
        self.dim = 0  # the length of the vectors; 0 while there are none
        keys = [self._known(path) for path in sorted(folder.glob(f"*{KEYS}"))]
        segments = np.repeat(np.arange(len(self._segments)), [len(k) for k in keys if len(k)])
        rows = [np.arange(len(k)) for k in keys]
        self._index(
            np.concatenate([np.empty(0, KEY), *keys]),
            np.column_stack([segments, np.concatenate([np.empty(0, np.int64), *rows])]),
        )

    def has(self, digests: Sequence[Digest]) -> Array:
        """Which of the digests are stored; bool of shape (digests,)."""
        return self._locate(digests)[:, 0] >= 0

    def add(self, digests: Sequence[Digest], vectors: Array) -> None:
        """Store new items for good: when this returns they survive a kill."""
        stem = f"{len(self._segments):08d}-{os.getpid()}-{secrets.token_hex(4)}"
        segment = self.folder / (stem + VECTORS)
        write_array(segment, vectors)
        write_array(_keys(segment), np.array(digests, KEY))  # last: a segment without keys does not count
        self.dim = vectors.shape[1]
        self._recent.update({digest: (len(self._segments), row) for row, digest in enumerate(digests)})
        self._segments.append(segment)
        if len(self._recent) > max(REBUILD_AT, len(self._sorted) // 16):
            self._rebuild()

    def gather(self, digests: Sequence[Digest], dim: int) -> Array:
        """The vectors, float32 of shape (digests, dim); NaN where a digest is not stored."""
        out = np.full((len(digests), dim), np.nan, np.float32)
        places = self._locate(digests)
        for segment in np.unique(places[:, 0]):
            if segment >= 0:
                rows = np.flatnonzero(places[:, 0] == segment)
                out[rows] = self._open(self._segments[segment])[places[rows, 1]]
        return out

    def _known(self, path: Path) -> Array:
        """The keys of a segment on disk, which is then one of ours; none where it is damaged."""
        vectors = path.with_name(path.name.removesuffix(KEYS) + VECTORS)
        try:
            keys = np.array(_open(path))
            shape = _checked(keys, _open(vectors), self.dim)
        except (OSError, ValueError) as error:
            log.warning("passing over a damaged file of the cache, %s: %s", path, error)
            return np.empty(0, KEY)
        self.dim = shape[1]
        self._segments.append(vectors)
        return keys

    def _locate(self, digests: Sequence[Digest]) -> Array:
        places = np.full((len(digests), 2), -1, np.int64)
        if len(self._sorted) and len(digests):
            wanted = np.array(digests, KEY)
            at = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
            found = self._sorted[at] == wanted
            places[found] = self._places[at[found]]
        for i, digest in enumerate(digests):
            if digest in self._recent:
                places[i] = self._recent[digest]
        return places

    def _rebuild(self) -> None:
        recent = np.array(list(self._recent.values()), np.int64).reshape(-1, 2)
        keys = np.concatenate([self._sorted, np.array(list(self._recent), KEY)])
        self._index(keys, np.concatenate([self._places, recent]))
        self._recent = {}

    def _index(self, keys: Array, places: Array) -> None:
        order = np.argsort(keys, kind="stable")
        self._sorted, self._places = keys[order], places[order]  # places: segment, row


def _keys(vectors: Path) -> Path:
    return vectors.with_name(vectors.name.removesuffix(VECTORS) + KEYS)


def _open(path: Path) -> Array:
    """The array of a file, memory-mapped. Never unpickles. Raises `ValueError` or `OSError` when it is no such file."""
    opened: Array = np.lib.format.open_memmap(path, mode="r")
    return opened


def _checked(keys: Array, vectors: Array, dim: int) -> tuple[int, int]:
    """The shape of a segment's vectors. Raises `ValueError` when they do not fit the keys or the other segments."""
    if keys.dtype != KEY or vectors.dtype != np.float32 or vectors.ndim != 2 or keys.shape != vectors.shape[:1]:
        raise ValueError(f"keys {keys.dtype} {keys.shape} and vectors {vectors.dtype} {vectors.shape} do not match")
    if dim and vectors.shape[1] != dim:
        raise ValueError(f"vectors of length {vectors.shape[1]} among vectors of length {dim}")
    return len(vectors), vectors.shape[1]
