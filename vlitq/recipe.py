"""A recipe: TOML that names scorers, their parameters and a selection; read strictly, written back as a table."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_args

from vlitq.errors import VlitqError
from vlitq.names import unknown
from vlitq.selection.budget import Budget, Unit
from vlitq.selection.gates import parse_gate
from vlitq.selection.grammar import parse_by
from vlitq.selection.missing import Missing
from vlitq.selection.strata import EXPONENTS
from vlitq.selector import SelectionError

Kind = tuple[tuple[type[Any], ...], str]  # what a key may hold: its Python types, and what a message calls them

_TEXT: Kind = ((str,), "text")
_TEXTS: Kind = ((list,), "a list of texts")
_TABLE: Kind = ((dict,), "a table")
_RECIPE: Mapping[str, Kind] = {
    "name": _TEXT,
    "description": _TEXT,
    "source": _TEXT,
    "models": _TEXTS,
    "stand_ins": _TEXTS,
    "scorers": _TABLE,
    "select": _TABLE,
}
_SELECT: Mapping[str, Kind] = {
    "budget": ((str, int, float), "a share such as '20%' or a number"),
    "method": _TEXT,
    "by": _TEXT,
    "gates": _TEXTS,
    "stratify": _TEXT,
    "quota": ((str, float, int), f"{', '.join(EXPONENTS)}, or a number"),
    "one_per": _TEXT,
    "missing": ((str,), f"one of {', '.join(get_args(Missing))}"),
    "unit": ((str,), f"one of {', '.join(get_args(Unit))}"),
    "seed": ((int,), "a whole number"),
    "ignore_labels": ((bool,), "true or false"),
    "options": _TABLE,
}


class RecipeError(VlitqError, ValueError):
    """A recipe cannot be read. The message names the file, the key and what was expected."""


@dataclass(frozen=True)
class Recipe:
    """Which scorers run, with which parameters and models, and how rows are selected.

    `scorers` is name to parameters, `select` the arguments of `vlitq.select`; what a recipe leaves out keeps its
    default. `source` cites the method that the recipe follows, `stand_ins` say what stands for a model of the paper's.
    """

    name: str
    description: str = ""
    source: str = ""
    models: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()
    scorers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    select: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, table: Mapping[str, Any], origin: str = "recipe") -> Recipe:
        """The recipe that a table describes. Raises `RecipeError`, which names `origin`."""
        _check_keys(table, _RECIPE, origin)
        for scorer, parameters in table.get("scorers", {}).items():
            _check_type(parameters, _TABLE, f"{origin}: [scorers] {scorer}")
        _check_selection(table.get("select", {}), f"{origin}: [select]")
        return cls(
            **{
                "name": origin,
                **table,
                "models": tuple(table.get("models", ())),
                "stand_ins": tuple(table.get("stand_ins", ())),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """The same as a table of JSON values; `from_dict` reads it back."""
        return {**asdict(self), "models": list(self.models), "stand_ins": list(self.stand_ins)}

    def selection(self) -> dict[str, Any]:
        """The arguments of `vlitq.select` that the recipe gives."""
        return dict(self.select)


def load(file: Path | Traversable) -> Recipe:
    """The recipe in a TOML file; without a `name` of its own it has the file's.

    Raises `RecipeError` when the file cannot be read, is not TOML, or holds what a recipe does not.
    """
    origin = f"recipe {file}"
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"{origin} cannot be read: {error}") from error
    return Recipe.from_dict({"name": Path(file.name).stem, **_parse(text, origin)}, origin)


def loads(text: str, origin: str = "recipe") -> Recipe:
    """The recipe in a text of TOML, which messages call `origin`. Raises `RecipeError`."""
    return Recipe.from_dict(_parse(text, origin), origin)


def _parse(text: str, origin: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{origin} is not TOML: {error}") from error


def _check_keys(table: Mapping[str, Any], kinds: Mapping[str, Kind], where: str) -> None:
    for key, value in table.items():
        if key not in kinds:
            raise RecipeError(f"{where}: {unknown('key', key, kinds)}")
        _check_type(value, kinds[key], f"{where} {key}")


def _check_type(value: Any, kind: Kind, where: str) -> None:
    types, expected = kind
    # type(), not isinstance(): true is no number.
    texts = type(value) is not list or all(type(one) is str for one in value)
    if type(value) not in types or not texts:
        raise RecipeError(f"{where} = {value!r}: expected {expected}")


def _check_selection(table: Mapping[str, Any], where: str) -> None:
    """A selection that cannot be parsed is found when the recipe is read, not after the scoring."""
    _check_keys(table, _SELECT, where)
    for key, allowed in (("missing", get_args(Missing)), ("unit", get_args(Unit))):
        if key in table and table[key] not in allowed:
            raise RecipeError(f"{where} {key} = {table[key]!r}: expected {_SELECT[key][1]}")
    try:
        Budget.parse(table.get("budget", 0))
        for gate in table.get("gates", []):
            parse_gate(gate)
        if "by" in table:
            parse_by(table["by"])
    except SelectionError as error:
        raise RecipeError(f"{where}: {error}") from error
