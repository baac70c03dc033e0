"""Serves the explorer on this machine alone, at an address that nobody can guess."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path

from vlitq.errors import VlitqError

HOST = "127.0.0.1"
NEEDED = ("duckdb", "starlette", "uvicorn")


def serve(run: Path, port: int = 0, started: Callable[[str], None] = print) -> None:
    """Serve the explorer of a run until it is stopped from the keyboard.

    port: 0 for any that is free. started: called with the address once it is bound. Raises `VlitqError` when a
    library is missing or the port is taken, `RunError` when the folder holds no run.
    """
    check_installed()
    import uvicorn

    from vlitq.view.app import app
    from vlitq.view.explorer import Explorer

    with closing(listening(port)) as bound, closing(Explorer(run)) as explorer:
        token = new_token()
        served = app(explorer, token)
        config = uvicorn.Config(
            served, access_log=False, server_header=False, log_level="warning", timeout_graceful_shutdown=1
        )
        explorer.start()
        started(f"http://{HOST}:{bound.getsockname()[1]}/{token}/")
        with suppress(KeyboardInterrupt):  # the way to stop it, which uvicorn hands on when it has stopped
            uvicorn.Server(config).run(sockets=[bound])


def new_token() -> str:
    """43 letters that nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(32)


def listening(port: int) -> socket.socket:
    """A socket bound to this machine's own address. Raises `VlitqError` when the port is taken."""
    if not 0 <= port <= 65535:
        raise VlitqError(f"port {port} is not a number from 0 to 65535")
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
        bound.listen()  # so that whoever reads the address can connect at once
    except OSError as error:
        bound.close()
        raise VlitqError(f"port {port} cannot be had: {error.strerror}. Leave --port out to take a free one") from error
    return bound


def check_installed() -> None:
    """Raise `VlitqError`, with the line that installs them, when libraries of the explorer are missing."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise VlitqError(f"the explorer needs {', '.join(missing)}: pip install 'vlitq[look]'")
