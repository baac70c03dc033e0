"""What a selection method is: it receives a pool of rows with a fused score, and spends an exact budget on it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from vlitq.node import Node
from vlitq.schema import Array


@dataclass(frozen=True)
class Pool:
    """The rows a method may choose from, after the gates. Arrays have one entry a row of the pool.

    score: float64 in [0, 1], fused, higher is better. second: float64, breaks ties of `score`. tie: uint64, a stable
    hash of the id and the content, breaks the rest. cost: int64, what a row takes from the budget (1, its tokens, or its images).
    strata: int64 codes, all zero when not stratified; stratum_names[code] is the label. feature(name) gives float32 of shape (rows, dim),
    NaN where a row has none.
    """

    score: Array
    second: Array
    tie: Array
    cost: Array
    strata: Array
    stratum_names: tuple[str, ...]
    feature: Callable[[str], Array]

    def __len__(self) -> int:
        return len(self.score)

    def ranking(self) -> Array:
        """Positions from best to worst: by score, then second score, then the stable hash."""
        return np.lexsort((self.tie, -self.second, -self.score))


@dataclass(frozen=True)
class Choice:
    """Positions in the pool, in the order they were taken; and for positions, taken or not, why, where the method knows more
    than the rank."""

    order: Array
    reasons: Mapping[int, str] = field(default_factory=dict)


class Selector(Node):
    """A selection method: a frozen dataclass whose fields are its options."""

    description: str
    source: str = ""

    @abstractmethod
    def choose(self, pool: Pool, budget: int, rng: np.random.Generator) -> Choice:
        """Rows whose costs add up to at most `budget`: exactly, where costs are 1 and the method does not run dry."""
