"""Reads `--by` expressions and gates. Python's parser makes the tree; nothing is ever evaluated."""

from __future__ import annotations

import ast
from math import inf, isfinite

from vlitq.names import unknown
from vlitq.selection.expression import Expression, Fused, Ranked, Votes, Weighted
from vlitq.selection.fusion import FUSIONS
from vlitq.selector import SelectionError

VOTES_TOP = 0.2  # the share of rows a ranking votes for, where votes(...) does not say
TOO_DEEP = "it is nested too deeply, or too long a sum"
EXAMPLE = "0.7*alignment.cosine + 0.3*complexity.response_words"


class ExpressionError(SelectionError):
    """Text that is not an expression or a gate, with the place where it stops being one."""


def parse_by(text: str) -> Expression:
    """The expression in `text`. Raises `ExpressionError`."""
    try:
        return _expression(tree_of(text))
    except ExpressionError as error:
        raise ExpressionError(f"cannot read the ranking {text!r}: {error}") from error
    except RecursionError as error:
        raise ExpressionError(f"cannot read the ranking: {TOO_DEEP}") from error


def parse_column(text: str) -> Ranked:
    """The column in `name`, `+name` or `-name`. Raises `ExpressionError`."""
    expression = parse_by(text)
    if not isinstance(expression, Ranked):
        raise ExpressionError(f"{text!r} is not a column, with or without a sign")
    return expression


def tree_of(text: str, way_out: str = f"write for example {EXAMPLE!r}") -> ast.expr:
    """The syntax tree of one expression. Raises `ExpressionError`, which ends with the way out."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError) as error:  # the last where it nests too deeply
        where = f" at character {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        raise ExpressionError(f"it is not an expression{where}; {way_out}") from error


def column_name(node: ast.expr) -> str | None:
    """`scorer.column`, or the name of a row's own column; None where the node is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (scorer := column_name(node.value)):
        return f"{scorer}.{node.attr}"
    return None


def number(node: ast.expr) -> float | None:
    """A literal number, signed or not, infinite where no float64 holds it; None where the node is something else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
        value = number(node.operand)
        return -value if value is not None and isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        return as_float(node.value)
    return None


def as_float(value: float) -> float:
    """A number of any size as float64, infinite where that does not hold it."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def _expression(node: ast.expr) -> Expression:
    if name := column_name(node):
        return Ranked(name)
    match node:
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return _signed(node.op, node.operand)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return _sum(_expression(node.left), _signed(node.op, node.right))
        case ast.BinOp(op=ast.Mult()):
            return _times(node.left, node.right)
        case ast.Call():
            return _fusion(node)
    raise ExpressionError(f"{ast.unparse(node)!r} is not a column, a sum, a weight times a column, or a fusion")


def _signed(sign: ast.unaryop | ast.operator, node: ast.expr) -> Expression:
    """An expression behind a sign. Only the unary plus says something of a column; the plus of a sum does not."""
    expression = _expression(node)
    if isinstance(sign, (ast.USub, ast.Sub)):
        return _negative(expression)
    if isinstance(sign, ast.UAdd) and isinstance(expression, Ranked):
        return Ranked(expression.name, expression.sign or "+")
    return expression


def _negative(expression: Expression) -> Expression:
    match expression:
        case Ranked(name, sign):
            return Ranked(name, "+" if sign == "-" else "-")
        case Weighted((term,), weights):
            return Weighted((_negative(term),), weights)
    raise ExpressionError("a minus belongs to one column, not to a group; write it before each column")


def _sum(left: Expression, right: Expression) -> Weighted:
    one, other = _weighted(left), _weighted(right)
    return Weighted(one.terms + other.terms, one.weights + other.weights)


def _weighted(expression: Expression) -> Weighted:
    return expression if isinstance(expression, Weighted) else Weighted((expression,), (1.0,))


def _times(left: ast.expr, right: ast.expr) -> Expression:
    if number(left) is None:
        left, right = right, left
    weight = number(left)
    if weight is None:
        raise ExpressionError(
            f"{ast.unparse(left)!r} times {ast.unparse(right)!r} needs a number; of two columns write product(a, b)"
        )
    if not (isfinite(weight) and weight):
        raise ExpressionError(f"the weight {ast.unparse(left)} is not a finite number other than 0")
    term = _expression(right)
    group = _weighted(term if weight > 0 else _negative(term))
    return Weighted(group.terms, tuple(abs(weight) * one for one in group.weights))


def _fusion(node: ast.Call) -> Expression:
    name = column_name(node.func) or ast.unparse(node.func)
    if name not in {*FUSIONS, "votes"}:
        raise ExpressionError(unknown("fusion", name, [*FUSIONS, "votes"]))
    terms = tuple(_expression(argument) for argument in node.args)
    if len(terms) < 2:
        raise ExpressionError(f"{name}(...) fuses two columns or more")
    if name == "votes":
        return Votes(terms, _top(node.keywords))
    if node.keywords:
        raise ExpressionError(f"{name}(...) takes columns only, not {ast.unparse(node.keywords[0])!r}")
    return Fused(terms, name)


def _top(keywords: list[ast.keyword]) -> float:
    if not keywords:
        return VOTES_TOP
    share = number(keywords[0].value)
    if len(keywords) > 1 or keywords[0].arg != "top" or share is None or not 0 < share <= 1:
        raise ExpressionError("votes(...) takes columns and top=SHARE, a number above 0 and at most 1")
    return share
