"""What becomes of each row of a run, and why: a row is decided once, and every row is decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vlitq.schema import Array
from vlitq.selection.wording import TEXT, joined

Stage = Literal["budget", "gate", "human", "kept", "method", "missing"]
STAGES: tuple[Stage, ...] = get_args(Stage)
OPEN, ASIDE = -1, -2  # the codes of rows that are not decided; those set aside no gate is asked about
# The texts of some entries of a batch of rows, by their positions in it: they are written when somebody asks.
Why = Callable[[Array], Iterable[str]]
CHUNK = 1 << 20  # rows of a chunk of reasons, which may not pass 2 GiB


class Ledger:
    """Decisions, remarks and notes of one selection, as it is made."""

    def __init__(self, rows: int) -> None:
        self._stage = np.full(rows, OPEN, dtype=np.int8)
        self._reasons: list[tuple[Array, Why]] = []
        self._remarks: list[tuple[Array, str]] = []
        self.notes: list[str] = []

    @property
    def open(self) -> Array:
        """Rows not yet decided nor set aside, int64, ascending."""
        return np.flatnonzero(self._stage == OPEN)

    def set_aside(self, rows: Array) -> None:
        """Take rows out of the open ones until they are decided."""
        self._stage[rows] = ASIDE

    def decide(self, rows: Array, stage: Stage, why: Why) -> None:
        """Settle open rows. why: the reasons of the rows at some positions of `rows`, texts or an arrow array of them;
        it may be asked later, and more than once."""
        self._stage[rows] = STAGES.index(stage)
        self._reasons.append((rows, why))

    def say(self, rows: Array, remark: str) -> None:
        """Add a clause to the reasons of rows, whatever becomes of them."""
        self._remarks.append((rows, f"; {remark}"))

    def note(self, line: str) -> None:
        """Something the user should read: a default that took effect, data that was left out."""
        self.notes.append(line)

    def stages(self, start: int = 0, stop: int | None = None) -> pa.Array:
        """The stage of each row, or of those from `start` to before `stop`, a string; null where it is open."""
        stage = self._stage[start:stop]
        codes = pa.array(stage, mask=stage < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(STAGES, pa.string())).cast(pa.string())

    def counts(self) -> dict[str, int]:
        """Rows by stage, of the stages that decided any, by name."""
        return {stage: count for code, stage in enumerate(STAGES) if (count := int((self._stage == code).sum()))}

    def reasons(self, start: int = 0, stop: int | None = None) -> pa.ChunkedArray:
        """The reason of each row, or of those from `start` to before `stop`, remarks included; "" where it is open."""
        stop = len(self._stage) if stop is None else stop
        still = np.flatnonzero(self._stage[start:stop] < 0)
        numbers, parts = [still], [pa.array([""] * len(still), TEXT)]
        for rows, why in self._reasons:
            at = _between(rows, start, stop)
            numbers.append(rows[at] - start)
            parts.append(_written(why, at))
        texts = pa.concat_arrays(parts)
        place = np.empty(stop - start, dtype=np.int64)
        place[np.concatenate(numbers)] = np.arange(len(texts))
        texts = texts.take(pa.array(place))
        for rows, remark in self._remarks:
            texts = _with_remark(texts, rows[_between(rows, start, stop)] - start, remark)
        chunks = [texts.slice(at, CHUNK).cast(pa.string()) for at in range(0, len(texts), CHUNK)]
        return pa.chunked_array(chunks, pa.string())


def _between(rows: Array, start: int, stop: int) -> Array:
    """Positions of the rows from `start` to before `stop`."""
    return np.flatnonzero((rows >= start) & (rows < stop))


def _written(why: Why, at: Array) -> pa.Array:
    reasons = why(at)
    texts = reasons.cast(TEXT) if isinstance(reasons, pa.Array) else pa.array(list(reasons), TEXT)
    if len(texts) != len(at):
        raise ValueError(f"{len(texts)} reasons for {len(at)} rows")
    return texts


def _with_remark(texts: pa.Array, rows: Array, remark: str) -> pa.Array:
    said = np.zeros(len(texts), dtype=bool)
    said[rows] = True
    return pc.replace_with_mask(texts, pa.array(said), joined(texts.filter(pa.array(said)), remark, rows=len(rows)))


def tally(labels: Iterable[str]) -> str:
    """`8 missing_image, 4 invalid`: the most frequent first, ties by name."""
    counts = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} {label}" for label, count in counts)
