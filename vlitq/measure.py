"""What a measure is: numbers about a set of samples as a whole, such as how diverse or how balanced it is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal, Protocol

from vlitq.node import Node
from vlitq.schema import Array, Axis, Column, Direction

Text = Literal["instruction", "response", "dialogue"]


class Subset(Protocol):
    """Some rows of a run, as a measure sees them. Everything has one entry a row of the subset, in input order."""

    def __len__(self) -> int: ...

    @property
    def columns(self) -> Mapping[str, Column]:
        """The scored columns by full name."""

    def column(self, name: str) -> Array:
        """Values of a column: float64, NaN where null, or object for labels, None where null.

        `name` is a scored column, or one of a row's own: `source`, `turns`, `tokens`, `images`. Raises `RunError`.
        """

    def feature(self, name: str) -> Array:
        """Unit vectors, float32 of shape (rows, dim), NaN where a row has none. Raises `RunError`."""

    def texts(self, part: Text) -> Sequence[str]:
        """A text a row, "" where it has none, read from the dataset."""

    def reference(self, most: int | None = None) -> Subset:
        """What the set is held against: all rows of the run, or `most` of them, the same ones whoever asks."""


class Measure(Node):
    """Numbers about a set. A frozen dataclass; what the run does not hold is left out, never guessed.

    `numbers` says what each number that it may return means: name to a sentence with unit and range. `directions`
    names the better end of those that have one.
    """

    axis: ClassVar[Axis]
    description: ClassVar[str]
    source: ClassVar[str] = ""
    numbers: ClassVar[Mapping[str, str]]
    directions: ClassVar[Mapping[str, Direction]] = {}

    @abstractmethod
    def measure(self, subset: Subset) -> Mapping[str, float]:
        """Number by name, a part of `numbers`; a number that does not apply to the set is left out."""
