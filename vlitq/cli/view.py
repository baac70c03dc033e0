"""`vlitq view`: the explorer of a run, on this machine."""

from __future__ import annotations

import argparse
import webbrowser
from pathlib import Path

from vlitq import api
from vlitq.cli.main import OK


def view(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C; the address is the first line printed."""

    def started(address: str) -> None:
        print(address, flush=True)
        if options.open:
            webbrowser.open(address)

    api.explore(Path(options.data), port=options.port, started=started)
    return OK
