"""`vlitq report`: a run and its selections as one HTML page."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from vlitq import api
from vlitq.cli.main import FAILED, OK
from vlitq.comparison.chosen import names_of
from vlitq.report.write import Written


def report(options: argparse.Namespace) -> int:
    """Write the page and say where it is; 2 when a part of it could not be made."""
    subsets = names_of(map(Path, options.selections)) if options.selections else None
    told = _told if sys.stderr.isatty() and not options.json else None
    written = api.write_report(options.data, subsets, out=options.out, stratify=options.stratify, told=told)
    pngs = written.pngs(Path(options.png)) if options.png else []
    if options.json:
        print(json.dumps(_facts(written, pngs), ensure_ascii=False))
    else:
        _say(written, pngs)
    return FAILED if written.failures else OK


def _told(name: str, seconds: float) -> None:
    print(f"  {name:12} {seconds:6.1f} s", file=sys.stderr)


def _facts(written: Written, pngs: list[Path]) -> dict[str, Any]:
    return {
        "path": str(written.path),
        "bytes": written.bytes,
        "seconds": round(written.seconds, 2),
        "sections": written.sections,
        "charts": [chart.name for chart in written.charts],
        "png": [str(one) for one in pngs],
        "failures": written.failures,
        "pictures_left_out": written.pictures_left_out,
    }


def _say(written: Written, pngs: list[Path]) -> None:
    print(f"{written.path}: {written.bytes / 1e6:.1f} MB in {written.seconds:.1f} s")
    if written.pictures_left_out:
        print(f"{written.pictures_left_out:,} pictures are left out: the page holds no more")
    if pngs:
        print(f"{pngs[0].parent}: {len(pngs)} charts as PNG")
