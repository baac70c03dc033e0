"""The run folder, written: every file whole and then renamed, every finished shard marked."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vlitq.schema import Array
from vlitq.store import FEATURES, MANIFEST, PROGRESS, ROWS, scores_folder, shard_file

PARTIAL = ".partial"  # what a file is called until it is whole


def write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Write a file so that it is there whole or not at all, also after a kill or a full disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    try:
        with partial.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_array(path: Path, array: Array) -> None:
    """Write a .npy file, whole. numpy's own writer does not tell a full disk from other faults, and may pickle."""
    rows = np.ascontiguousarray(array)

    def write(file: IO[bytes]) -> None:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(rows))
        file.write(rows.reshape(-1).view(np.uint8).data)

    write_whole(path, write)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write a JSON object, whole."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    write_whole(path, lambda file: file.write(text.encode("utf-8", "backslashreplace")))


@dataclass(frozen=True)
class Folder:
    """The writing side of a run folder."""

    path: Path

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest."""
        write_json(self.path / MANIFEST, manifest)

    def write_rows(self, shard: int, table: pa.Table) -> None:
        """The facts of a shard's rows."""
        self._write_table(shard_file(self.path / ROWS, shard), table)

    def write_scores(self, scorer: str, key: str, shard: int, table: pa.Table) -> None:
        """One scorer's columns for a shard; a corpus scorer has one shard."""
        self._write_table(shard_file(scores_folder(self.path, scorer, key), shard), table)

    def read_rows(self, shard: int) -> pa.Table | None:
        """The facts written earlier of a shard's rows; None where there are none."""
        file = shard_file(self.path / ROWS, shard)
        return pq.read_table(file, partitioning=None) if file.is_file() else None

    def done(self, shard: int) -> frozenset[str]:
        """What is finished of a shard: keys of scorers and views."""
        file = shard_file(self.path / PROGRESS, shard, ".json")
        return frozenset(json.loads(file.read_text())["done"]) if file.is_file() else frozenset()

    def mark_done(self, shard: int, done: frozenset[str]) -> None:
        """Say what is finished of a shard; the last thing written of it."""
        write_json(shard_file(self.path / PROGRESS, shard, ".json"), {"done": sorted(done)})

    def feature_file(self, name: str, key: str) -> Path:
        """Where a view's vectors lie."""
        return self.path / FEATURES / f"{name}.{key[:8]}.npy"

    def _write_table(self, path: Path, table: pa.Table) -> None:
        write_whole(path, lambda file: pq.write_table(table, file, compression="zstd"))


def write_vectors(path: Path, start: int, vectors: Array) -> None:
    """Put rows `start` and following into a .npy file, whose header is completed by `finish_vectors`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as file:
        header = _write_header(file, vectors.dtype, 0, vectors.shape[1])
        file.seek(header + start * vectors.shape[1] * vectors.dtype.itemsize)
        file.write(np.ascontiguousarray(vectors).tobytes())
        file.flush()
        os.fsync(file.fileno())


def finish_vectors(path: Path, rows: int) -> None:
    """Give the file its final shape."""
    with path.open("r+b") as file:
        np.lib.format.read_magic(file)
        (_, dim), _, dtype = np.lib.format.read_array_header_1_0(file)
        header = _write_header(file, dtype, rows, dim)
        file.truncate(header + rows * dim * dtype.itemsize)


def _write_header(file: IO[bytes], dtype: np.dtype[Any], rows: int, dim: int) -> int:
    # numpy leaves room in the header for the first axis to grow, so its length does not depend on `rows`
    file.seek(0)
    descr = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (rows, dim)}
    np.lib.format.write_array_header_1_0(file, descr)
    return file.tell()
