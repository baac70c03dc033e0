"""`vlitq select`: choose a subset, write it, and say what was dropped and why."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from shutil import get_terminal_size
from textwrap import fill

import pyarrow.compute as pc

from vlitq import api
from vlitq.cli.main import OK
from vlitq.errors import VlitqError
from vlitq.selection.result import Selection

WIDTH = 100  # characters of a line where no terminal says how wide it is
LEFT: Mapping[str, str] = {
    "human": "dropped: marked drop by hand",
    "gate": "dropped: a gate, or a better row of the same group",
    "missing": "dropped: a score is missing",
    "method": "skipped by the method",
    "budget": "not taken: the budget was spent on others",
}


def select(options: argparse.Namespace) -> int:
    """Select and write; every default that dropped data is printed."""
    run = api.open(options.data)
    selection = api.select(
        run,
        recipe=options.recipe,
        budget=options.budget,
        unit=options.unit,
        method=options.method,
        by=options.by,
        gates=options.gates,
        stratify=options.stratify,
        quota=_quota(options.quota),
        one_per=options.one_per,
        missing=options.missing,
        options=_options(options.options),
        seed=options.seed,
        ignore_labels=options.ignore_labels,
    )
    selection.write(options.out)
    facts = {
        "subset": str(options.out),
        "kept": len(selection),
        "rows": len(run),
        "stages": stages(selection),
        "notes": list(selection.notes),
        "manifest": dict(selection.manifest),
    }
    if options.json:
        print(json.dumps(facts, ensure_ascii=False))
        return OK
    print(f"{options.out}: kept {facts['kept']} of {facts['rows']} rows")
    for stage, count in stages(selection).items():
        if stage in LEFT:
            print(f"  {count:>8} {LEFT[stage]}")
    width = get_terminal_size((WIDTH, 0)).columns
    for note in selection.notes:
        print(fill(f"note: {note}", width, subsequent_indent="      ", break_long_words=False, break_on_hyphens=False))
    print(f"why, row by row: {options.out}.decisions.parquet, or `vlitq explain {options.data} ID`")
    return OK


def stages(selection: Selection) -> dict[str, int]:
    """Rows by the stage that decided them."""
    counts = pc.value_counts(selection.decisions()["stage"].combine_chunks()).to_pylist()
    return {one["values"]: one["counts"] for one in sorted(counts, key=lambda one: -one["counts"])}


def _quota(text: str | None) -> str | float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return text


def _options(given: list[str] | None) -> dict[str, str] | None:
    if given is None:
        return None
    pairs = [text.partition("=") for text in given]
    for name, equals, _ in pairs:
        if not equals:
            raise VlitqError(f"--option {name}: write it as NAME=VALUE")
    return {name.strip(): value.strip() for name, _, value in pairs}
