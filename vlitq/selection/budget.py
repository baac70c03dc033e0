"""A budget: how much is spent (a share or a number), on what (rows, tokens or images), and the walk that spends it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from numbers import Integral, Real
from typing import Literal

import numpy as np

from vlitq.schema import Array
from vlitq.selector import SelectionError

Unit = Literal["rows", "tokens", "images"]
MOST_DIGITS = 100  # of a budget: a fraction of longer ones takes memory without end
_HELP = "write a share ('20%', 0.2) or a whole number ('500', 500)"


@dataclass(frozen=True)
class Budget:
    """A share of everything the run holds, before any gate, or a number of units. Exactly one is set."""

    share: Fraction | None = None
    number: int | None = None

    @classmethod
    def parse(cls, value: str | float) -> Budget:
        """`'20%'`, `'0.2'` and 0.2 are a fifth; `'500'` and 500 are five hundred; 1 is one row and 1.0 is all.

        Raises `SelectionError` for what is neither a share of at most all nor a whole number.
        """
        if isinstance(value, bool) or not isinstance(value, (str, Real)):
            raise SelectionError(f"budget {value!r} is not a budget; {_HELP}")
        text = str(value).strip()
        if not text:
            raise SelectionError(f"the budget is empty; {_HELP}")
        if len(text) > MOST_DIGITS:
            raise SelectionError(f"budget {text[:MOST_DIGITS]!r}… is not a budget; {_HELP}")
        if isinstance(value, Integral) or text.isdecimal():
            return cls._of_number(int(text))
        return cls._of_share(text)

    @classmethod
    def _of_number(cls, number: int) -> Budget:
        if number < 0:
            raise SelectionError(f"budget {number} is negative; {_HELP}")
        return cls(number=number)

    @classmethod
    def _of_share(cls, text: str) -> Budget:
        try:
            number = Decimal(text.removesuffix("%").strip())
        except InvalidOperation as error:
            raise SelectionError(f"budget {text!r} is not a budget; {_HELP}") from error
        if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
            raise SelectionError(f"budget {text!r} is not a budget; {_HELP}")
        share = Fraction(number) / (100 if text.endswith("%") else 1)
        if not 0 <= share <= 1:
            raise SelectionError(f"budget {text!r} is {_misfit(text, share)}; {_HELP}")
        return cls(share=share)

    def amount(self, total: int) -> int:
        """Units to spend out of `total`; a share is rounded down, so it is never exceeded."""
        if self.number is not None:
            return self.number
        assert self.share is not None
        return floor(self.share * total)

    def __str__(self) -> str:
        return str(self.number) if self.share is None else f"{float(self.share * 100):g}%"


def _misfit(text: str, share: Fraction) -> str:
    """Why a number is no share."""
    if share < 0:
        return "negative"
    if text.endswith("%"):
        return "not a share: the run holds no more than 100%"
    if share.denominator == 1:
        return f"not a share, which is at most 1; if a number is meant, write {share.numerator}"
    per_cent = f"; if per cent are meant, write '{text}%'" if share <= 100 else ""
    return f"not a share, which is at most 1, nor a whole number{per_cent}"


def spend(order: Array, cost: Array, budget: int) -> Array:
    """Walk down `order`, take what still fits, stop when the budget is spent to the last unit.

    A row that costs nothing is therefore taken only above that point, unless everything fits.
    """
    costs = cost[order].astype(np.int64, copy=False)
    if costs.sum() <= budget:
        return order
    if (costs == 1).all():
        return order[:budget]
    taken = []
    for position, price in zip(order.tolist(), costs.tolist(), strict=True):
        if budget == 0:
            break
        if price <= budget:
            taken.append(position)
            budget -= price
    return np.array(taken, dtype=np.int64)
