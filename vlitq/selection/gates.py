"""Gates: conditions a row must meet before anything is ranked, such as `alignment.cosine >= 0.2`.

`rank(relevance.cosine) >= 0.15` asks for a place among the rows, not for a value: it leaves out the lowest 15 %."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vlitq.counted import counted
from vlitq.schema import Array, DType, Status
from vlitq.selection.expression import Ranked
from vlitq.selection.fields import Field, Fields
from vlitq.selection.grammar import TOO_DEEP, ExpressionError, column_name, number, parse_column, tree_of
from vlitq.selection.ledger import Ledger, tally
from vlitq.selection.score import ranks_among
from vlitq.selector import SelectionError

Value = str | float | bool
Compare = Callable[[Any, Any], Any]

_COMPARE: Mapping[type[ast.cmpop], Compare] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: np.isin,
    ast.NotIn: lambda values, choices: ~np.isin(values, choices),
}
LABELS_TOLD = 10  # of those that a misspelt label could have been
_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_EXAMPLE = "write COLUMN OPERATOR VALUE, for example 'alignment.cosine >= 0.2'"


@dataclass(frozen=True)
class Gate:
    """One comparison of a column with a value, or with several for `in` and `not in`; of its rank, where `ranked` says
    by which end."""

    text: str
    column: str
    comparison: type[ast.cmpop]
    values: tuple[Value, ...]
    ranked: Ranked | None = None

    def holds(self, field: Field) -> Array:
        """Bool of shape (rows,); meaningless where the field is null."""
        self._check_types(field)
        values = list(self.values) if field.is_label else _as_stored(self.values, field.column.dtype)
        several = self.comparison in (ast.In, ast.NotIn)
        return np.asarray(_COMPARE[self.comparison](field.values, values if several else values[0]), dtype=bool)

    def _check_types(self, field: Field) -> None:
        for value in self.values:
            if isinstance(value, str) is not field.is_label:
                held = "labels" if field.is_label else "numbers"
                raise SelectionError(f"gate {self.text!r}: {field.name!r} holds {held}, {value!r} is not one")
        if field.is_label and self.comparison in _ORDERED:
            raise SelectionError(f"gate {self.text!r}: labels have no order; use ==, !=, in or not in")


def _as_stored(values: tuple[Value, ...], dtype: DType) -> Array:
    """Numbers as a column compares with them, float64: rounded as one of float32 was, or its 0.9 would fail `>= 0.9`;
    a whole number is less than 2.5 or more."""
    with np.errstate(over="ignore"):  # a number that float32 does not hold is beyond all that it does
        return np.array(values, "float32" if dtype == "float32" else "float64").astype(np.float64)


def parse_gate(text: str) -> Gate:
    """The gate in `text`. Raises `ExpressionError`."""
    try:
        tree = tree_of(text, _EXAMPLE)
        if not isinstance(tree, ast.Compare) or len(tree.ops) != 1 or type(tree.ops[0]) not in _COMPARE:
            raise ExpressionError(
                f"it is not one comparison; {_EXAMPLE}, and give several gates for several conditions"
            )
        ranked = _ranked(tree.left)
        if (name := ranked.name if ranked else column_name(tree.left)) is None:
            raise ExpressionError(f"{ast.unparse(tree.left)!r} is not a column; {_EXAMPLE}")
        comparison, values = type(tree.ops[0]), _values(tree.ops[0], tree.comparators[0])
        if ranked:
            _check_rank(comparison, values)
        return Gate(text.strip(), name, comparison, values, ranked)
    except ExpressionError as error:
        raise ExpressionError(f"cannot read the gate {text!r}: {error}") from error
    except RecursionError as error:
        raise ExpressionError(f"cannot read the gate: {TOO_DEEP}") from error


def _ranked(node: ast.expr) -> Ranked | None:
    """The column in `rank(COLUMN)`, `rank(+COLUMN)` or `rank(-COLUMN)`; None where the node is something else."""
    match node:
        case ast.Call(func=ast.Name(id="rank"), args=[column], keywords=[]):
            return parse_column(ast.unparse(column))
    return None


def _check_rank(comparison: type[ast.cmpop], values: tuple[Value, ...]) -> None:
    if comparison not in _ORDERED or not all(isinstance(one, float) and 0 <= one <= 1 for one in values):
        raise ExpressionError("a rank is from 0, the worst, to 1, the best; write for example 'rank(COLUMN) >= 0.15'")


def _values(comparison: ast.cmpop, node: ast.expr) -> tuple[Value, ...]:
    if not isinstance(comparison, (ast.In, ast.NotIn)):
        return (_value(node),)
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)) and node.elts:
        return tuple(_value(element) for element in node.elts)
    raise ExpressionError(
        f"{ast.unparse(node)!r} is not a list of values such as ('a', 'b'); of one value it is ('a',)"
    )


def _value(node: ast.expr) -> Value:
    if (value := number(node)) is not None:
        return value
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bool)):
        return node.value
    if isinstance(node, ast.Name) and node.id in ("true", "false"):
        return node.id == "true"
    quoted = f"; a label is quoted: {node.id!r}" if isinstance(node, ast.Name) else ""
    raise ExpressionError(f"{ast.unparse(node)!r} is not a number, a quoted label, true or false{quoted}")


def apply_validity(fields: Fields, ledger: Ledger) -> None:
    """Drop the rows whose own status is not ok: no one can train on a record without its image."""
    status = fields["status"].values
    rows = ledger.open[~fields["status"].coded.equal(Status.OK.value)[ledger.open]]
    if len(rows):

        def why(at: Array) -> Iterable[str]:
            reason = fields.row("reason")
            return (f"validity gate: {status[row]}" + (f": {reason[row]}" if reason[row] else "") for row in rows[at])

        ledger.decide(rows, "gate", why)
        ledger.note(f"{counted(len(rows), 'row')} dropped by the validity gate: {tally(status[rows])}")


def apply_gate(gate: Gate, fields: Fields, stratify: str, ledger: Ledger) -> None:
    """Drop the open rows that fail; a row to which the column does not apply, or which has no score for it, passes.

    stratify: a rank is that among the open rows of one stratum of the run.
    """
    field, rows = fields[gate.column], ledger.open
    _note_unknown_labels(gate, field, ledger)
    null = field.null[rows]
    ranks = ranks_among(gate.ranked, fields, rows, stratify) if gate.ranked else None
    holds = gate.holds(field)[rows] if ranks is None else _COMPARE[gate.comparison](ranks, gate.values[0])
    failing = np.flatnonzero(~holds & ~null)

    def why(at: Array) -> Iterable[str]:
        shown = [_shown(field, row) for row in rows[failing[at]]]
        if ranks is not None:
            of = " of its stratum" if stratify else ""
            places = ranks[failing[at]]
            shown = [f"{gate.column} is {one}, rank {rank:.3f}{of}" for one, rank in zip(shown, places, strict=True)]
        return (f"gate {gate.text}: {one}" for one in shown)

    ledger.decide(rows[failing], "gate", why)
    ledger.note(f"{counted(len(failing), 'row')} dropped by the gate {gate.text}")
    if null.any():
        ledger.say(rows[null], f"passed the gate {gate.text}, having no {gate.column}")
        ledger.note(f"{counted(int(null.sum()), 'row')} passed the gate {gate.text}, having no {gate.column}")


def _note_unknown_labels(gate: Gate, field: Field, ledger: Ledger) -> None:
    """A label that no row has is more often misspelt than meant."""
    if not field.is_label:
        return
    known = sorted(set(field.values[~field.null]))
    told = ", ".join(map(repr, known[:LABELS_TOLD])) + (", …" if len(known) > LABELS_TOLD else "")
    for value in gate.values:
        if value not in known:
            ledger.note(f"no row has the {field.name} {value!r}; there are: {told or 'none'}")


def _shown(field: Field, row: int) -> str:
    value = field.values[row]
    if field.column.dtype == "bool":
        return str(bool(value)).lower()
    return repr(value) if field.is_label else f"{value:.4g}"
