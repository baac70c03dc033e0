"""The run folder, written: every file whole and then renamed, every finished shard marked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from vlitq.files import settle, write_unsettled, write_whole
from vlitq.run_folder import FEATURES, MANIFEST, PROGRESS, ROWS, scores_folder, shard_file


@dataclass(frozen=True)
class Folder:
    """The writing side of a run folder."""

    path: Path

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest."""
        text = json.dumps(manifest, indent=1, ensure_ascii=False)
        write_whole(self.path / MANIFEST, lambda file: file.write(text.encode("utf-8", "backslashreplace")))

    def write_rows(self, shard: int, table: pa.Table) -> Path:
        """The facts of a shard's rows; not settled."""
        return _write_table(shard_file(self.path / ROWS, shard), table)

    def write_scores(self, scorer: str, key: str, shard: int, table: pa.Table) -> Path:
        """One scorer's columns for a shard, not settled; a corpus scorer has one shard."""
        return _write_table(shard_file(scores_folder(self.path, scorer, key), shard), table)

    def read_rows(self, shard: int) -> pa.Table | None:
        """The facts written earlier of a shard's rows; None where there are none."""
        file = shard_file(self.path / ROWS, shard)
        return pq.read_table(file, partitioning=None) if file.is_file() else None

    def done(self, shard: int) -> frozenset[str]:
        """What is finished of a shard: keys of scorers and views."""
        try:
            return frozenset(json.loads(shard_file(self.path / PROGRESS, shard, ".json").read_bytes())["done"])
        except (FileNotFoundError, ValueError):  # not begun; or emptied by a power failure
            return frozenset()

    def mark_done(self, shard: int, done: frozenset[str], written: Sequence[Path]) -> None:
        """Settle what was written of a shard, then say what is finished of it."""
        settle(written)
        mark = json.dumps({"done": sorted(done)}).encode()
        write_unsettled(shard_file(self.path / PROGRESS, shard, ".json"), lambda file: file.write(mark))

    def feature_file(self, name: str, key: str) -> Path:
        """Where a view's vectors lie."""
        return self.path / FEATURES / f"{name}.{key[:8]}.npy"


def _write_table(path: Path, table: pa.Table) -> Path:
    write_unsettled(path, lambda file: pq.write_table(table, file, compression="zstd"))
    return path
