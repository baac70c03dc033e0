"""What a run, a selection and a comparison look like in a notebook: compact tables, every text escaped, no script.

No colour is set, so that they read in light and dark alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Protocol

import pyarrow as pa

from vlitq.schema import Column

ROWS_SHOWN = 10  # of a selection's decisions
COLUMNS_SHOWN = 200  # of a run
FIGURES_SHOWN = 200  # of a section of a comparison
UNFOLDED = 15  # lines of a table that is not folded at first
CHARACTERS_SHOWN = 200  # of a cell
_STYLE = "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:break-word;max-width:40em"
_CELL = f'style="{_STYLE}" dir="auto"'


class ShownRun(Protocol):
    """What is shown of a run."""

    @property
    def path(self) -> Any:
        """The run folder."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What made the run."""

    @property
    def complete(self) -> bool:
        """False when the run was stopped half-way."""

    @property
    def scorers(self) -> Sequence[str]:
        """The scorers whose scores are here."""

    @property
    def columns(self) -> Mapping[str, Column]:
        """The columns by full name."""

    @property
    def labels(self) -> Mapping[int, str]:
        """What people said of samples."""

    def table(self) -> pa.Table:
        """`id`, `status` and every column."""


class ShownSelection(Protocol):
    """What is shown of a selection."""

    @property
    def table(self) -> pa.Table:
        """Its decisions."""

    @property
    def notes(self) -> Sequence[str]:
        """What was left out by default."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What was asked for, and the rows by stage."""


def run_html(run: ShownRun) -> str:
    """Path, rows, statuses, scorers, models, marks, and every column with its nulls."""
    rows = run.manifest["rows"]
    facts = {
        "dataset": run.manifest["dataset"]["path"],
        "rows": f"{rows:,}" + ("" if run.complete else ", not finished: run the same `score` again"),
    }
    if not run.scorers:
        return _titled(f"Run {run.path}", facts_html(facts))
    table = run.table()
    facts |= {
        "statuses": _tally(table["status"]),
        "scorers": ", ".join(run.scorers),
        "models": ", ".join(sorted({model["node"] for model in run.manifest["models"].values()})) or "none",
        "marked": _tally(pa.array(list(run.labels.values()), pa.string())) or "none",
    }
    lines = [[name, column.axis, column.direction, table[name].null_count] for name, column in run.columns.items()]
    columns = table_html("columns", ["column", "axis", "better", "nulls"], lines, COLUMNS_SHOWN, "Run.columns")
    return _titled(f"Run {run.path}", facts_html(facts), columns)


def selection_html(selection: ShownSelection) -> str:
    """What was asked for, the rows by stage, the notes, and the first decisions."""
    asked = selection.manifest["selection"]
    facts = {
        "run": selection.manifest["run"],
        "method": asked["method"]["name"],
        **{name: asked[name] for name in ("budget", "unit", "by", "stratify", "quota", "one_per") if asked[name]},
        "gates": ", ".join(asked["gates"]) or "none",
        "rows": ", ".join(f"{count:,} {stage}" for stage, count in selection.manifest["rows"].items()) or "none",
    }
    names = ["row", "id", "rank", "score", "stratum", "stage", "reason"]
    head = selection.table.select(names).slice(0, ROWS_SHOWN).to_pylist()
    lines = [list(one.values()) for one in head]
    every = selection.table.num_rows
    decisions = table_html("decisions", names, lines, ROWS_SHOWN, "Selection.decisions()", every)
    return _titled("Selection", facts_html(facts), _list(selection.notes), decisions)


def comparison_html(title: str, sections: Mapping[str, Sequence[Sequence[str]]], notes: Sequence[str]) -> str:
    """A table for each section, whose first line is the head, and how to read them."""
    tables = (
        table_html(name, head, lines, FIGURES_SHOWN, "Comparison.table()") for name, (head, *lines) in sections.items()
    )
    return _titled(title, *tables, _list(notes))


def facts_html(facts: Mapping[str, Any]) -> str:
    """Names and what stands for them, a line each."""
    lines = (f'<tr><th scope="row" {_CELL}>{text_html(n)}</th>{_cell(fact)}</tr>' for n, fact in facts.items())
    return f"<table><tbody>{''.join(lines)}</tbody></table>"


def table_html(
    caption: str, head: Sequence[str], lines: Sequence[Sequence[Any]], most: int, left: str, of: int | None = None
) -> str:
    """A table of at most so many lines, folded where they are many; how many of `of`, all lines by default, are left
    out, and where they are."""
    shown, rows = lines[:most], len(lines) if of is None else of
    top = "".join(f'<th scope="col" {_CELL}>{text_html(cell)}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(map(_cell, line))}</tr>" for line in shown)
    more = rows - len(shown)
    told = f"<div>… and {more:,} more: see {text_html(left)}</div>" if more else ""
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>{told}"
    unfolded = " open" if len(shown) <= UNFOLDED else ""
    return f"<details{unfolded}><summary>{text_html(caption)} ({rows:,})</summary>{table}</details>"


def _cell(value: Any) -> str:
    return f"<td {_CELL}>{text_html(value)}</td>"


def text_html(value: Any) -> str:
    """A value as text that no browser takes for markup; a long one is cut, and says by how much."""
    if value is None:
        return "–"
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    if len(text) > CHARACTERS_SHOWN:
        text = f"{text[:CHARACTERS_SHOWN]}… ({len(text) - CHARACTERS_SHOWN:,} more characters)"
    # Half a surrogate pair, as in the path of a file in no encoding, cannot be sent to a browser.
    return escape(text.encode("utf-8", "backslashreplace").decode())


def _list(notes: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{text_html(note)}</li>' for note in notes)}</ul>" if notes else ""


def _titled(title: str, *parts: str) -> str:
    return f"<div><strong>{text_html(title)}</strong>{''.join(parts)}</div>"


def _tally(values: pa.Array | pa.ChunkedArray) -> str:
    """`480 ok, 12 missing_image`: the most frequent first, ties by name."""
    counts = [(one["values"], one["counts"]) for one in values.value_counts().to_pylist()]
    return ", ".join(f"{count:,} {value}" for value, count in sorted(counts, key=lambda one: (-one[1], one[0])))
