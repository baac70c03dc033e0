"""The ranking expression, `0.7*alignment.cosine + 0.3*complexity.mattr`: columns enter as ranks and are fused."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selection.fusion import FUSIONS, votes

Sign = Literal["", "+", "-"]


class Expression:
    """Something that gives each row a number that grows with each rank it is made of."""

    @abstractmethod
    def fuse(self, rank_of: Callable[[Ranked], Array], strata: Array) -> Array:
        """Fused values of shape (rows,), from the ranks in [0, 1] of each column, 1 the best."""

    @abstractmethod
    def mentions(self) -> Iterable[Ranked]:
        """The columns in it, in order."""

    def columns(self) -> tuple[Ranked, ...]:
        """The columns in it, each once."""
        return tuple(dict.fromkeys(self.mentions()))

    def score(self, rank_of: Callable[[Ranked], Array], strata: Array) -> Array:
        """`fuse`, divided by what a row that is best everywhere would get: float64 in [0, 1]."""
        ceiling = self.fuse(lambda _: np.ones(1), np.zeros(1, dtype=np.int64))
        return self.fuse(rank_of, strata) / ceiling


@dataclass(frozen=True)
class Ranked(Expression):
    """A column by its rank. A sign says which values are better, `+` high, `-` low; without one the direction does."""

    name: str
    sign: Sign = ""

    def fuse(self, rank_of: Callable[[Ranked], Array], strata: Array) -> Array:  # noqa: ARG002  # a rank knows its strata
        """The rank."""
        return rank_of(self)

    def mentions(self) -> Iterable[Ranked]:
        """Itself."""
        return (self,)


@dataclass(frozen=True)
class Group(Expression):
    """Several expressions made into one."""

    terms: tuple[Expression, ...]

    def fuse(self, rank_of: Callable[[Ranked], Array], strata: Array) -> Array:
        """The terms' values, combined."""
        return self.combine([term.fuse(rank_of, strata) for term in self.terms], strata)

    @abstractmethod
    def combine(self, parts: list[Array], strata: Array) -> Array:
        """The fused terms as one array of shape (rows,)."""

    def mentions(self) -> Iterable[Ranked]:
        """Those of its terms."""
        return [column for term in self.terms for column in term.mentions()]


@dataclass(frozen=True)
class Weighted(Group):
    """A sum of expressions, each times its positive weight."""

    weights: tuple[float, ...]

    def combine(self, parts: list[Array], strata: Array) -> Array:  # noqa: ARG002  # sums ignore strata
        """Σ weight times term."""
        weighted = [weight * part for weight, part in zip(self.weights, parts, strict=True)]
        return np.asarray(np.add.reduce(weighted))


@dataclass(frozen=True)
class Fused(Group):
    """`min`, `product`, `rrf` or `pareto` of expressions."""

    function: str

    def combine(self, parts: list[Array], strata: Array) -> Array:
        """The fusion's values."""
        return FUSIONS[self.function](parts, strata)


@dataclass(frozen=True)
class Votes(Group):
    """How many expressions have a row among their best `top`."""

    top: float

    def combine(self, parts: list[Array], strata: Array) -> Array:
        """Votes, 0 to the number of terms."""
        return votes(parts, strata, self.top)
