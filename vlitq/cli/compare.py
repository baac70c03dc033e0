"""`vlitq compare`: selections of a run beside each other, random controls of the same budget, and the whole run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from shutil import get_terminal_size

from vlitq import api
from vlitq.cli.main import OK
from vlitq.comparison.chosen import names_of, run_of
from vlitq.comparison.plain import plain
from vlitq.comparison.result import WIDTH, Comparison
from vlitq.errors import VlitqError
from vlitq.files import write_whole
from vlitq.overwriting import refuse
from vlitq.store import Run

FORMS = (".md", ".csv")
TITLE, HEADER = "# Selections of ", '"section","figure",'  # what a comparison that was written begins with


def compare(options: argparse.Namespace) -> int:
    """Print the comparison, or write it."""
    out = Path(options.out) if options.out else None
    if out is not None and out.suffix not in FORMS:
        raise VlitqError(f"--out {out}: end it in {' or '.join(FORMS)}, or leave it out and take --json")
    if out is not None:
        refuse(out, "comparison", f"comparison{out.suffix}", _is_comparison)
    run, subsets = _asked([Path(one) for one in options.selections])
    found = api.compare(run, names_of(subsets), stratify=options.stratify, seeds=options.seeds,
                        measures=options.measures)  # fmt: skip
    if out is not None:
        write_whole(out, lambda file: file.write(_written(found, out.suffix).encode()))
    if options.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False))
    elif out is None:
        print(plain(found, get_terminal_size((WIDTH, 0)).columns), end="")
    else:
        print(f"{out}: {len(found.figures)} figures of {len(found.sets)} sets")
    return OK


def _is_comparison(path: Path) -> bool:
    with path.open("rb") as file:
        return file.readline().startswith((TITLE.encode(), HEADER.encode()))


def _asked(paths: list[Path]) -> tuple[Path | Run, list[Path]]:
    """The run and the subsets: of a run folder alone all that were written of it."""
    runs, subsets = [path for path in paths if path.is_dir()], [path for path in paths if not path.is_dir()]
    if len(runs) > 1:
        raise VlitqError(f"{' and '.join(map(str, runs))} are several runs: selections of one run are compared")
    if not runs:
        return run_of(subsets), subsets
    run = api.open(runs[0])
    subsets = subsets or run.selections()
    if not subsets:
        raise VlitqError(
            f"nothing to compare: no subset was written of {runs[0]}. `vlitq select {runs[0]} --out FILE` writes one"
        )
    return run, subsets


def _written(found: Comparison, suffix: str) -> str:
    return found.to_csv() if suffix == ".csv" else found.to_markdown()
