"""`vlitq mark RUN ID... keep|drop|none`: say of samples that they stay, go, or neither."""

from __future__ import annotations

import argparse
import json
from collections import Counter

from vlitq import api
from vlitq.cli.explain import named
from vlitq.cli.main import OK
from vlitq.counted import counted
from vlitq.labels import LABELS, Label

NONE = "none"  # takes a label back


def mark(options: argparse.Namespace) -> int:
    """Mark all rows of all ids, or none where one is unknown."""
    run = api.open(options.data)
    label: Label | None = None if options.label == NONE else options.label
    rows = sorted(set(named(run, options.ids)))
    run.mark_all(dict.fromkeys(rows, label))
    said = Counter(run.labels.values())
    counts = {one: said[one] for one in LABELS}
    if options.json:
        print(json.dumps({"rows": rows, "label": label, "labels": counts}))
        return OK
    done = f"marked {label}" if label else "marked no more"
    total = ", ".join(f"{count} {one}" for one, count in counts.items())
    print(f"{counted(len(rows), 'row')} {done}; in all {total}")
    return OK
