"""A scored run small enough to write down: what the selection tests select from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vlitq.sample import Row, Span
from vlitq.schema import Array, Column
from vlitq.selection.result import Selection
from vlitq.store import RunError

COLUMNS = {
    "alignment.cosine": Column(
        "cosine", "float32", "c", direction="higher", axis="correctness", null="the sample has no image"
    ),
    "duplicates.similarity": Column("similarity", "float32", "s", direction="lower", axis="redundancy"),
    "duplicates.representative": Column("representative", "bool", "r", axis="redundancy"),
    "complexity.words": Column("words", "int32", "w", axis="complexity"),
    "complexity.question_type": Column("question_type", "string", "q", axis="complexity"),
}


@dataclass(frozen=True)
class Lines:
    """A format of a record a line."""

    name = "lines"

    def matches(self, path: Path) -> bool:
        return path.suffix == ".txt"

    def read(self, path: Path, wanted: Callable[[int], bool]) -> Iterator[Row | None]:
        raise NotImplementedError("selection never reads the dataset")

    def write(self, source: Path, spans: Sequence[Span], target: Path) -> None:
        data = source.read_bytes()
        target.write_bytes(b"".join(data[span.offset : span.offset + span.length] for span in spans))


@dataclass(frozen=True)
class World:
    """A run in memory. `scores` holds a value a row by column, None for null; `failures` statuses by scorer."""

    scores: Mapping[str, Sequence[Any]]
    ids: Sequence[str] = ()
    source: Sequence[str | None] = ()
    statuses: Sequence[str] = ()
    tokens: Sequence[int] = ()
    images: Sequence[int] = ()
    failures: Mapping[str, Sequence[str]] = field(default_factory=dict)
    features: Mapping[str, Array] = field(default_factory=dict)
    dialogues: Sequence[str] = ()
    labels: Mapping[int, str] = field(default_factory=dict)
    path: Path = Path("run")
    data: Path = Path("data.txt")
    format: Lines = Lines()
    unchanged: bool = True
    manifest: Mapping[str, Any] = field(default_factory=lambda: {"dataset": {"sha256": "0"}})

    def __len__(self) -> int:
        return len(self.ids) or max((len(values) for values in self.scores.values()), default=0)

    def rows(self) -> pa.Table:
        count = len(self)
        statuses = self.statuses or ["ok"] * count
        return pa.table(
            {
                "id": pa.array(self.ids or [f"s{row}" for row in range(count)], pa.string()),
                "source": pa.array(self.source or [None] * count, pa.string()),
                "status": pa.array(statuses, pa.string()),
                "reason": pa.array([None if status == "ok" else "for a reason" for status in statuses], pa.string()),
                "offset": pa.array(np.arange(count) * 3, pa.int64()),
                "length": pa.array([3] * count, pa.int64()),
                "turns": pa.array([2] * count, pa.int32()),
                "tokens": pa.array(self.tokens or [10] * count, pa.int32()),
                "images": pa.array(self.images or [1] * count, pa.int32()),
                "content": pa.array([7] * count, pa.uint64()),
            }
        )

    def table(self) -> pa.Table:
        rows = self.rows()
        types = {"float32": pa.float32(), "int32": pa.int32(), "bool": pa.bool_(), "string": pa.string()}
        scored = {name: pa.array(values, types[COLUMNS[name].dtype]) for name, values in self.scores.items()}
        return pa.table({"id": rows["id"], "status": rows["status"], **scored})

    @property
    def columns(self) -> Mapping[str, Column]:
        return {name: COLUMNS[name] for name in self.scores}

    def status(self, scorer: str) -> Array:
        return np.array(self.failures.get(scorer, ["ok"] * len(self)), dtype=object)

    def feature(self, name: str) -> Array:
        if name not in self.features:
            raise RunError(f"no feature {name!r}")
        return self.features[name]

    def texts(self, part: str, rows: Array) -> list[str]:
        texts = self.dialogues or [f"What is {name}?" for name in self.rows()["id"].to_pylist()]
        return [texts[row] for row in rows.tolist()]

    def note_selection(self, subset: Path) -> None:
        """This world forgets."""

    def check_data_unchanged(self) -> None:
        if not self.unchanged:
            raise ValueError("the dataset has changed since it was scored")


def cosines(*values: float | None, **more: Any) -> World:
    """A world whose only score is alignment.cosine."""
    return World({"alignment.cosine": values}, **more)


def why(selection: Selection) -> dict[str, str]:
    """The reason of each row by its id."""
    decisions = selection.decisions().to_pydict()
    return dict(zip(decisions["id"], decisions["reason"], strict=True))
