"""A selection is counted at a time, and of those that wait the newest alone."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from vlitq.view.errors import NotYet
from vlitq.view.newest import Newest


class Slow:
    """Answers when it is let; what it was asked, in the order in which it began."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.running, self.may_end = threading.Event(), threading.Event()

    def answer(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.begun.append(asked["number"])
        self.running.set()
        assert self.may_end.wait(10)
        return asked


def test_of_those_that_wait_the_newest_alone_is_counted() -> None:
    slow = Slow()
    newest = Newest(slow.answer)
    told: dict[int, str] = {}

    def ask(number: int) -> None:
        try:
            told[number] = str(newest.answer({"number": number})["number"])
        except NotYet as error:
            told[number] = str(error)

    asking = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    asking[0].start()
    assert slow.running.wait(10)
    for number, thread in enumerate(asking[1:], start=2):
        thread.start()
        while newest.asked < number:
            threading.Event().wait(0.005)
    slow.may_end.set()
    for thread in asking:
        thread.join(10)
    assert slow.begun == [0, 3]
    newer = "a newer selection is being counted"
    assert told == {0: "0", 1: newer, 2: newer, 3: "3"}


def test_a_question_that_fails_lets_the_next_one_pass() -> None:
    def fails(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"half": 1 / asked["by"]}

    newest = Newest(fails)
    with pytest.raises(ZeroDivisionError):
        newest.answer({"by": 0})
    assert newest.answer({"by": 2}) == {"half": 0.5}
