"""What is asked of a selection, checked and parsed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from vlitq.selection.budget import Budget, Unit
from vlitq.selection.expression import Expression
from vlitq.selection.fields import Fields
from vlitq.selection.gates import Gate
from vlitq.selection.grammar import parse_by
from vlitq.selection.missing import Missing
from vlitq.selection.strata import EXPONENTS, Quota, names_in
from vlitq.selector import SelectionError, Selector

COLUMNS_TOLD = 10  # of those that a method could rank by


class NothingToRankBy(SelectionError):
    """A method ranks, and nothing says by what. `columns` tells some that it could rank by."""

    def __init__(self, method: str, scored: Sequence[str]) -> None:
        self.method = method
        more = f" and {len(scored) - COLUMNS_TOLD} more" if len(scored) > COLUMNS_TOLD else ""
        self.columns = ", ".join(scored[:COLUMNS_TOLD]) + more if scored else "none; score the data first"
        super().__init__(
            f"method {method!r} ranks by a score; say by which (--by EXPR, by=EXPR in Python). Columns: {self.columns}"
        )


@dataclass(frozen=True)
class Request:
    """A selection as asked for. `by` is text, and without meaning for a method that does not rank; `ignore_labels`
    leaves what people marked out of account."""

    method: Selector
    budget: Budget
    by: str | None
    gates: tuple[Gate, ...]
    stratify: str | None
    quota: Quota | None
    one_per: str | None
    missing: Missing | None
    unit: Unit
    seed: int
    ignore_labels: bool = False

    def __post_init__(self) -> None:
        if self.quota is not None and self.stratify is None:
            raise SelectionError(
                f"quota {self.quota!r} shares the budget among strata; say which (--stratify COLUMN, stratify=COLUMN "
                "in Python)"
            )
        if self.quota is not None and not _is_quota(self.quota):
            raise SelectionError(f"quota {self.quota!r} is not one of {', '.join(EXPONENTS)}, nor a number from 0 to 1")
        for name, value, allowed in (("missing", self.missing, Missing), ("unit", self.unit, Unit)):
            if value is not None and value not in get_args(allowed):
                raise SelectionError(f"{name} {value!r} is not one of {', '.join(get_args(allowed))}")

    @cached_property
    def expression(self) -> Expression | None:
        """What to rank by; None where neither the method nor the choice of one of each group ranks."""
        return parse_by(self.by) if self.by is not None and (self.method.needs_score or self.one_per) else None

    @property
    def columns(self) -> list[str]:
        """The columns whose scores decide, each once."""
        ranked = [column.name for column in self.expression.columns()] if self.expression else []
        return list(dict.fromkeys([gate.column for gate in self.gates] + ranked))

    def check(self, fields: Fields) -> None:
        """Raise `UnknownColumn` for a column that is not there, `NothingToRankBy` where the method ranks and nothing
        says by what."""
        strata = names_in(self.stratify) if self.stratify else []
        for name in [*self.columns, *strata, *filter(None, (self.one_per,))]:
            fields[name]
        if self.method.needs_score and self.by is None:
            raise NothingToRankBy(self.method.name, fields.scored)

    def as_json(self) -> dict[str, Any]:
        """The request as the manifest keeps it."""
        method = {"name": self.method.name, "version": self.method.version, "options": self.method.parameters()}
        return {
            "method": method,
            "budget": str(self.budget),
            "unit": self.unit,
            "by": self.by,
            "gates": [gate.text for gate in self.gates],
            "stratify": self.stratify,
            "quota": self.quota,
            "one_per": self.one_per,
            "missing": self.missing,
            "seed": self.seed,
            "ignore_labels": self.ignore_labels,
        }


def _is_quota(value: Any) -> bool:
    return value in EXPONENTS if isinstance(value, str) else 0 <= value <= 1
