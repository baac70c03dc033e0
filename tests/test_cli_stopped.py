"""What the command line says of a run stopped from the keyboard and of a full or read-only disk."""

from __future__ import annotations

import errno
import os
import sys
from argparse import Namespace

import pytest

from vlitq.cli.main import FAILED, STOPPED, main


def refused(monkeypatch: pytest.MonkeyPatch, arguments: list[str], error: BaseException) -> int:
    """The exit status of a command that the system or the user stops."""

    def stop(_: str) -> object:
        def command(_: Namespace) -> int:
            raise error

        return Namespace(score=command, report=command)

    monkeypatch.setattr(sys.modules["vlitq.cli.main"], "import_module", stop)
    return main(arguments)


SCORE, REPORT = ["score", "data.json", "--out", "run"], ["report", "run"]


def test_only_scoring_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(monkeypatch, SCORE, KeyboardInterrupt()) == STOPPED
    assert capsys.readouterr().err == "vlitq: stopped. The same command goes on where it stopped\n"
    assert refused(monkeypatch, REPORT, KeyboardInterrupt()) == STOPPED
    assert capsys.readouterr().err == "vlitq: stopped.\n"


def test_a_full_disk_is_told_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert refused(monkeypatch, REPORT, full) == FAILED
    assert capsys.readouterr().err == "vlitq: No space left on device. Free some space.\n"


def test_a_disk_that_may_only_be_read_is_told_with_the_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only = OSError(errno.EROFS, os.strerror(errno.EROFS), "run/lock")
    assert refused(monkeypatch, SCORE, only) == FAILED
    assert capsys.readouterr().err == "vlitq: run/lock: Read-only file system.\n"
