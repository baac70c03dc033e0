"""Runs benchmarks and keeps what they measured: `python -m benchmarks [NAME...] [--quick]`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from dataclasses import replace

from benchmarks.render import shown
from benchmarks.results import Result, save

OWN = (
    "startup",
    "text_rows",
    "neighbours",
    "duplicates",
    "pairs",
    "memory",
    "model_free",
    "library",
    "faults",
    "taxonomy_agreement",
    "language_model",
    "subsets",
    "select_rows",
    "vendi",
    "methods",
    "tune",
    "view",
    "report",
)
RIVALS = (
    "broken_images",
    "llava_coverage",
    "pair_rate",
    "killed",
    "threshold",
    "overhead",
    "image_checks",
    "duplicates",
    "subsets",
)
NAMES = (*OWN, *(f"rivals.{name}" for name in RIVALS))


def main() -> int:
    """Runs the named benchmarks, or all; the exit code is 1 when a claim is missed or something could not run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, one repeat; kept apart from full results")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in NAMES]:
        parser.error(f"no benchmark {unknown[0]!r}; there are: {', '.join(NAMES)}")
    results = [_run(name, asked.quick) for name in asked.names or NAMES]
    return 0 if all(result.holds for result in results) else 1


def _run(name: str, quick: bool) -> Result:
    """One benchmark, printed and saved. One that fails is kept as such: it is no win, and does not stop the others."""
    load = os.getloadavg()[0]
    try:
        result: Result = importlib.import_module(f"benchmarks.{name}").benchmark(quick)
    except Exception as error:  # whatever went wrong is the result
        traceback.print_exc()
        result = Result(name, name, could_not_run=f"{type(error).__name__}: {str(error)[-2000:]}", quick=quick)
    result = replace(result, load_before=load)
    print(shown(result), end="\n\n", flush=True)
    save(result)
    return result


if __name__ == "__main__":
    sys.exit(main())
