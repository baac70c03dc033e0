"""`vlitq scorers list` and `vlitq scorers show NAME`: what can be scored, and what the numbers mean."""

from __future__ import annotations

import argparse
import inspect
import json
from dataclasses import asdict
from typing import Any

from vlitq.cli.main import OK
from vlitq.host import Host, Offer
from vlitq.node import Node, SampleScorer
from vlitq.roles import defaults


def list_scorers(options: argparse.Namespace) -> int:
    """A line a scorer."""
    entries = [_entry(offer) for offer in Host().offers("scorers")]
    if options.json:
        print(json.dumps(entries))
        return OK
    for entry in entries:
        print(f"{entry['name']:16} {entry['summary']}")
        print(f"{'':16} {', '.join(column['name'] for column in entry['columns'])}  [{entry['plugin']}]")
    return OK


def show(options: argparse.Namespace) -> int:
    """All there is to know of one scorer."""
    entry = _entry(Host().find("scorers", options.name))
    if options.json:
        print(json.dumps(entry))
        return OK
    print(f"{entry['name']} {entry['version']}, of plugin {entry['plugin']}; {entry['runs']}\n")
    print(entry["description"])
    for column in entry["columns"]:
        low, high = ("…" if bound is None else f"{bound:g}" for bound in column["bounds"])
        unit = f" {column['unit']}" if column["unit"] else ""
        print(f"\n{column['name']}: {column['description']}")
        print(f"    {column['dtype']}{unit} in [{low}, {high}]; better: {column['direction']}; axis: {column['axis']}")
        print(f"    null where {column['null']}" + (f"\n    source: {column['source']}" if column["source"] else ""))
    for name, value in entry["parameters"].items():
        print(f"\nparameter {name} = {json.dumps(value)}")
    return OK


def _entry(offer: Offer) -> dict[str, Any]:
    scorer = offer.thing
    description = inspect.cleandoc(scorer.__doc__ or "")
    return {
        "name": scorer.name,
        "version": scorer.version,
        "plugin": offer.plugin.label,
        "summary": description.split("\n", 1)[0],
        "description": description,
        "runs": "scores each row by itself" if issubclass(scorer, SampleScorer) else "scores rows in the light of all",
        "columns": [asdict(column) for column in scorer.columns],
        "parameters": _parameters(scorer),
    }


def _parameters(scorer: Any) -> dict[str, Any]:
    values = defaults(scorer).items()
    return {name: {"node": v.name, **v.parameters()} if isinstance(v, Node) else v for name, v in values}
