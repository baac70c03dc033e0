"""Values as users write them (`--option threshold=0.85`, a line of TOML) made into what a dataclass field declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from vlitq.names import unknown
from vlitq.selection.grammar import as_float
from vlitq.selector import SelectionError, Selector

_TRUTH = {"true": True, "false": False}


def configure(method: type[Selector], options: Mapping[str, Any]) -> Selector:
    """The method with its options set; text is read as the option's type.

    Raises `SelectionError` for an unknown option, with the list, and for a value of another type.
    """
    hints = option_types(method)
    for name in options:
        if name not in hints:
            raise SelectionError(f"method {method.name!r} has {unknown('option', name, hints)}")
    try:
        return method(**{name: typed(name, value, hints[name]) for name, value in options.items()})
    except TypeError as error:
        raise SelectionError(f"method {method.name!r}: {error}") from error


def option_types(holder: type[Any]) -> dict[str, Any]:
    """Name to type of the fields a dataclass is made with."""
    hints = get_type_hints(holder)
    return {field.name: hints[field.name] for field in fields(holder) if field.init}


def typed(name: str, value: Any, hint: Any) -> Any:
    """`value` as `hint` wants it. Raises `TypeError` that says what was expected."""
    if get_origin(hint) in (Union, UnionType):
        return _one_of(name, value, [choice for choice in get_args(hint) if choice is not NoneType])
    if get_origin(hint) is Literal:
        return _literal(name, value, get_args(hint))
    if hint in (bool, int, float, str):
        return _plain(name, value, hint)
    return value


def _one_of(name: str, value: Any, hints: list[Any]) -> Any:
    for hint in hints:
        try:
            return typed(name, value, hint)
        except TypeError:
            continue
    expected = " or ".join(getattr(hint, "__name__", str(hint)) for hint in hints)
    raise TypeError(f"{name} = {value!r} is not {expected}")


def _literal(name: str, value: Any, choices: tuple[Any, ...]) -> Any:
    if value in choices:
        return value
    raise TypeError(f"{name} = {value!r} is not one of {', '.join(map(str, choices))}")


def _plain(name: str, value: Any, hint: type[Any]) -> Any:
    if hint is float and type(value) is int:
        return as_float(value)
    if type(value) is hint:
        return value
    if isinstance(value, str) and hint is bool and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    if isinstance(value, str) and hint in (int, float):
        try:
            return hint(value)
        except ValueError as error:
            raise TypeError(f"{name} = {value!r} is not {hint.__name__}") from error
    raise TypeError(f"{name} = {value!r} is not {hint.__name__}")
