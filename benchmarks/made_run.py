"""A scored run of made rows: tables in memory, vectors in a file, as large as asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vlitq.format import Format
from vlitq.measure import Text
from vlitq.schema import Array, Column
from vlitq.store import RunError

COLUMNS = {
    "alignment.cosine": Column(
        "cosine", "float32", "c", direction="higher", axis="correctness", null="the sample has no image"
    ),
    "complexity.words": Column("words", "int32", "w", direction="higher", axis="complexity"),
}
SOURCES, TEXT_ONLY = 12, 0.05  # strata; the share of rows to which alignment does not apply


@dataclass(frozen=True)
class MadeRun:
    """A `SelectableRun` of `count` rows; `vectors` is a .npy file that serves as `clip_image`."""

    count: int
    vectors: Path | None = None
    path: Path = Path("made")
    data: Path = Path("made.json")

    @property
    def manifest(self) -> Mapping[str, Any]:
        return {"dataset": {}}

    @property
    def columns(self) -> Mapping[str, Column]:
        return COLUMNS

    @property
    def labels(self) -> Mapping[int, str]:
        return {}

    @property
    def format(self) -> Format:
        raise NotImplementedError("made rows stand in no file")

    def rows(self) -> pa.Table:
        return self._rows

    def table(self) -> pa.Table:
        return self._scores

    def status(self, scorer: str) -> Array:
        applies = ~self._text_only if scorer == "alignment" else np.ones(self.count, bool)
        return np.where(applies, "ok", "not_applicable").astype(object)

    def feature(self, name: str) -> Array:
        if name != "clip_image" or self.vectors is None:
            raise RunError(f"no feature {name!r}")
        loaded: Array = np.load(self.vectors, mmap_mode="r")
        return loaded

    def texts(self, part: Text, rows: Array) -> list[str]:
        raise NotImplementedError("made rows have no text")

    def note_selection(self, subset: Path) -> None:
        raise NotImplementedError("selections of made rows are not written")

    def check_data_unchanged(self) -> None:
        raise NotImplementedError("made rows stand in no file")

    @cached_property
    def _text_only(self) -> Array:
        return np.asarray(np.random.default_rng(1).random(self.count) < TEXT_ONLY)

    @cached_property
    def _rows(self) -> pa.Table:
        rng, count = np.random.default_rng(2), self.count
        numbers = np.arange(count)
        source = pa.array(rng.integers(0, SOURCES, count)).cast(pa.string())
        return pa.table(
            {
                "id": pa.array([f"sample-{number:08d}" for number in numbers.tolist()]),
                "source": source,
                "status": pa.array(np.full(count, "ok", dtype=object), pa.string()),
                "reason": pa.nulls(count, pa.string()),
                "offset": pa.array(numbers * 100, pa.int64()),
                "length": pa.array(np.full(count, 100), pa.int64()),
                "turns": pa.array(np.full(count, 2), pa.int32()),
                "tokens": pa.array(rng.integers(20, 400, count), pa.int32()),
                "images": pa.array(1 - self._text_only.astype(np.int32), pa.int32()),
                "content": pa.array(rng.integers(0, 2**63, count).astype(np.uint64)),
            }
        )

    @cached_property
    def _scores(self) -> pa.Table:
        rng = np.random.default_rng(3)
        cosine = pa.array(rng.random(self.count, np.float32), pa.float32(), mask=self._text_only)
        words = pa.array(rng.integers(1, 200, self.count), pa.int32())
        return pa.table({
            "id": self._rows["id"], "status": self._rows["status"], "alignment.cosine": cosine,
            "complexity.words": words,
        })  # fmt: skip
