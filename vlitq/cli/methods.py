"""`vlitq methods list` and `vlitq methods show NAME`: the selection methods, and what their options do."""

from __future__ import annotations

import argparse
import inspect
import json
from dataclasses import fields
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from vlitq.cli.main import OK
from vlitq.host import Host, Offer
from vlitq.selection.options import option_types


def list_methods(options: argparse.Namespace) -> int:
    """A line a method."""
    entries = [_entry(offer) for offer in Host().offers("selectors")]
    if options.json:
        print(json.dumps(entries))
        return OK
    for entry in entries:
        print(f"{entry['name']:18} {entry['summary']}")
    print("`vlitq methods show NAME` tells the options of one, docs/selection.md which to take")
    return OK


def show(options: argparse.Namespace) -> int:
    """All there is to know of one method."""
    entry = _entry(Host().find("selectors", options.name.replace("-", "_")))
    if options.json:
        print(json.dumps(entry))
        return OK
    print(f"{entry['name']} {entry['version']}, of plugin {entry['plugin']}\n\n{entry['summary']}\n")
    print(entry["description"])
    if entry["source"]:
        print(f"\nsource: {entry['source']}")
    for name, value in entry["options"].items():
        usual = "none" if value is None else written(value)
        print(f"--option {name}={entry['takes'][name]}  (default: {usual})")
    return OK


def _entry(offer: Offer) -> dict[str, Any]:
    method: Any = offer.thing
    return {
        "name": method.name,
        "version": method.version,
        "plugin": offer.plugin.label,
        "summary": method.description,
        "description": inspect.cleandoc(method.__doc__ or ""),
        "source": method.source,
        "options": {field.name: field.default for field in fields(method)},
        "takes": {name: taken(hint) for name, hint in option_types(method).items()},
    }


def taken(hint: Any) -> str:
    """What an option takes, as a usage line has it: `score|random`, `N`, `NUMBER`."""
    if get_origin(hint) is Literal:
        return "|".join(map(written, get_args(hint)))
    if get_origin(hint) in (Union, UnionType):
        return "|".join(taken(choice) for choice in get_args(hint) if choice is not NoneType)
    return {bool: "true|false", int: "N", float: "NUMBER"}.get(hint, "TEXT")


def written(value: object) -> str:
    """A value as `--option` takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
