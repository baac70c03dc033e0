"""`vlitq calibrate`: make quantiles of reference runs, or read a run by them."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from vlitq import api
from vlitq.calibration import Drift
from vlitq.cli.main import OK
from vlitq.errors import VlitqError
from vlitq.reference import carry, drifts


def calibrate(options: argparse.Namespace) -> int:
    """Write the quantiles of one or more runs, or have a run carry some."""
    if options.out:
        made = api.calibrate(options.runs, options.out)
        if options.json:
            print(json.dumps({"out": options.out, "columns": [entry.column for entry in made.quantiles]}))
        else:
            print(f"{options.out}: quantiles of {len(made.quantiles)} columns")
        return OK
    if len(options.runs) != 1:
        raise VlitqError("--with reads one run by a calibration: name one run")
    run = carry(api.open(options.runs[0]), Path(options.calibration))
    found = drifts(run)
    if options.json:
        print(json.dumps({"columns": list(run.percentiles), "drift": [asdict(drift) for drift in found]}))
    else:
        print("\n".join([_carried(len(run.percentiles), len(found)), *drift_lines(found)]))
    return OK


def drift_lines(found: list[Drift]) -> list[str]:
    """A line a column that has drifted."""
    return [
        f"  {one.column}: median {one.median:.4g}, in the reference {one.reference_median:.4g}; "
        f"Kolmogorov–Smirnov distance {one.distance:.2f}"
        for one in found
    ]


def _carried(columns: int, drifted: int) -> str:
    told = f"{columns} columns have percentiles now, as SCORER.COLUMN_percentile"
    return f"{told}; {drifted} of them lie elsewhere than the reference" + (":" if drifted else "")
