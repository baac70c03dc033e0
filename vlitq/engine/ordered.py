"""Runs work on threads and hands the results back in order, with a bounded number of them in flight."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Done(Generic[Task, Result]):
    """A task and its outcome: a result, or the exception it raised."""

    task: Task
    result: Result | None
    error: Exception | None = None


@contextmanager
def threads(number: int, name: str) -> Iterator[ThreadPoolExecutor]:
    """A pool that, when its user fails or is stopped, drops the work that has not begun."""
    pool = ThreadPoolExecutor(number, name)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def ordered(
    pool: Executor, work: Callable[[Task], Result], tasks: Iterable[Task], window: int
) -> Iterator[Done[Task, Result]]:
    """`work(task)` for every task, in the order of the tasks, at most `window` ahead of the reader.

    The tasks are drawn as the results are taken, so a generator of tasks runs at most `window` ahead too.
    """
    flight: deque[tuple[Task, Future[Result]]] = deque()
    for task in tasks:
        flight.append((task, pool.submit(work, task)))
        if len(flight) >= window:
            yield _take(flight)
    while flight:
        yield _take(flight)


def _take(flight: deque[tuple[Task, Future[Result]]]) -> Done[Task, Result]:
    task, future = flight.popleft()
    try:
        return Done(task, future.result())
    except Exception as error:  # the reader knows whose task it was, and says so
        return Done(task, None, error)
