"""What a selection reads, a scored run, and what a method is: it spends an exact budget on a pool of ranked rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
import pyarrow as pa

from vlitq.errors import VlitqError
from vlitq.format import Format
from vlitq.measure import Text
from vlitq.node import Node
from vlitq.schema import Array, Column
from vlitq.sorting import ascending


class SelectionError(VlitqError, ValueError):
    """A selection cannot be made as asked. The message says what is wrong and the way out."""


class SelectionRefused(SelectionError):
    """A selection would rest on scores that are missing for too many rows; the user has to say how to treat them."""


class SelectableRun(Protocol):
    """What a selection needs of a run. Everything has one entry a row, in input order."""

    @property
    def path(self) -> Path:
        """The run folder."""

    @property
    def data(self) -> Path:
        """The dataset file that was scored."""

    @property
    def format(self) -> Format:
        """The format of the dataset, which writes the subset."""

    @property
    def columns(self) -> Mapping[str, Column]:
        """Full name (`alignment.cosine`) to what the column means."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What made the run; `manifest["dataset"]` is the fingerprint of the data."""

    @property
    def labels(self) -> Mapping[int, str]:
        """What people said of samples, `keep` or `drop`, by row."""

    def rows(self) -> pa.Table:
        """`id`, `source`, `status`, `reason`, `offset`, `length`, `turns`, `tokens`, `images`, `content`."""

    def table(self) -> pa.Table:
        """`id`, `status`, and every scored column by its full name."""

    def status(self, scorer: str) -> Array:
        """Status strings of one scorer, an object array."""

    def feature(self, name: str) -> Array:
        """Vectors of shape (rows, dim), NaN where a row has none. Raises `RunError` when it is not stored."""

    def texts(self, part: Text, rows: Array) -> list[str]:
        """The instruction, response or dialogue of some rows, "" where there is none; read from the dataset."""

    def note_selection(self, subset: Path) -> None:
        """Remembers where a subset was written."""

    def check_data_unchanged(self) -> None:
        """Raises when the dataset is not the file that was scored."""


def no_column(name: str) -> Array:
    """What a pool without columns answers. Raises `SelectionError`."""
    raise SelectionError(f"no column {name!r}: this pool has none")


def no_texts(part: Text) -> list[str]:
    """What a pool without texts answers. Raises `SelectionError`."""
    raise SelectionError(f"no {part}: this pool has no texts")


@dataclass(frozen=True)
class Pool:
    """The rows a method may choose from, after the gates. Arrays have one entry a row of the pool.

    score: float64 in [0, 1], fused, higher is better. second: float64, breaks ties of `score`. tie: uint64, a stable
    hash of the id and the content, breaks the rest. cost: int64, what a row takes from the budget (1, its tokens, or
    its images). strata: int64 codes, all zero when not stratified; stratum_names[code] is the label. ids(positions):
    object, what reasons call these rows. feature(name, positions) gives unit vectors, float32 of shape (positions,
    dim), NaN where a row has none. column(name) gives a column's values as they were scored, float64 with NaN for null,
    or object for labels. texts(part) gives the instruction, response or dialogue of every row. The last three raise
    `SelectionError` for what the run does not hold. ranked: the columns that rank, `name`, `+name` or `-name` as in the
    expression; better(one of such) gives its values with the better end up, float64 with NaN for null, and raises
    `SelectionError` where no end is better.

    Rows stand in the order of `tie`, whatever their order in the dataset: a method that breaks ties by position
    depends on the rows alone.
    """

    score: Array
    second: Array
    tie: Array
    cost: Array
    strata: Array
    stratum_names: tuple[str, ...]
    ids: Callable[[Array], Array]
    feature: Callable[[str, Array], Array]
    column: Callable[[str], Array] = no_column
    texts: Callable[[Text], list[str]] = no_texts
    ranked: tuple[str, ...] = ()
    better: Callable[[str], Array] = no_column

    def __len__(self) -> int:
        return len(self.score)

    def ranking(self) -> Array:
        """Positions from best to worst: by score, then second score, then the stable hash; copies as they stand."""
        return self._ranking

    @cached_property
    def _ranking(self) -> Array:
        order = ascending(-self.score, -self.second, self.tie)
        order.flags.writeable = False
        return order

    def part(self, positions: Array) -> Pool:
        """The same for some of the rows, int64 positions."""

        def feature(name: str, within: Array) -> Array:
            return self.feature(name, positions[within])

        def column(name: str) -> Array:
            return np.asarray(self.column(name)[positions])

        def texts(part: Text) -> list[str]:
            every = self.texts(part)
            return [every[position] for position in positions.tolist()]

        def better(name: str) -> Array:
            return np.asarray(self.better(name)[positions])

        return Pool(
            score=self.score[positions],
            second=self.second[positions],
            tie=self.tie[positions],
            cost=self.cost[positions],
            strata=self.strata[positions],
            stratum_names=self.stratum_names,
            ids=lambda at: self.ids(positions[at]),
            feature=feature,
            column=column,
            texts=texts,
            ranked=self.ranked,
            better=better,
        )

    def shuffled(self, rng: np.random.Generator) -> Array:
        """Positions in a random order that depends on the seed and the rows, not on the order the rows come in.

        Each row draws its place by itself: of two pools that differ in a row the others stand in the same order, so
        that a sample marked, or one more gate, does not draw the whole subset anew.
        """
        return ascending(_mixed(self.tie ^ rng.integers(2**64, dtype=np.uint64)))


def _mixed(numbers: Array) -> Array:
    """SplitMix64's finaliser of uint64 numbers: a bijection after which near numbers are far apart (Steele, Lea & Flood
    2014, doi 10.1145/2660193.2660195)."""
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


@dataclass(frozen=True)
class Choice:
    """Positions in the pool, in the order they were taken; and why, for positions of which the method knows more than
    the rank: those it skipped, and any it took for a reason of their own."""

    order: Array
    reasons: Mapping[int, str] = field(default_factory=dict)


class Selector(Node):
    """A selection method: a frozen dataclass whose fields are its options.

    `default_strata` is the column that stratifies when the user names none.
    """

    description: ClassVar[str]
    source: ClassVar[str] = ""
    default_strata: ClassVar[str | None] = None

    @property
    def needs_score(self) -> bool:
        """True when the method ranks, so that it has to be told by what."""
        return True

    @property
    def fills(self) -> bool:
        """True when what it cannot spend by its own rule may go to any row; an option `fill`, where it has one."""
        return bool(getattr(self, "fill", True))

    @abstractmethod
    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """Rows whose costs add up to at most `budget`: exactly, where costs are 1 and the method does not run dry."""
