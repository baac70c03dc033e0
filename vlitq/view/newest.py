"""Questions that take long: one at a time, and of those that wait the newest alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from vlitq.view.errors import NotYet

Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Newest:
    """A way to answer that takes its time: who moves a threshold waits for its last place, not for all between."""

    def __init__(self, slowly: Answer) -> None:
        self._slowly = slowly
        self._counting, self._turn = threading.Lock(), threading.Lock()
        self.asked = 0  # questions so far

    def answer(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer. Raises `NotYet` for a question that was still waiting when a newer one came."""
        with self._counting:
            self.asked = mine = self.asked + 1
        with self._turn:
            if mine != self.asked:
                raise NotYet("a newer selection is being counted")
            return self._slowly(asked)
