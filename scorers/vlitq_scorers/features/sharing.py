"""One copy in memory of a model that several open features use."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class _Loan:
    value: Any
    users: int = 0


_lock = RLock()  # re-entrant: loading one thing may borrow another
_loans: dict[Hashable, _Loan] = {}


@contextmanager
def shared(key: Hashable, load: Callable[[], T]) -> Iterator[T]:
    """What `load` returns, loaded by the first user of `key` and let go by the last."""
    with _lock:
        loan = _loans.get(key) or _Loan(load())
        _loans[key] = loan
        loan.users += 1
    try:
        yield loan.value
    finally:
        with _lock:
            loan.users -= 1
            if loan.users == 0:
                del _loans[key]
