"""Selections that are tried one after the other: the last of them is the index's column `live`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from vlitq.errors import VlitqError
from vlitq.host import Host
from vlitq.selection.fields import Fields
from vlitq.view.decided import why
from vlitq.view.index import Index
from vlitq.view.kept import KeptRun
from vlitq.view.live import Live, attempt
from vlitq.view.query import QueryError

_ASKED = frozenset({"budget", "method", "by", "gates", "stratify", "quota", "one_per", "missing", "unit", "seed",
                    "options", "ignore_labels"})  # fmt: skip


class Trials:
    """Tries selections of a run. fields: its columns as they are now, each read once as long as no label changes."""

    def __init__(self, run: KeptRun, index: Index, fields: Callable[[], Fields]) -> None:
        self._run, self._index, self._fields = run, index, fields
        self._host, self._one_at_a_time = Host(), threading.Lock()
        self._last: Live | None = None

    @property
    def methods(self) -> list[str]:
        """The names of the methods that select."""
        return sorted(self._host.selectors())

    def prepare(self) -> None:
        """Make in advance what the recipe's selection needs, which is the first that is tried."""
        fields = self._fields()
        fields.in_order_of_ties(np.zeros(0, dtype=np.int64))
        recipe = (self._run.manifest["recipe"] or {}).get("select", {})
        with suppress(VlitqError):  # who tries it is told
            attempt(self._run, {"budget": 0, **recipe}, self._host, fields)

    def select(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Try a selection. Raises `QueryError`, `SelectionError` or `RecipeError`."""
        if strange := sorted(set(asked) - _ASKED):
            raise QueryError(f"a selection has no {strange[0]!r}; it has: {', '.join(sorted(_ASKED))}")
        with self._one_at_a_time:  # all else is answered meanwhile
            fields = self._fields()
            live = attempt(self._run, asked, self._host, fields)
            self._index.choose_live(live.kept)
            self._last = live
        return live.told(fields)

    def explanation(self, row: int) -> str | None:
        """What the last selection that was tried made of a row; None where none was."""
        if self._last is None:
            return None
        live = self._last.selection
        decision = live.decided(row, row + 1)  # of this row alone: a million reasons take a second
        return why(self._run, decision, live.rows, live.manifest)
