"""`vlitq view` serves one run at 127.0.0.1 alone, prints where, and stops when it is told to."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from explored import world

from vlitq.cli.main import main, parser
from vlitq.errors import VlitqError
from vlitq.view import server


@pytest.fixture
def viewed(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves a small run, and the address it printed."""
    command = [sys.executable, "-m", "vlitq", "view", str(world(tmp_path).path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


def test_the_address_is_printed_answered_and_left_by_ctrl_c(viewed: tuple[subprocess.Popen[str], str]) -> None:
    process, address = viewed
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[A-Za-z0-9_-]{43}/", address)
    parts = urlsplit(address)
    with closing(HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
        connection.request("GET", f"{parts.path}api/run")
        answer = connection.getresponse()
        assert json.loads(answer.read())["rows"] == 6
        assert answer.headers["server"] is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert out == ""
    assert "Traceback" not in err


def test_nothing_listens_but_on_this_machines_own_address(viewed: tuple[subprocess.Popen[str], str]) -> None:
    _, address = viewed
    own = socket.gethostbyname(socket.gethostname())
    if own.startswith("127."):
        pytest.skip("this machine has no other address")
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection((own, urlsplit(address).port or 0), timeout=2)


def test_no_option_binds_another_host(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["view", "run", "--host", "0.0.0.0"])
    assert "--host" in capsys.readouterr().err


def test_tokens_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len({server.new_token() for _ in range(100)}) == 100


def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["view", str(world(tmp_path).path), "--port", str(port)]) == 2
    assert capsys.readouterr().err.startswith(f"vlitq: port {port} cannot be had")


def test_a_port_that_is_none_is_told() -> None:
    with pytest.raises(VlitqError, match="port 70000 is not a number from 0 to 65535"):
        server.listening(70_000)


def test_a_folder_without_a_run_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["view", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err


def test_missing_libraries_are_told_with_the_line_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "find_spec", lambda name: None if name == "duckdb" else object())
    with pytest.raises(VlitqError, match=r"the explorer needs duckdb: pip install 'vlitq\[look\]'"):
        server.check_installed()
