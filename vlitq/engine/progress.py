"""The progress of a run: a bar with rate and time left on a terminal, silence elsewhere."""

from __future__ import annotations

import sys

from tqdm import tqdm

from vlitq.engine.shard import Shard


class Progress:
    """Counts rows. The total is estimated from how far into the file the reader is, until the end is seen."""

    def __init__(self, size: int, limit: int | None, quiet: bool) -> None:
        self._size, self._limit = size, limit
        self._bar = tqdm(total=limit, unit="row", desc="score", disable=quiet or not sys.stderr.isatty())

    def shard(self, shard: Shard) -> None:
        """A shard is finished."""
        last = shard.rows[-1].span
        rows = shard.start + len(shard.rows)
        read = last.offset + last.length
        if self._limit is None and read > 0:
            self._bar.total = max(rows, round(rows * self._size / read))
        self._bar.update(rows - self._bar.n)

    def stage(self, name: str) -> None:
        """The rows are done; something that needs all of them begins."""
        self._bar.set_description(name)

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()
