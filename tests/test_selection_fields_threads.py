"""The columns of a run are kept for several threads at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from selection_world import World

from vlitq.selection.fields import MADE_KEPT, Fields

ASKED = 20_000


@pytest.fixture
def often_interrupted() -> Iterator[None]:
    """Threads take turns all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("often_interrupted")
def test_what_is_kept_is_asked_for_by_several_threads_while_labels_change() -> None:
    world = World({"complexity.words": [1, 2, 3]})
    fields = Fields(world)

    def made(number: int) -> Callable[[], int]:
        return lambda: number

    def ask() -> bool:
        numbers = ((7 * at) % (MADE_KEPT + 4) for at in range(ASKED))
        return all(fields.once(("number", str(number)), made(number)) == number for number in numbers)

    def relabel() -> bool:
        return all(len(fields.relabelled(world)) == len(world) for _ in range(300))

    with ThreadPoolExecutor(4) as threads:
        done = [threads.submit(what) for what in (ask, ask, ask, relabel)]
        assert all(one.result() for one in done)
