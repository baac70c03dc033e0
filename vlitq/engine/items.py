"""The item store: one vector for every distinct image or text a feature has seen, in this run or an earlier one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vlitq.schema import Array

Digest = bytes  # 16 bytes
KEY = np.dtype("S16")
REBUILD_AT = 65_536  # recent keys held in a dict before they are merged into the sorted index


class ItemStore:
    """Digest to vector, on disk, for one feature with one key.

    Vectors live in segments that are written whole, renamed and then only read, memory-mapped; in memory is one
    sorted index of 32 bytes an item. Processes may share a folder: each writes segments of its own.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._segments: list[Array] = []
        self._keys: Array = np.empty(0, KEY)
        self._places: Array = np.empty((0, 2), np.int64)  # segment, row
        self._recent: dict[Digest, tuple[int, int]] = {}
        for path in sorted(folder.glob("*.keys.npy")):
            self._attach(np.load(path, allow_pickle=False), _vectors(path))
        self._rebuild()

    @property
    def dim(self) -> int:
        """The length of the vectors; 0 while there are none."""
        return int(self._segments[0].shape[1]) if self._segments else 0

    def has(self, digests: Sequence[Digest]) -> Array:
        """Which of the digests are stored; bool of shape (digests,)."""
        return self._locate(digests)[:, 0] >= 0

    def add(self, digests: Sequence[Digest], vectors: Array) -> None:
        """Store new items for good: when this returns they survive a kill."""
        if not len(digests):
            return
        stem = f"{len(self._segments):08d}-{os.getpid()}-{secrets.token_hex(4)}"
        keys = np.array(digests, KEY)
        _save(self._folder / f"{stem}.vectors.npy", vectors)
        _save(self._folder / f"{stem}.keys.npy", keys)
        self._attach(keys, self._folder / f"{stem}.vectors.npy")
        if len(self._recent) > max(REBUILD_AT, len(self._keys) // 4):
            self._rebuild()

    def gather(self, digests: Sequence[Digest], dim: int) -> Array:
        """The vectors, float32 of shape (digests, dim); NaN where a digest is not stored."""
        out = np.full((len(digests), dim), np.nan, np.float32)
        places = self._locate(digests)
        for segment in np.unique(places[:, 0]):
            if segment >= 0:
                rows = np.flatnonzero(places[:, 0] == segment)
                out[rows] = self._segments[segment][places[rows, 1]]
        return out

    def _locate(self, digests: Sequence[Digest]) -> Array:
        places = np.full((len(digests), 2), -1, np.int64)
        if len(self._keys) and len(digests):
            wanted = np.array(digests, KEY)
            at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
            found = self._keys[at] == wanted
            places[found] = self._places[at[found]]
        for i, digest in enumerate(digests):
            if digest in self._recent:
                places[i] = self._recent[digest]
        return places

    def _attach(self, keys: Array, vectors: Path) -> None:
        segment = len(self._segments)
        self._segments.append(np.load(vectors, mmap_mode="r", allow_pickle=False))
        padded = (bytes(key).ljust(16, b"\0") for key in keys)  # numpy strips trailing zero bytes
        self._recent.update({key: (segment, row) for row, key in enumerate(padded)})

    def _rebuild(self) -> None:
        keys = np.concatenate([self._keys, np.array(list(self._recent), KEY)])
        places = np.concatenate([self._places, np.array(list(self._recent.values()), np.int64).reshape(-1, 2)])
        order = np.argsort(keys, kind="stable")
        self._keys, self._places, self._recent = keys[order], places[order], {}


def _vectors(keys: Path) -> Path:
    return keys.with_name(keys.name.replace(".keys.npy", ".vectors.npy"))


def _save(path: Path, array: Array) -> None:
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
