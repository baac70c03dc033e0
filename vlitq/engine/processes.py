"""Has shares of a pass computed by processes of their own, where no model is needed and Python's lock is the limit."""

from __future__ import annotations

import json
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Self

from vlitq.engine.manifest import Request
from vlitq.engine.shard import Extent, Shard, Share
from vlitq.engine.stream import Counts
from vlitq.engine.worker import READY, Failed, Job, Refused
from vlitq.failure import described
from vlitq.node import Runtime
from vlitq.plan import Plan
from vlitq.store import RunError

BYTES_A_PROCESS = 8 * 2**20  # of the dataset; less is scored before another process has started
ROWS_A_PROCESS = 16_384  # the same in rows
STOP_SECONDS = 60.0  # what a process may take to finish its shard; then it is killed
# What a new interpreter is told. An interrupt is the business of the process that starts it.
BOOT = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.path[:] = json.loads(sys.argv[2])
from vlitq.engine.worker import work
work(int(sys.argv[1]))
"""

log = logging.getLogger(__name__)


def number_of(plan: Plan, request: Request, runtime: Runtime) -> int:
    """How many processes should share the pass: one a worker if no model is needed and the dataset is worth it."""
    if plan.features or plan.stored or not sys.executable:
        return 1
    worth = request.data.stat().st_size // BYTES_A_PROCESS
    if request.limit is not None:
        worth = min(worth, request.limit // ROWS_A_PROCESS)
    return max(min(worth, runtime.workers), 1)


@dataclass
class _Worker:
    share: Share
    process: subprocess.Popen[bytes]
    connection: Connection[Any, Any]
    begun: bool = False


class Workers:
    """Processes at work on a share each. Every report is taken on the thread of the caller.

    They are interpreters of their own, started as a command: a fork would copy the locks of threads that do not exist
    in the child, and `multiprocessing` imports the user's script once more. `lock` is the descriptor of the run
    folder's lock, which they hold as long as they write. They end with the caller, whatever ends it.
    """

    def __init__(
        self, plan: Plan, request: Request, shares: Sequence[Share], lock: int, on_shard: Callable[[Extent], None]
    ) -> None:
        self.counts = Counts()
        self.refused: list[Share] = []  # the shares that no process could take: the plan cannot be pickled, say
        self._jobs = [Job(plan, request, share) for share in shares]
        self._lock = lock
        self._on_shard = on_shard
        self._busy: dict[Any, _Worker] = {}
        self._started: list[_Worker] = []

    def __enter__(self) -> Self:
        for job in self._jobs:
            self._start(job)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._busy.values():
            _say_stop(worker)
        for worker in self._started:
            _await_end(worker)

    def heard(self, shards: Iterable[Shard]) -> Iterator[Shard]:
        """The shards as they come, the processes' reports taken in between. Raises what failed in one of them."""
        for shard in shards:
            self._take_reports(0)
            yield shard

    def finish(self) -> None:
        """Wait for all of them. Raises what failed in one of them, `RunError` when one was killed."""
        while self._busy:
            self._take_reports(None)

    def _start(self, job: Job) -> None:
        try:
            pickled = pickle.dumps(job)
            worker = _started(job.share, self._lock)
        except Exception as error:  # what a plugin's objects raise at pickling; or the system has no room for more
            self._refuse(job.share, described(error))
            return
        self._started.append(worker)
        self._busy[worker.connection] = worker
        try:
            worker.connection.send_bytes(pickled)
        except ConnectionError as error:
            self._lose(worker, error)

    def _take_reports(self, timeout: float | None) -> None:
        """The reports that are there, and those that come within `timeout` seconds (None: until one comes)."""
        while self._busy:
            ready = [self._busy[connection] for connection in wait(list(self._busy), timeout)]
            if not ready:
                return
            for worker in ready:
                try:
                    report = worker.connection.recv()
                except (EOFError, ConnectionError) as error:
                    self._lose(worker, error)
                else:
                    self._take(worker, report)
            timeout = 0

    def _take(self, worker: _Worker, report: object) -> None:
        if isinstance(report, Extent):
            self._on_shard(report)
            return
        if report == READY:
            worker.begun = True
            return
        del self._busy[worker.connection]
        if isinstance(report, Counts):
            self.counts.add(report)
        elif isinstance(report, Refused):
            self._refuse(worker.share, report.reason)
        elif isinstance(report, Failed):
            raise report.error

    def _lose(self, worker: _Worker, error: Exception) -> None:
        """A process ended without its last report."""
        del self._busy[worker.connection]
        code = worker.process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        if not worker.begun:
            self._refuse(worker.share, how)
            return
        raise RunError(
            f"a process that scored a share of the rows ended early, by {how} (9: the system had no memory left). "
            "The same command goes on where it stopped; fewer --workers take less memory"
        ) from error

    def _refuse(self, share: Share, reason: str) -> None:
        log.info("share %s of %s is scored in this process: %s", share.number, share.of, reason)
        self.refused.append(share)


def _started(share: Share, lock: int) -> _Worker:
    ours, theirs = Pipe()
    with theirs:
        descriptor = theirs.fileno()
        command = [sys.executable, "-P", "-c", BOOT, str(descriptor), json.dumps(sys.path)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(descriptor, lock))  # noqa: S603  # ours
    return _Worker(share, process, ours)


def _say_stop(worker: _Worker) -> None:
    try:
        worker.connection.send_bytes(b"stop")
    except ConnectionError:
        log.info("the process of share %s had ended already", worker.share.number)


def _await_end(worker: _Worker) -> None:
    try:
        worker.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        worker.process.kill()
        worker.process.wait()
    worker.connection.close()
