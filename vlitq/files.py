"""Writes files so that they are there whole or not at all, whatever happens to the process, the disk or the power."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import numpy as np

from vlitq.schema import Array

PARTIAL = ".partial"  # what a file is called until it is whole

Write = Callable[[IO[bytes]], Any]


def write_whole(path: Path, write: Write) -> None:
    """Write a file that is there whole or not at all, also after a kill, a full disk or a power failure."""

    def write_and_settle(file: IO[bytes]) -> None:
        write(file)
        file.flush()
        os.fsync(file.fileno())

    write_unsettled(path, write_and_settle)


def write_unsettled(path: Path, write: Write) -> None:
    """The same but for a power failure, until it is settled: for files that do not count before another says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    try:
        with partial.open("wb") as file:
            write(file)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def settle(paths: Sequence[Path]) -> None:
    """Have files outlast a power failure; side by side, for all there is to do is to wait for the disk."""
    with ThreadPoolExecutor(max(len(paths), 1), "vlitq-settle") as pool:
        list(pool.map(_settle, paths))


def write_array(path: Path, array: Array) -> None:
    """Write a .npy file, whole. numpy's own writer does not tell a full disk from other faults, and may pickle."""
    rows = np.ascontiguousarray(array)

    def write(file: IO[bytes]) -> None:
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(rows))
        file.write(rows.reshape(-1).view(np.uint8).data)

    write_whole(path, write)


def write_vectors(path: Path, start: int, vectors: Array) -> None:
    """Put rows `start` and following into a .npy file, whose header is completed by `finish_vectors`. Not settled."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.exists() else "w+b") as file:
        header = _write_header(file, vectors.dtype, 0, vectors.shape[1])
        file.seek(header + start * vectors.shape[1] * vectors.dtype.itemsize)
        file.write(np.ascontiguousarray(vectors).tobytes())


def finish_vectors(path: Path, rows: int) -> None:
    """Give the file its final shape."""
    with path.open("r+b") as file:
        np.lib.format.read_magic(file)
        (_, dim), _, dtype = np.lib.format.read_array_header_1_0(file)
        header = _write_header(file, dtype, rows, dim)
        file.truncate(header + rows * dim * dtype.itemsize)


def _settle(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _write_header(file: IO[bytes], dtype: np.dtype[Any], rows: int, dim: int) -> int:
    # numpy leaves room in the header for the first axis to grow, so its length does not depend on `rows`
    file.seek(0)
    descr = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (rows, dim)}
    np.lib.format.write_array_header_1_0(file, descr)
    return file.tell()
