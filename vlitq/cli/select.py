"""`vlitq select`: choose a subset, write it, and say what was dropped and why."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import get_terminal_size
from textwrap import fill
from typing import Any

import pyarrow.compute as pc

from vlitq import api
from vlitq.cli.main import OK
from vlitq.errors import VlitqError
from vlitq.selection.result import Selection, check_free
from vlitq.selection.summary import LEFT, how, left_out

WIDTH = 100  # characters of a line where no terminal says how wide it is


def select(options: argparse.Namespace) -> int:
    """Select and write; every default that dropped data is printed."""
    check_free(Path(options.out))  # before a method works for minutes
    selection = api.select(
        options.data,
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
        "rows": len(selection.decisions()),
        "how": how(selection.decisions(), selection.manifest),
        "stages": stages(selection),
        "left_out": left_out(selection.decisions()),
        "notes": [*selection.notes, *_misnamed(Path(options.out), selection.run.data)],
        "manifest": dict(selection.manifest),
    }
    if options.json:
        print(json.dumps(facts, ensure_ascii=False))
        return OK
    print(f"{options.out}: kept {facts['kept']} of {facts['rows']} rows")
    for line in _lines(facts):
        print(line)
    print(f"why, row by row: {options.out}.decisions.parquet, or `vlitq explain {options.data} ID`")
    return OK


def _misnamed(out: Path, data: Path) -> list[str]:
    """A subset has the format of the dataset, whatever its name says."""
    if out.suffix == data.suffix:
        return []
    return [f"{out.name} has the format of {data.name}: end its name in {data.suffix or 'nothing'} too"]


def _lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """How, what left the others out, and the notes."""
    yield _filled("how", facts["how"])
    one_per = facts["manifest"]["selection"]["one_per"]
    for name, count in facts["left_out"].items():
        yield f"  {count:>8} {LEFT.get(name, name).format(one_per=one_per)}"
    for note in facts["notes"]:
        yield _filled("note", note)


def _filled(head: str, text: str) -> str:
    width, indent = get_terminal_size((WIDTH, 0)).columns, " " * (len(head) + 2)
    return fill(f"{head}: {text}", width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


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
