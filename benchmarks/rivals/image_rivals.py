"""Times imagededup's hashes and CleanVision's checks over a folder of images, by the wall clock and on the processors.

Prints JSON. Run by the interpreter of the rivals' environment, which has no vlitq, as `python image_rivals.py FOLDER
WORKERS`. Imports are over before a clock starts.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import cleanvision
from imagededup.methods import DHash, PHash

CHECKS = ("dark", "light", "odd_aspect_ratio", "low_information", "blurry", "grayscale", "odd_size")


def main() -> None:
    """Each program once."""
    folder, workers = sys.argv[1], int(sys.argv[2])
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    with redirect_stdout(sys.stderr):
        took = {
            "phash": _seconds(lambda: PHash(verbose=False).encode_images(folder, num_enc_workers=_pool(workers))),
            "dhash": _seconds(lambda: DHash(verbose=False).encode_images(folder, num_enc_workers=_pool(workers))),
            "checks": _seconds(lambda: _check(folder, workers)),
        }
    print(json.dumps(took))


def _pool(workers: int) -> int:
    """0 is imagededup's word for no pool."""
    return 0 if workers == 1 else workers


def _check(folder: str, workers: int) -> None:
    lab = cleanvision.Imagelab(data_path=folder)
    lab.find_issues({check: {} for check in CHECKS}, n_jobs=workers, verbose=False)


def _seconds(work: Callable[[], Any]) -> tuple[float, float]:
    start, busy = time.perf_counter(), _processor()
    work()
    return time.perf_counter() - start, _processor() - busy


def _processor() -> float:
    """Processor seconds of this process and of the children that have ended."""
    usage = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in usage)


if __name__ == "__main__":
    main()
