"""What becomes of each row of a run, and why: a row is decided once, and every row is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq.schema import Array
from vlitq.selection.wording import TEXT, joined

Stage = Literal["budget", "gate", "human", "kept", "method", "missing"]
STAGES: tuple[Stage, ...] = get_args(Stage)
OPEN, ASIDE = -1, -2  # the codes of rows that are not decided; those set aside no gate is asked about
CHUNK = 1 << 20  # rows of a chunk of reasons, which may not pass 2 GiB


class Ledger:
    """Decisions, remarks and notes of one selection, as it is made."""

    def __init__(self, rows: int) -> None:
        self._stage = np.full(rows, OPEN, dtype=np.int8)
        self._reasons: list[tuple[Array, pa.Array]] = []
        self._remarks: list[tuple[Array, str]] = []
        self.notes: list[str] = []

    @property
    def open(self) -> Array:
        """Rows not yet decided nor set aside, int64, ascending."""
        return np.flatnonzero(self._stage == OPEN)

    def set_aside(self, rows: Array) -> None:
        """Take rows out of the open ones until they are decided."""
        self._stage[rows] = ASIDE

    def decide(self, rows: Array, stage: Stage, reasons: Iterable[str]) -> None:
        """Settle open rows, each with its reason; an arrow array of texts is taken as it is."""
        texts = reasons.cast(TEXT) if isinstance(reasons, pa.Array) else pa.array(list(reasons), TEXT)
        if len(texts) != len(rows):
            raise ValueError(f"{len(texts)} reasons for {len(rows)} rows")
        self._stage[rows] = STAGES.index(stage)
        self._reasons.append((rows, texts))

    def say(self, rows: Array, remark: str) -> None:
        """Add a clause to the reasons of rows, whatever becomes of them."""
        self._remarks.append((rows, f"; {remark}"))

    def note(self, line: str) -> None:
        """Something the user should read: a default that took effect, data that was left out."""
        self.notes.append(line)

    def stages(self) -> pa.Array:
        """The stage of each row, a string; null where it is open."""
        codes = pa.array(self._stage, mask=self._stage < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(STAGES, pa.string())).cast(pa.string())

    def counts(self) -> dict[str, int]:
        """Rows by stage, of the stages that decided any, by name."""
        return {stage: count for code, stage in enumerate(STAGES) if (count := int((self._stage == code).sum()))}

    def reasons(self) -> pa.ChunkedArray:
        """The reason of each row, remarks included; "" where it is open."""
        rows = [*(rows for rows, _ in self._reasons), np.flatnonzero(self._stage < 0)]
        texts = pa.concat_arrays([*(texts for _, texts in self._reasons), pa.array([""] * len(rows[-1]), TEXT)])
        place = np.empty(len(self._stage), dtype=np.int64)
        place[np.concatenate(rows)] = np.arange(len(texts))
        texts = texts.take(pa.array(place))
        for which, remark in self._remarks:
            texts = _with_remark(texts, which, remark)
        chunks = [texts.slice(start, CHUNK).cast(pa.string()) for start in range(0, len(texts), CHUNK)]
        return pa.chunked_array(chunks, pa.string())


def _with_remark(texts: pa.Array, rows: Array, remark: str) -> pa.Array:
    said = np.zeros(len(texts), dtype=bool)
    said[rows] = True
    return pc.replace_with_mask(texts, pa.array(said), joined(texts.filter(pa.array(said)), remark, rows=len(rows)))


def counted(rows: int) -> str:
    """`1 row`, `12 rows`."""
    return f"{rows} row" if rows == 1 else f"{rows} rows"


def tally(labels: Iterable[str]) -> str:
    """`8 missing_image, 4 invalid`: the most frequent first, ties by name."""
    counts = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {label}" for label, count in counts)
