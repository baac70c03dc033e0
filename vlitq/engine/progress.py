"""The progress of a run: a bar with rate and time left on a terminal, silence elsewhere."""

from __future__ import annotations

import sys
from threading import Lock

from tqdm import tqdm

from vlitq.engine.shard import Extent


class Progress:
    """Counts rows, a shard at a time, and the images and texts encoded, a batch at a time.

    The total is estimated from how far into the file a shard ends, until the end is seen.
    """

    def __init__(self, size: int, limit: int | None, quiet: bool) -> None:
        self._size, self._limit = size, limit
        self._bar = tqdm(total=limit, unit="row", desc="score", disable=quiet or not sys.stderr.isatty())
        self._encoded = 0
        self._lock = Lock()  # shards finish on several threads

    def shard(self, extent: Extent) -> None:
        """A shard is finished."""
        with self._lock:
            if self._limit is None and extent.end > 0:
                self._bar.total = round((extent.start + extent.rows) * self._size / extent.end)
            self._bar.update(extent.rows)

    def encoded(self, items: int) -> None:
        """So many more images or texts have their vectors."""
        with self._lock:
            self._encoded += items
            self._bar.set_postfix_str(f"{self._encoded:,} vectors")

    def stage(self, name: str) -> None:
        """The rows are done; something that needs all of them begins."""
        self._bar.set_description(name)

    def close(self) -> None:
        """Leave the bar as it is."""
        self._bar.close()
