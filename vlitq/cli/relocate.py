"""`vlitq relocate RUN --data FILE`: say where the dataset of a run is now."""

from __future__ import annotations

import argparse
import json

from vlitq import api
from vlitq.cli.main import OK


def relocate(options: argparse.Namespace) -> int:
    """Have the run read its samples and images from where they are now."""
    run = api.relocate(options.run_folder, options.data, images=options.images)
    if options.json:
        print(json.dumps({"run": str(run.path), "data": str(run.data), "images": str(run.images)}))
    else:
        print(f"{run.path}: samples are read from {run.data}, images from {run.images}")
    return OK
