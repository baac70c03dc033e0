"""`vlitq demo`: write the demo dataset, score it with the embedded models, select half, give account and report."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
import warnings
from pathlib import Path

from vlitq import api
from vlitq.cli.main import OK
from vlitq.demo import account, write_demo

BUDGET = "50%"


def demo(options: argparse.Namespace) -> int:
    """The whole way in one command."""
    began = time.perf_counter()
    folder = Path(options.folder)
    data = write_demo(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the planted faults that cannot be scored are in the account
        run = api.score(data.data, images=data.images, out=folder / "run", quiet=options.json)
    selection = api.select(run, budget=BUDGET)
    subset = folder / "subset.json"
    selection.write(subset)
    lines = account(data, run, selection, subset)
    report = api.write_report(run, {"half": selection}, out=folder / "report.html").path.resolve()
    seconds = time.perf_counter() - began
    made = {"run": str(run.path), "subset": str(subset), "report": str(report)}
    if options.json:
        print(json.dumps({"seconds": seconds, **made, "account": lines}))
    else:
        look = f"look at samples and mark them: {_vlitq()} view {run.path}"
        print("\n".join([*lines, f"took {seconds:.0f} s", look, f"the report: {report.as_uri()}"]))
    return OK


def _vlitq() -> str:
    """How this program is called from here."""
    return "vlitq" if shutil.which("vlitq") else str(Path(sys.executable).with_name("vlitq"))
