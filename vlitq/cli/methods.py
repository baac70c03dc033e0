"""`vlitq methods list` and `vlitq methods show NAME`: the selection methods, and what their options do."""

from __future__ import annotations

import argparse
import inspect
import json
from dataclasses import fields
from typing import Any

from vlitq.cli.main import OK
from vlitq.host import Host, Offer


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
        print(f"--option {name}={'' if value is None else value}")
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
    }
