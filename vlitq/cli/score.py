"""`vlitq score`: score a dataset, and say in a few lines what came of it."""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vlitq import api
from vlitq.cli.calibrate import drift_lines
from vlitq.cli.main import OK, TOO_MANY_UNSCORED
from vlitq.reference import drifts
from vlitq.store import Run

EXAMPLES_FROM = 10_000  # failures looked through for an example of each kind


def score(options: argparse.Namespace) -> int:
    """Score and report; 3 when too many rows failed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what the API warns of is printed below
        run = api.score(
            options.data,
            out=options.out,
            images=options.images,
            scorers=options.scorers,
            recipe=options.recipe,
            models=options.models,
            device=options.device,
            precision=options.precision,
            batch_size=options.batch_size,
            workers=options.workers,
            limit=options.limit,
            calibration=options.calibration,
            cache=False if options.no_cache else options.cache,
            quiet=options.json,
        )
    print(json.dumps(facts(run), ensure_ascii=False) if options.json else "\n".join(lines(run)))
    share = api.unscored_share(run)
    if share > options.max_unscored:
        print(
            f"vlitq: {share:.1f} % of the rows could not be scored fully; --max-unscored allows "
            f"{options.max_unscored:g} %. The run is complete; if that is as it should be, allow more.",
            file=sys.stderr,
        )
        return TOO_MANY_UNSCORED
    return OK


def facts(run: Run) -> dict[str, Any]:
    """What a script wants to know of a run."""
    return {
        "run": str(run.path),
        "rows": len(run),
        "statuses": run.manifest["statuses"],
        "scorers": {name: run.manifest["scorers"][name]["statuses"] for name in run.scorers},
        "unscored_percent": api.unscored_share(run),
        "columns": {name: _numbers(run.table()[name]) for name in run.columns},
        "summary": run.summary(),
        "drift": [asdict(drift) for drift in drifts(run)],
        "models": run.manifest["models"],
        "passes": run.manifest["passes"],
    }


def lines(run: Run) -> list[str]:
    """What a person wants to know of a run."""
    table = run.table()
    last = run.manifest["passes"][-1]
    models = ", ".join(sorted({entry["node"] for entry in run.manifest["models"].values()}))
    head = [
        f"{run.path}: {len(run)} rows; {_counts(run.manifest['statuses'])}",
        *_unnamed(run),
        f"models: {models or 'none'}; last pass {last['seconds']:.1f} s on {last['runtime']['device']}",
        "",
        f"{'column':34} {'rows':>8} {'lowest':>10} {'median':>10} {'highest':>10}  better",
    ]
    body = [_line(name, table[name], column.direction) for name, column in run.columns.items()]
    set_lines = [f"{name:34} {value:>8.4g}" for name, value in run.summary().items()]
    return head + body + (["", "of the whole set", *set_lines] if set_lines else []) + _drifted(run) + _failed(run)


def _drifted(run: Run) -> list[str]:
    """The columns that lie elsewhere than the reference the run carries."""
    found = drifts(run)
    return ["", "lies elsewhere than the reference set", *drift_lines(found)] if found else []


def _line(name: str, values: pa.ChunkedArray, direction: str) -> str:
    scored = len(values) - values.null_count
    if pa.types.is_string(values.type):
        top = sorted(pc.value_counts(values.drop_null()).to_pylist(), key=lambda e: -e["counts"])[:3]
        return f"{name:34} {scored:>8} {_top(top)}"
    numbers = _numbers(values)
    if numbers["median"] is None:
        return f"{name:34} {scored:>8}"
    shown = " ".join(f"{numbers[key]:>10.4g}" for key in ("min", "median", "max"))
    return f"{name:34} {scored:>8} {shown}  {'' if direction == 'neutral' else direction}"


def _numbers(values: pa.ChunkedArray) -> dict[str, Any]:
    scored = len(values) - values.null_count
    if pa.types.is_string(values.type) or scored == 0:
        return {"rows": scored, "min": None, "median": None, "max": None}
    numbers = pc.cast(values, pa.float64())
    spread = pc.min_max(numbers).as_py()
    return {"rows": scored, "min": spread["min"], "median": pc.quantile(numbers)[0].as_py(), "max": spread["max"]}


def _failed(run: Run) -> list[str]:
    """How many rows failed, and one example of every kind of failure."""
    unscored = run.unscored()
    if not len(unscored):
        return []
    examples: dict[str, str] = {}
    for row in unscored.slice(0, EXAMPLES_FROM).to_pylist():
        told = f"  row {row['row']} {row['id']!r}, {row['node']}: {row['status']}: {row['reason']}"
        examples.setdefault(row["status"], told)
    return ["", f"{_rows(len(unscored['row'].unique()))} could not be scored fully; for example", *examples.values()]


def _unnamed(run: Run) -> list[str]:
    """What a user should know of ids that are absent or shared."""
    ids = run.rows()["id"]
    missing = sum(one == f"row-{row:06d}" for row, one in enumerate(ids.to_pylist()))
    repeated = run.manifest["repeated_ids"]
    notes = []
    if missing:
        notes.append(f"{_rows(missing)} without an id: named by their number, as row-000012")
    if repeated:
        notes.append(f"{_rows(repeated)} with an id that an earlier row has: told apart by their number, as '#12'")
    return notes


def _rows(count: int) -> str:
    return f"{count} row{'' if count == 1 else 's'}"


def _counts(statuses: dict[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in statuses.items())


def _top(entries: list[dict[str, Any]]) -> str:
    return ", ".join(f"{entry['values']} {entry['counts']}" for entry in entries)
