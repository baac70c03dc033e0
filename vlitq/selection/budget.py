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
_HELP = "write a share ('20%', 0.2) or a whole number ('500', 500)"


@dataclass(frozen=True)
class Budget:
    """A share of everything the run holds, before any gate, or a number of units. Exactly one is set."""

    share: Fraction | None = None
    number: int | None = None

    @classmethod
    def parse(cls, value: str | float) -> Budget:
        """`'20%'`, `'0.2'` and 0.2 are a fifth; `'500'` and 500 are five hundred; 1 is one row and 1.0 is all."""
        if isinstance(value, bool) or not isinstance(value, (str, Real)):
            raise SelectionError(f"budget {value!r} is not a budget; {_HELP}")
        text = str(value).strip()
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
            share = Fraction(Decimal(text.removesuffix("%").strip())) / (100 if text.endswith("%") else 1)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise SelectionError(f"budget {text!r} is not a budget; {_HELP}") from error
        if not 0 <= share <= 1:
            raise SelectionError(f"budget {text!r} is not a share between 0 and 1; {_HELP}")
        return cls(share=share)

    def amount(self, total: int) -> int:
        """Units to spend out of `total`; a share is rounded down, so it is never exceeded."""
        if self.number is not None:
            return self.number
        assert self.share is not None
        return floor(self.share * total)

    def __str__(self) -> str:
        return str(self.number) if self.share is None else f"{float(self.share * 100):g}%"


def spend(order: Array, cost: Array, budget: int) -> Array:
    """Walk down `order`, take what still fits, stop when the budget is spent to the last unit.

    A row that costs nothing is therefore taken only above that point, unless everything fits.
    """
    costs = cost[order].astype(np.int64)
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
