"""A process that computes one share of a pass for `processes`, which started it, and reports what comes of it."""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Event, Lock, Thread
from typing import Any

from vlitq.engine.bank import Bank
from vlitq.engine.folder import Folder
from vlitq.engine.manifest import Request
from vlitq.engine.shard import Extent, Share
from vlitq.engine.stream import Counts, Stream
from vlitq.failure import described
from vlitq.node import Runtime
from vlitq.plan import Plan
from vlitq.store import RunError

READY = "ready"  # the first word of a process that could take its job


@dataclass(frozen=True)
class Job:
    """A share of a pass that needs no model."""

    plan: Plan
    request: Request
    share: Share


@dataclass(frozen=True)
class Refused:
    """The job could not be taken, and why."""

    reason: str


@dataclass(frozen=True)
class Failed:
    """The job was begun and not finished."""

    error: Exception


def work(descriptor: int) -> None:
    """Take a pickled `Job` from a connection, do it, and report: `READY` or `Refused`; an `Extent` a shard; `Counts`
    or `Failed`.

    Ends at once when the other end is closed, for then the process that resumes the run may come any moment, and
    after the shard at hand when the other end sends a word.
    """
    connection = Connection(descriptor)
    try:
        try:
            job: Job = pickle.loads(connection.recv_bytes())  # noqa: S301  # of the process that started this one
        except Exception as error:  # whatever its plugins, imported here, may raise
            connection.send(Refused(described(error)))
            return
        connection.send(READY)
        connection.send(_outcome(job, _reports(connection)))
        sys.stdout.flush()
        os._exit(0)  # all is written and told: taking the interpreter down would keep the other end waiting
    except (EOFError, ConnectionError):
        os._exit(1)


def _outcome(job: Job, on_shard: Callable[[Extent], None]) -> Counts | Failed:
    folder = Folder(job.request.out)
    try:
        with Bank({}, folder.path, Runtime()) as bank:
            stream = Stream(job.plan, bank, folder, job.request.images.resolve(), 1, on_shard)
            stream.run(job.request.shards(job.share))
    except Exception as error:  # it is raised again where the run was asked for
        return Failed(_portable(error))
    return stream.counts


def _reports(connection: Connection[Any, Any]) -> Callable[[Extent], None]:
    """What tells of a finished shard, and stops there when asked to; the connection is watched from now on."""
    stop, lock = Event(), Lock()  # shards finish on several threads

    def finished(extent: Extent) -> None:
        with lock:
            connection.send(extent)
        if stop.is_set():
            raise RunError("stopped, because another part of the run failed")

    Thread(target=_watch, args=(connection, stop), daemon=True).start()
    return finished


def _watch(connection: Connection[Any, Any], stop: Event) -> None:
    try:
        connection.recv_bytes()
        stop.set()
        connection.recv_bytes()
    except (EOFError, OSError):
        os._exit(1)


def _portable(error: Exception) -> Exception:
    """The error with its traceback as a note; if it does not survive pickling, one that says the same."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # pickled here
    except Exception:  # exceptions of plugins may be of any make
        return RunError(f"a process that scored a share of the rows failed: {described(error)}")
    return error
