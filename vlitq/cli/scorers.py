"""`vlitq scorers list` and `show NAME`: what can be scored, what the numbers mean, and how they lie in a run."""

from __future__ import annotations

import argparse
import inspect
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlitq.cli.main import OK
from vlitq.errors import VlitqError
from vlitq.host import Host, Offer
from vlitq.node import Cost, Node, SampleScorer
from vlitq.roles import defaults

if TYPE_CHECKING:
    from vlitq.store import Run

PLOTS = "plots"  # the folder that charts of columns go to

COSTS: Mapping[Cost | None, str] = {  # from the cheapest to the dearest
    None: "not stated",
    "text": "the text alone: microseconds a row",
    "pixels": "the pixels, no model: milliseconds an image",
    "encoder": "an encoder pass an image and a text",
    "language model": "language-model passes over every answer",
    "vision-language model": "passes of a vision-language model over every sample",
}


def list_scorers(options: argparse.Namespace) -> int:
    """A line a scorer."""
    entries = [_entry(offer) for offer in Host().offers("scorers")]
    if options.json:
        print(json.dumps(entries))
        return OK
    wide = max((len(entry["name"]) for entry in entries), default=0)
    for entry in entries:
        print(f"{entry['name']:{wide}} {entry['summary']}")
        print(f"{'':{wide}} {', '.join(column['name'] for column in entry['columns'])}  [{entry['plugin']}]")
    return OK


def show(options: argparse.Namespace) -> int:
    """All there is to know of one scorer; with a run, its columns there as pictures."""
    if options.plot is not None:
        return _plot(options)
    if options.out is not None:
        raise VlitqError(f"--out {options.out}: it says where --plot RUN draws to; name the run")
    entry = _entry(Host().find("scorers", options.name))
    if options.json:
        print(json.dumps(entry))
        return OK
    print(f"{entry['name']} {entry['version']}, of plugin {entry['plugin']}; {entry['runs']}")
    print(f"takes: {COSTS[entry['cost']]}\n\n{entry['description']}")
    for column in entry["columns"]:
        print("", *_column(column), sep="\n")
    print()
    for name, value in entry["parameters"].items():
        print(f"parameter {name} = {json.dumps(value)}")
    for failure in entry["known_failures"]:
        print(f"known to go wrong: {failure}")
    return OK


def _plot(options: argparse.Namespace) -> int:
    """A PNG file for each column of the scorer in a run."""
    from vlitq.api import open as open_run
    from vlitq.charts.files import write_pngs
    from vlitq.report.plot import plots

    run, folder = open_run(options.plot), Path(options.out or PLOTS)
    _check_scored(options.name, run)
    drawn, left_out = plots(run, options.name)
    files = list(map(str, write_pngs(drawn.values(), folder)))
    if options.json:
        print(json.dumps({"files": dict(zip(drawn, files, strict=True)), "not_drawn": left_out}))
        return OK
    print(f"{folder}: {len(files)} chart{'' if len(files) == 1 else 's'} of {options.name}", *files, sep="\n  ")
    for name, why in left_out.items():
        print(f"not drawn: {name} {why}")
    return OK


def _check_scored(scorer: str, run: Run) -> None:
    """Raise `VlitqError` for a scorer that there is not, or that the run lacks."""
    if scorer in run.scorers:
        return
    Host().find("scorers", scorer)  # tells a misspelt name with the nearest
    raise VlitqError(
        f"{run.path} has no scores of {scorer!r}; it has: {', '.join(run.scorers) or 'none'}. "
        f"`vlitq score {run.data} --scorers {scorer} --out {run.path}` adds them; give the images and the limit as "
        "before"
    )


def _column(column: dict[str, Any]) -> list[str]:
    """What a column means, a line a fact."""
    low, high = ("…" if bound is None else f"{bound:g}" for bound in column["bounds"])
    unit = f" {column['unit']}" if column["unit"] else ""
    span = "" if column["dtype"] in {"string", "bool"} else f" in [{low}, {high}]"
    facts = [
        f"{column['name']}: {column['description']}",
        f"    {column['dtype']}{unit}{span}; better: {column['direction']}; axis: {column['axis']}",
        f"    null where {column['null']}",
    ]
    return facts + [f"    {key}: {column[key]}" for key in ("formula", "source") if column[key]]


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
        "cost": scorer.cost,
        "known_failures": list(scorer.known_failures),
        "columns": [asdict(column) for column in scorer.columns],
        "parameters": _parameters(scorer),
    }


def _parameters(scorer: Any) -> dict[str, Any]:
    values = defaults(scorer).items()
    return {name: {"node": v.name, **v.parameters()} if isinstance(v, Node) else v for name, v in values}
