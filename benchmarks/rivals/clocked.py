"""One work of a program, timed in the process that is given to it alone: what the scripts of the rivals share.

Runs in the rivals' interpreters too, which have numpy and no vlitq.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

WARM_ROWS = 200  # met before the clock starts, so that imports, compilers and threads are paid for
VECTORS = "vectors.npy"
ANSWER = "answer.npy"

Work = Callable[[], Any]
Prepare = Callable[[Any], Work]


def main(subjects: Mapping[str, Prepare]) -> None:
    """`SUBJECT FOLDER`: does that subject's work on the vectors in the folder and leaves its answer there.

    Prints {"seconds", "peak", "before"}, the memory in MiB. A subject first takes the vectors as its program wants
    them, which costs no time here but memory, and then works.
    """
    subject, folder = sys.argv[1], Path(sys.argv[2])
    prepare = subjects[subject]
    with redirect_stdout(sys.stderr):
        x = np.load(folder / VECTORS)
        prepare(x[:WARM_ROWS])()
        work = prepare(x)
        before = resident("VmRSS")
        start = time.perf_counter()
        answer = work()
        took = time.perf_counter() - start
    np.save(folder / ANSWER, np.asarray(answer))
    print(json.dumps({"seconds": took, "peak": resident("VmHWM"), "before": before}))


def resident(figure: str) -> float:
    """This process's resident memory now, "VmRSS", or at its highest, "VmHWM", in MiB.

    As Linux tells it; elsewhere the highest for both. `getrusage` would count what the parent held when it started us.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines[figure].split()[0]) / 1024
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest / (2**20 if os.uname().sysname == "Darwin" else 2**10)
